package io.aerie.cluster.node.certificate;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.CertificateFacts;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Facts;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.cluster.node.store.Stores;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Begins rotations and tells how far they are; {@link RotationSteps} of each node does them. */
public final class ConfigAuthorityRotation implements AuthorityRotation {
  private final StoredIdentity identity;
  private final Supplier<Optional<ConfigStore>> stores;
  private final Supplier<Set<NodeId>> reachable;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * @param stores ConfigDB while it is there
   * @param reachable the members that this node reaches now
   */
  public ConfigAuthorityRotation(
      StoredIdentity identity,
      Supplier<Optional<ConfigStore>> stores,
      Supplier<Set<NodeId>> reachable,
      Clock clock,
      SecureRandom random) {
    this.identity = identity;
    this.stores = stores;
    this.reachable = reachable;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public State state() {
    ConfigStore store = Stores.required(stores);
    Optional<RotationDocument> found = RotationDocument.local(store);
    List<NodeId> waitingFor =
        found
            .filter(rotation -> !rotation.isDone())
            .map(
                rotation ->
                    Confirmations.missing(
                        rotation,
                        store.listLocal(Confirmations.NODES),
                        store.listLocal(Confirmations.PREFIX)))
            .orElse(List.of());
    return state(found, waitingFor);
  }

  private State state(Optional<RotationDocument> found, List<NodeId> waitingFor) {
    Optional<RotationDocument> open = found.filter(rotation -> !rotation.isDone());
    return new State(
        found.map(RotationDocument::phase).orElse(Phase.DONE),
        open.map(RotationDocument::hold).orElse(false),
        Facts.of(List.of(identity.authority().certificate())),
        identity.trusted().stream().map(certificate -> Facts.of(List.of(certificate))).toList(),
        open.map(rotation -> Facts.of(List.of(rotation.certificate()))),
        waitingFor,
        open.map(rotation -> sorted(rotation.without())).orElse(List.of()),
        found.map(RotationDocument::revision).orElse(0L));
  }

  private static List<NodeId> sorted(Set<NodeId> nodes) {
    return nodes.stream().sorted(Comparator.comparing(NodeId::value)).toList();
  }

  @Override
  public CompletableFuture<State> rotate(boolean hold, Set<NodeId> without, boolean dryRun) {
    ConfigStore store = Stores.required(stores);
    return store
        .list(Confirmations.NODES)
        .thenCompose(
            records ->
                store
                    .get(RotationDocument.PATH)
                    .thenCompose(
                        document -> rotate(store, records, document, hold, without, dryRun)));
  }

  private CompletableFuture<State> rotate(
      ConfigStore store,
      List<Document> records,
      Optional<Document> document,
      boolean hold,
      Set<NodeId> without,
      boolean dryRun) {
    check(Confirmations.nodes(records), without);
    RotationDocument wanted =
        document
            .map(RotationDocument::of)
            .filter(rotation -> !rotation.isDone())
            .map(rotation -> rotation.with(hold, without))
            .orElseGet(() -> begin(document.map(RotationDocument::of), hold, without));
    return commit(store, document, wanted, records, dryRun);
  }

  private void check(List<NodeId> nodes, Set<NodeId> without) {
    for (NodeId node : sorted(without)) {
      if (!nodes.contains(node)) {
        throw new AerieException(ErrorCode.NOT_FOUND, "There is no node '" + node + "'");
      }
      if (node.equals(identity.self().id()) || reachable.get().contains(node)) {
        throw new AerieException(
            ErrorCode.CONFLICT,
            "The node '" + node + "' can't be left out",
            "It is up, and would be cut off from the cluster for good.",
            "Leave out only nodes that never come back.");
      }
    }
  }

  private RotationDocument begin(
      Optional<RotationDocument> former, boolean hold, Set<NodeId> without) {
    boolean behind =
        former
            .filter(rotation -> !rotation.certificate().equals(identity.authority().certificate()))
            .isPresent();
    if (behind || identity.trusted().size() > 1) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE,
          "This node has not finished the former rotation yet",
          "",
          "Try again in a moment.");
    }
    long number = former.map(RotationDocument::number).orElse(1L) + 1;
    try {
      CertificateAuthority made =
          CertificateAuthority.make(
              identity.clusterId(), identity.clusterName(), number, clock, random);
      return new RotationDocument(
          number,
          Phase.TRUST,
          hold,
          without,
          clock.instant(),
          made.certificate(),
          Pem.of(made.key()),
          0);
    } catch (GeneralSecurityException e) {
      throw new AerieException(
          ErrorCode.INTERNAL, "the new CA could not be made", e.toString(), "", e);
    }
  }

  private CompletableFuture<State> commit(
      ConfigStore store,
      Optional<Document> document,
      RotationDocument wanted,
      List<Document> records,
      boolean dryRun) {
    long actual = document.map(Document::revision).orElse(0L);
    ConfigTransaction transaction =
        new ConfigTransaction(
            List.of(new Condition(RotationDocument.PATH, actual)), List.of(wanted.put()));
    if (dryRun) {
      return store.check(transaction).thenApply(judged -> foreseen(wanted, records));
    }
    return store
        .commit(transaction)
        .thenApply(
            revision ->
                state(
                    Optional.of(wanted),
                    Confirmations.missing(wanted, records, store.listLocal(Confirmations.PREFIX))));
  }

  /** Who would be waited for: the CA that a dry run made is nobody's, and not shown. */
  private State foreseen(RotationDocument wanted, List<Document> records) {
    Set<NodeId> up = reachable.get();
    CertificateFacts issuing = Facts.of(List.of(identity.authority().certificate()));
    return new State(
        wanted.phase(),
        wanted.hold(),
        issuing,
        List.of(issuing),
        Optional.empty(),
        Confirmations.nodes(records).stream()
            .filter(node -> !node.equals(identity.self().id()) && !up.contains(node))
            .filter(node -> !wanted.without().contains(node))
            .toList(),
        sorted(wanted.without()),
        wanted.revision());
  }
}
