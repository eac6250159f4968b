package io.aerie.cluster.node.certificate;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.Credential;
import io.aerie.cluster.node.pki.Facts;
import io.aerie.cluster.node.pki.SuppliedCredential;
import io.aerie.cluster.node.store.Stores;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The document in ConfigDB; {@link CertificateKeeper} of each node obeys it. */
public final class ConfigRestCertificate implements RestCertificate {
  private final StoredIdentity identity;
  private final Supplier<Optional<ConfigStore>> stores;
  private final Clock clock;

  /**
   * @param stores ConfigDB while it is there
   */
  public ConfigRestCertificate(
      StoredIdentity identity, Supplier<Optional<ConfigStore>> stores, Clock clock) {
    this.identity = identity;
    this.stores = stores;
    this.clock = clock;
  }

  @Override
  public View view() {
    Optional<Document> document =
        Stores.required(stores).listLocal(RestDocument.PATH).stream().findAny();
    return view(
        document.map(RestDocument::credential), document.map(Document::revision).orElse(0L));
  }

  private View view(Optional<Credential> supplied, long revision) {
    return new View(
        supplied.map(credential -> Facts.of(credential.chain())),
        Facts.of(identity.credential().chain()),
        revision);
  }

  @Override
  public CompletableFuture<View> set(
      String chainPem, String keyPem, OptionalLong expectedRevision, boolean dryRun) {
    Credential credential = SuppliedCredential.of(chainPem, keyPem, clock);
    ConfigStore store = Stores.required(stores);
    return store
        .get(RestDocument.PATH)
        .thenCompose(
            before ->
                change(store, before, expectedRevision, RestDocument.put(credential), dryRun)
                    .thenApply(revision -> view(Optional.of(credential), revision)));
  }

  @Override
  public CompletableFuture<View> reset(OptionalLong expectedRevision, boolean dryRun) {
    ConfigStore store = Stores.required(stores);
    return store
        .get(RestDocument.PATH)
        .thenCompose(
            before -> {
              if (before.isEmpty()) {
                throw new AerieException(
                    ErrorCode.NOT_FOUND,
                    "No certificate is supplied",
                    "REST shows each node's own already.",
                    "");
              }
              return change(
                      store, before, expectedRevision, new Change.Delete(RestDocument.PATH), dryRun)
                  .thenApply(revision -> view(Optional.empty(), 0));
            });
  }

  /** Carries it out, or only judges it, against what was read. */
  private static CompletableFuture<Long> change(
      ConfigStore store,
      Optional<Document> before,
      OptionalLong expected,
      Change change,
      boolean dryRun) {
    long actual = before.map(Document::revision).orElse(0L);
    if (expected.isPresent() && expected.getAsLong() != actual) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The certificate has another revision than expected",
          "It has revision " + actual + ", not " + expected.getAsLong() + ".",
          "Look at it again, then decide.");
    }
    ConfigTransaction transaction =
        new ConfigTransaction(List.of(new Condition(RestDocument.PATH, actual)), List.of(change));
    return dryRun
        ? store.check(transaction).thenApply(judged -> actual)
        : store.commit(transaction);
  }
}
