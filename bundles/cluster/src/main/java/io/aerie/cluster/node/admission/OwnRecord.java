package io.aerie.cluster.node.admission;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.node.departure.RemovedNode;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's own document at {@code cluster/nodes/ID}: the founder writes its first, and every
 * node corrects its own when its endpoints or its certificate changed.
 */
public final class OwnRecord {
  private static final Logger log = LoggerFactory.getLogger(OwnRecord.class);

  private final StoredIdentity identity;
  private final Clock clock;
  private final Optional<Invitation> invitation;

  /**
   * @param invitation what the founder was given: its tokens come with the founder's first record
   */
  public OwnRecord(StoredIdentity identity, Clock clock, Optional<Invitation> invitation) {
    this.identity = identity;
    this.clock = clock;
    this.invitation = invitation;
  }

  /** Brings the document up to date. */
  public CompletableFuture<Void> settle(ConfigStore store) {
    NodeId self = identity.self().id();
    return store
        .get(RemovedNode.path(self))
        .thenCompose(
            removed ->
                store
                    .get(NodeRecord.path(self))
                    .thenCompose(document -> correct(store, document, removed.isPresent())));
  }

  /** A founder that was removed must not take itself in again. */
  private CompletableFuture<Void> correct(
      ConfigStore store, Optional<Document> document, boolean removed) {
    Member self = identity.self();
    String serial = identity.certificateSerial();
    String key = Keys.fingerprint(identity.certificate().getPublicKey().getEncoded());
    if (document.isEmpty() && (removed || !identity.founder())) {
      log.warn(
          "{} is not in the cluster's list of nodes: it was removed from the cluster", self.id());
      return CompletableFuture.completedFuture(null);
    }
    Optional<NodeRecord> former = document.map(NodeRecord::of);
    if (former.isPresent()
        && former.get().member().equals(self)
        && former.get().certificateSerial().equals(serial)
        && former.get().key().equals(key)) {
      return CompletableFuture.completedFuture(null);
    }
    NodeRecord wanted =
        new NodeRecord(
            self,
            serial,
            key,
            former.map(NodeRecord::joined).orElseGet(clock::instant),
            former.map(NodeRecord::admission).orElse(null));
    long revision = document.map(Document::revision).orElse(0L);
    List<Change> changes = new ArrayList<>(List.of(wanted.put()));
    if (document.isEmpty()) {
      invitation.ifPresent(invited -> changes.addAll(invited.tokens()));
    }
    Condition unchanged = new Condition(NodeRecord.path(self.id()), revision);
    return store
        .commit(new ConfigTransaction(List.of(unchanged), changes))
        .thenAccept(done -> log.info("Wrote {}'s record into ConfigDB", self.id()));
  }
}
