package io.aerie.configdb.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import io.aerie.config.transfer.ConfigTransfer.Action;
import io.aerie.config.transfer.ConfigTransfer.Export;
import io.aerie.config.transfer.ConfigTransfer.Mode;
import io.aerie.config.transfer.ConfigTransfer.Outcome;
import io.aerie.config.transfer.ConfigTransfer.Planned;
import io.aerie.config.users.TokenDirectory.NewToken;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.schema.TokenSchema;
import io.aerie.configdb.schema.UserSchema;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.users.ConfigTokenDirectory;
import io.aerie.configdb.users.ConfigUserDirectory;
import io.aerie.configdb.users.SecondSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What goes out comes back in: between two clusters, with real users and tokens whose documents
 * must match their schemas. Files that were damaged, changed or made by hand change nothing.
 */
@Timeout(120)
class StoreTransferTest {
  private static final Optional<char[]> PASSPHRASE =
      Optional.of("correct horse battery".toCharArray());

  private final Cluster here = new Cluster();
  private final Cluster there = new Cluster();

  /** A cluster of one node. */
  private static final class Cluster {
    final SecureRandom random = new SecureRandom();
    final SchemaRegistry schemas = new SchemaRegistry();
    final ConfigStateMachine state = new ConfigStateMachine();
    final ReplicatedConfigStore store =
        new ReplicatedConfigStore(
            new MemoryReplicatedLogProvider()
                .open(new LogSpecification("config", state, true, List.of()))
                .join(),
            state,
            schemas);
    final StoreTransfer transfer =
        new StoreTransfer(store, schemas, random, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    final ConfigUserDirectory users =
        new ConfigUserDirectory(store, random, System::nanoTime, SecondSource.NONE);

    Cluster() {
      schemas.add(new UserSchema());
      schemas.add(new TokenSchema());
    }

    void put(String path, String json) {
      Change change = new Change.Put(path, "thing", json);
      store.commit(new ConfigTransaction(List.of(), List.of(change))).join();
    }

    List<String> paths() {
      return state.list("").stream().map(Document::path).toList();
    }

    String json(String path) {
      return state.get(path).orElseThrow().json();
    }
  }

  @AfterEach
  void close() {
    here.store.close();
    there.store.close();
  }

  private static String text(Export export) {
    return new String(export.file(), StandardCharsets.UTF_8);
  }

  private Outcome restore(Export export, Mode mode, boolean dryRun) {
    return there.transfer.restore(export.file(), PASSPHRASE, mode, dryRun).join();
  }

  @Test
  void shouldMakeNoFileThatNobodyCouldImport() {
    here.put("a", "{}");
    byte[] file = here.transfer.export(Optional.empty()).join().file();
    StoreTransfer exact = limited(file.length);
    assertThat(exact.export(Optional.empty()).join().file()).isEqualTo(file);
    assertThat(exact.isEncrypted(file)).isFalse();
    assertThat(exact.restore(file, Optional.empty(), Mode.MERGE, false).join().unchanged())
        .isEqualTo(1);
    StoreTransfer less = limited(file.length - 1);
    String bytes = Integer.toString(file.length);
    assertRefused(less.export(Optional.empty()), ErrorCode.TOO_LARGE, bytes);
    assertRefused(
        less.restore(file, Optional.empty(), Mode.MERGE, false), ErrorCode.TOO_LARGE, bytes);
    assertThatThrownBy(() -> less.isEncrypted(file)).hasMessageContaining(bytes);
  }

  private StoreTransfer limited(int fileBytesMax) {
    return new StoreTransfer(
        here.store,
        here.schemas,
        here.random,
        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
        fileBytesMax);
  }

  private static void assertRefused(CompletableFuture<?> refused, ErrorCode code, String text) {
    assertThatThrownBy(refused::join)
        .extracting(Causes::of)
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal.describe()).contains(text);
            });
  }

  @Test
  void shouldRestoreEverythingOnAnEmptyCluster() {
    here.users.create("ada", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    here.put("things/a", "{\"n\":1.10,\"big\":123456789012345678901234567890,\"t\":\"é\\n😀\"}");
    here.put("things/b/c", " {\n  \"list\": [1, {}, null]\n}");
    Export export = here.transfer.export(PASSPHRASE).join();
    assertThat(export.documents()).isEqualTo(3);
    assertThat(export.leftOut()).isEmpty();
    assertThat(export.revision()).isEqualTo(here.state.revision());
    assertThat(here.transfer.isEncrypted(export.file())).isTrue();
    assertThat(text(export)).doesNotContain("users/ada", "things/a", "pbkdf2-sha512");

    Outcome outcome = restore(export, Mode.REPLACE, false);
    assertThat(outcome.revision()).isEqualTo(1);
    assertThat(outcome.changes()).extracting(Planned::action).containsOnly(Action.CREATE);
    assertThat(there.paths()).isEqualTo(here.paths());
    assertThat(there.json("things/a")).isEqualTo(here.json("things/a"));
    assertThat(there.json("things/b/c")).isEqualTo("{\"list\":[1,{},null]}");
    assertThat(there.users.authenticate("ada", "a password".toCharArray(), "::1")).isPresent();
    assertThat(restore(export, Mode.REPLACE, false))
        .isEqualTo(new Outcome(false, 1, 0, 3, List.of()));
  }

  @Test
  void shouldLeaveSecretsOutWithoutPassphraseAndSaySo() {
    here.users.create("ada", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    here.put("things/a", "{}");
    Export export = here.transfer.export(Optional.empty()).join();
    assertThat(export.leftOut()).containsExactly("users/ada");
    assertThat(text(export))
        .contains("\"leftOut\":[\"users/ada\"]")
        .contains("{\"path\":\"things/a\",\"type\":\"thing\",\"value\":{}}\n")
        .doesNotContain("pbkdf2-sha512");
    there.users.create("eve", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    restore(export, Mode.REPLACE, false);
    assertThat(there.paths()).containsExactly("things/a", "users/eve");
  }

  @Test
  void shouldKeepWhatBelongsToOneCluster() {
    here.users.create("ada", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    NewToken token = new NewToken("ada", "t", Role.OBSERVER, Set.of(), Duration.ofDays(1));
    new ConfigTokenDirectory(here.store, here.random, Clock.systemUTC(), System::nanoTime)
        .create(token)
        .join();
    here.put("cluster/nodes/n1", "{}");
    Export export = here.transfer.export(PASSPHRASE).join();
    assertThat(export.documents()).isEqualTo(1);
    there.put("cluster/nodes/m1", "{}");
    restore(export, Mode.REPLACE, false);
    assertThat(there.paths()).containsExactly("cluster/nodes/m1", "users/ada");
  }

  @Test
  void shouldMergeOrReplaceAndTellBeforehand() {
    here.put("a", "{\"x\":1}");
    here.put("b", "{\"x\":1}");
    here.put("c", "{\"x\":1}");
    Export export = here.transfer.export(Optional.empty()).join();
    there.put("b", "{\"x\":2}");
    there.put("c", "{ \"x\" : 1 }");
    there.put("d", "{}");
    List<Planned> merged =
        List.of(
            new Planned(Action.CREATE, "a", "thing"), new Planned(Action.REPLACE, "b", "thing"));
    List<Planned> replaced = new ArrayList<>(merged);
    replaced.add(new Planned(Action.DELETE, "d", "thing"));

    assertThat(restore(export, Mode.MERGE, true)).isEqualTo(new Outcome(true, 3, 1, 1, merged));
    assertThat(restore(export, Mode.REPLACE, true)).isEqualTo(new Outcome(true, 3, 1, 1, replaced));
    assertThat(there.state.revision()).isEqualTo(3);
    assertThat(restore(export, Mode.MERGE, false)).isEqualTo(new Outcome(false, 4, 1, 1, merged));
    assertThat(there.paths()).containsExactly("a", "b", "c", "d");
    assertThat(there.json("b")).isEqualTo("{\"x\":1}");
    assertThat(restore(export, Mode.REPLACE, false).changes()).hasSize(1);
    assertThat(there.paths()).containsExactly("a", "b", "c");
  }

  @Test
  void shouldRefuseEveryChangedByteAndEveryCutFile() {
    here.put("things/a", "{\"x\":1}");
    byte[] file = here.transfer.export(Optional.empty()).join().file();
    for (int i = 0; i < file.length; i++) {
      byte[] changed = file.clone();
      changed[i] ^= 1;
      assertRefusedFile(changed, "changed at " + i);
      assertRefusedFile(Arrays.copyOf(file, i), "cut at " + i);
    }
    assertThat(there.state.revision()).isZero();
  }

  private void assertRefusedFile(byte[] file, String what) {
    assertThatThrownBy(
            () -> there.transfer.restore(file, Optional.empty(), Mode.MERGE, false).join())
        .as(what)
        .extracting(Causes::of)
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> assertThat(refusal.code().httpStatus()).isBetween(400, 499));
  }

  @Test
  void shouldOpenOnlyWithThePassphraseAndOnlyWhatWasSealed() {
    here.put("things/a", "{\"x\":1}");
    Export export = here.transfer.export(PASSPHRASE).join();
    assertRefused(
        there.transfer.restore(export.file(), Optional.empty(), Mode.MERGE, false),
        ErrorCode.INVALID_VALUE,
        "wants the passphrase");
    assertRefused(
        there.transfer.restore(
            export.file(), Optional.of("another one altogether".toCharArray()), Mode.MERGE, false),
        ErrorCode.INVALID_VALUE,
        "does not open");
    // the first line is not secret but sealed, too: with a new checksum a changed one still shows
    byte[] forged = withChecksum(text(export).replace("\"revision\":1", "\"revision\":2"));
    assertRefused(
        there.transfer.restore(forged, PASSPHRASE, Mode.MERGE, false),
        ErrorCode.INVALID_VALUE,
        "was changed");
    byte[] slow =
        withChecksum(text(export).replace("\"iterations\":600000", "\"iterations\":99999999"));
    assertRefused(
        there.transfer.restore(slow, PASSPHRASE, Mode.MERGE, false),
        ErrorCode.UNSUPPORTED_FORMAT,
        "encrypted in a way");
    assertRefused(
        here.transfer.export(Optional.of("too short!!".toCharArray())),
        ErrorCode.INVALID_VALUE,
        "at least 12");
    assertThat(text(here.transfer.export(PASSPHRASE).join())).isNotEqualTo(text(export));
  }

  @Test
  void shouldRefuseFilesOfHandThatNoExportMakes() {
    here.put("things/a", "{\"x\":1}");
    String file = text(here.transfer.export(Optional.empty()).join());
    for (String path : List.of("users/eve", "tokens/t", "cluster/nodes/n1")) {
      assertRefused(
          there.transfer.restore(
              withChecksum(file.replace("things/a", path)), Optional.empty(), Mode.MERGE, false),
          ErrorCode.INVALID_VALUE,
          "can't be in such a file");
    }
    assertRefused(
        there.transfer.restore(
            withChecksum(file.replace("\"version\":1", "\"version\":2")),
            Optional.empty(),
            Mode.MERGE,
            false),
        ErrorCode.UNSUPPORTED_FORMAT,
        "version");
    assertRefused(
        there.transfer.restore(
            withChecksum(file.replace("things/a", "things a")), Optional.empty(), Mode.MERGE, true),
        ErrorCode.INVALID_VALUE,
        "not a path");
    assertThat(there.state.revision()).isZero();
  }

  /** The file with its last line made anew, as somebody would who changes it by hand. */
  private static byte[] withChecksum(String file) {
    String body = file.substring(0, file.lastIndexOf("{\"sha256\""));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
      String tail = "{\"sha256\":\"" + HexFormat.of().formatHex(digest) + "\"}\n";
      return (body + tail).getBytes(StandardCharsets.UTF_8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
