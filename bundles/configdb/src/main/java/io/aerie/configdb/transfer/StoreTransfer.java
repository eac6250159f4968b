package io.aerie.configdb.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.Document;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.transfer.ExportFile.Entry;
import io.aerie.configdb.transfer.SteppedRestore.Job;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Export and import over the store. Keys are derived elsewhere than in the caller's thread. */
public final class StoreTransfer implements ConfigTransfer {
  private final ReplicatedConfigStore store;
  private final SchemaRegistry schemas;
  private final SecureRandom random;
  private final Clock clock;
  private final int fileBytesMax;

  public StoreTransfer(
      ReplicatedConfigStore store, SchemaRegistry schemas, SecureRandom random, Clock clock) {
    this(store, schemas, random, clock, FILE_BYTES_MAX);
  }

  StoreTransfer(
      ReplicatedConfigStore store,
      SchemaRegistry schemas,
      SecureRandom random,
      Clock clock,
      int fileBytesMax) {
    this.fileBytesMax = fileBytesMax;
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
    refuseUnfinished(contents);
    List<Entry> entries = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (Document document : contents.documents()) {
      Portability portability = Portability.of(schemas, document.type(), document.path());
      if (portability == Portability.ENCRYPTED && cipher.isEmpty()) {
        leftOut.add(document.path());
      } else if (portability != Portability.NEVER) {
        entries.add(new Entry(document.path(), document.type(), document.json()));
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
    byte[] file =
        checked(
            new ExportFile(header, entries).encode(cipher),
            "Nobody could import it. Remove documents that are not needed.");
    return new Export(file, contents.revision(), entries.size(), leftOut);
  }

  @Override
  public boolean isEncrypted(byte[] file) {
    return ExportFile.isEncrypted(ExportFile.readHeader(checked(file, "")));
  }

  private byte[] checked(byte[] file, String remedy) {
    if (file.length > fileBytesMax) {
      throw new AerieException(
          ErrorCode.TOO_LARGE,
          "the file of an export has " + file.length + " bytes",
          "It may have " + fileBytesMax + " at most.",
          remedy);
    }
    return file;
  }

  /** Half of a restore would pass for a database. */
  private static void refuseUnfinished(Contents contents) {
    contents.documents().stream()
        .filter(document -> document.path().equals(Lineage.PATH))
        .findAny()
        .map(Lineage::of)
        .flatMap(Lineage::operation)
        .ifPresent(
            operation -> {
              throw new AerieException(
                  ErrorCode.CONFLICT,
                  "ConfigDB is being restored and not whole",
                  operation.describe(),
                  "Export it when the restore is done.");
            });
  }

  @Override
  public CompletableFuture<Outcome> restore(
      byte[] file, Optional<char[]> passphrase, Wish wish, Consumer<Progress> progress) {
    return Futures.start(
            () -> {
              ExportFile decoded = ExportFile.decode(checked(file, ""), passphrase);
              Job job =
                  new Job(
                      "import",
                      wish.mode().name().toLowerCase(Locale.ROOT) + "-" + ExportFile.id(file),
                      wish.dryRun(),
                      wish.takeOver(),
                      false,
                      Lineage::restored);
              return new SteppedRestore(store, clock)
                  .run(
                      job,
                      contents -> ImportPlan.of(decoded, contents, wish.mode(), schemas),
                      progress);
            })
        .thenApply(
            done ->
                new Outcome(
                    wish.dryRun(),
                    done.revision(),
                    done.steps(),
                    done.plan().unchanged(),
                    done.plan().planned()));
  }
}
