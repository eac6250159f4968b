package io.aerie.cluster.node.certificate;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.store.Waiting;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in a rotation of the CA. Nobody leads: each node does what the phase asks,
 * confirms it, and, when it sees that all have, tries to begin the next phase; of those who try,
 * one succeeds. So it goes on whichever node dies, and a node that was away does what it missed.
 *
 * <p>Called by one thread.
 */
final class RotationSteps {
  private static final Logger log = LoggerFactory.getLogger(RotationSteps.class);

  private final StoredIdentity identity;
  private final Runnable changed;

  /**
   * @param changed called when this node has another certificate
   */
  RotationSteps(StoredIdentity identity, Runnable changed) {
    this.identity = identity;
    this.changed = changed;
  }

  /** Does what there is to do now; harmless at any time. */
  void step(ConfigStore store) throws IOException, GeneralSecurityException {
    Optional<RotationDocument> found = RotationDocument.local(store);
    if (found.isEmpty()) {
      return;
    }
    RotationDocument rotation = found.get();
    apply(rotation);
    if (!rotation.isDone()) {
      confirm(store, rotation);
      advance(store, rotation);
    }
  }

  private void apply(RotationDocument rotation) throws IOException, GeneralSecurityException {
    switch (rotation.phase()) {
      case TRUST -> {
        if (!isMoved(rotation)) {
          identity.trustAlso(List.of(rotation.certificate()));
        }
      }
      case ISSUE -> move(rotation);
      case DROP, DONE -> {
        move(rotation);
        if (isMoved(rotation)) {
          identity.trustAlso(List.of());
        }
      }
      default -> throw new IllegalStateException("unknown phase " + rotation.phase());
    }
  }

  private boolean isMoved(RotationDocument rotation) {
    return identity.authority().certificate().equals(rotation.certificate());
  }

  private void move(RotationDocument rotation) throws IOException, GeneralSecurityException {
    if (isMoved(rotation)) {
      return;
    }
    if (rotation.keyPem().isEmpty()) {
      log.error(
          "{} missed the rotation to the cluster's CA {} and is outside the cluster: empty its data"
              + " folder and let it join under another name",
          identity.self().id(),
          rotation.number());
      return;
    }
    identity.moveTo(rotation.authority());
    log.info(
        "{} has a certificate of the cluster's CA {}", identity.self().id(), rotation.number());
    changed.run();
  }

  private void confirm(ConfigStore store, RotationDocument rotation) {
    NodeId self = identity.self().id();
    if (!Confirmations.of(rotation, store.listLocal(Confirmations.PREFIX)).contains(self)) {
      Waiting.on(
          store.commit(
              new ConfigTransaction(List.of(), List.of(Confirmations.put(self, rotation)))));
    }
  }

  private void advance(ConfigStore store, RotationDocument rotation) {
    if (rotation.hold() || !missingLocally(store, rotation).isEmpty()) {
      return;
    }
    // the replica may be behind: a node may have been admitted just before the rotation began
    Optional<Document> present = Waiting.on(store.get(RotationDocument.PATH));
    if (present.isEmpty() || present.get().revision() != rotation.revision()) {
      return;
    }
    List<Document> records = Waiting.on(store.list(Confirmations.NODES));
    List<Document> confirmations = Waiting.on(store.list(Confirmations.PREFIX));
    if (!Confirmations.missing(rotation, records, confirmations).isEmpty()) {
      return;
    }
    try {
      Waiting.on(
          store.commit(
              new ConfigTransaction(
                  List.of(new Condition(RotationDocument.PATH, rotation.revision())),
                  List.of(rotation.next().put()))));
      log.info("Rotation to the cluster's CA {}: {}", rotation.number(), rotation.next().phase());
    } catch (AerieException e) {
      if (e.code() != ErrorCode.PRECONDITION_FAILED) {
        throw e;
      }
      log.debug("another node was first", e);
    }
  }

  private static List<NodeId> missingLocally(ConfigStore store, RotationDocument rotation) {
    return Confirmations.missing(
        rotation, store.listLocal(Confirmations.NODES), store.listLocal(Confirmations.PREFIX));
  }
}
