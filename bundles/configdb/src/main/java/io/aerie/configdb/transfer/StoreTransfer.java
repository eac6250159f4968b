package io.aerie.configdb.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.Document;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.transfer.ExportFile.Entry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Export and import over the store. Keys are derived elsewhere than in the caller's thread. */
public final class StoreTransfer implements ConfigTransfer {
  private final ReplicatedConfigStore store;
  private final SchemaRegistry schemas;
  private final SecureRandom random;
  private final Clock clock;

  public StoreTransfer(
      ReplicatedConfigStore store, SchemaRegistry schemas, SecureRandom random, Clock clock) {
    this.store = store;
    this.schemas = schemas;
    this.random = random;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Export> export(Optional<char[]> passphrase) {
    return Futures.start(
        () -> {
          Optional<ExportCipher> cipher =
              passphrase.map(phrase -> ExportCipher.make(phrase, random));
          return store.contents().thenApply(contents -> export(contents, cipher));
        });
  }

  private Export export(Contents contents, Optional<ExportCipher> cipher) {
    List<Entry> entries = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (Document document : contents.documents()) {
      Portability portability = Portability.of(schemas, document.type(), document.path());
      if (portability == Portability.ENCRYPTED && cipher.isEmpty()) {
        leftOut.add(document.path());
      } else if (portability != Portability.NEVER) {
        entries.add(new Entry(document.path(), document.type(), ImportPlan.parse(document)));
      }
    }
    ObjectNode header =
        ExportFile.JSON
            .createObjectNode()
            .put("format", ExportFile.FORMAT)
            .put("version", ExportFile.VERSION)
            .put("made", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
            .put("revision", contents.revision())
            .put("documents", entries.size());
    leftOut.forEach(header.putArray("leftOut")::add);
    byte[] file = new ExportFile(header, entries).encode(cipher);
    return new Export(file, contents.revision(), entries.size(), leftOut);
  }

  @Override
  public boolean isEncrypted(byte[] file) {
    return ExportFile.isEncrypted(ExportFile.readHeader(file));
  }

  @Override
  public CompletableFuture<Outcome> restore(
      byte[] file, Optional<char[]> passphrase, Mode mode, boolean dryRun) {
    return Futures.start(
        () -> {
          ExportFile decoded = ExportFile.decode(file, passphrase);
          return store
              .contents()
              .thenCompose(
                  contents ->
                      carryOut(
                          ImportPlan.of(decoded, contents, mode, schemas),
                          contents.revision(),
                          dryRun));
        });
  }

  private CompletableFuture<Outcome> carryOut(ImportPlan plan, long revision, boolean dryRun) {
    CompletableFuture<Long> done;
    if (plan.planned().isEmpty()) {
      done = CompletableFuture.completedFuture(revision);
    } else {
      done = dryRun ? store.check(plan.transaction()) : store.commit(plan.transaction());
    }
    return done.exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(explained(Futures.unwrap(failure))))
        .thenApply(
            reached ->
                new Outcome(dryRun, dryRun ? revision : reached, plan.unchanged(), plan.planned()));
  }

  /** A transaction's refusals in the words of an import. */
  private static Throwable explained(Throwable failure) {
    if (failure instanceof AerieException refusal && refusal.code() == ErrorCode.TOO_LARGE) {
      return new AerieException(
          ErrorCode.TOO_LARGE,
          "the import changes more than one transaction holds",
          refusal.getMessage() + ". " + refusal.why(),
          "It is made whole or not at all: nothing was changed.",
          refusal);
    }
    return failure;
  }
}
