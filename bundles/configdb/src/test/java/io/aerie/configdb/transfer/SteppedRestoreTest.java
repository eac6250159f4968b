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
import io.aerie.config.transfer.ConfigTransfer.Mode;
import io.aerie.config.transfer.ConfigTransfer.Outcome;
import io.aerie.config.transfer.ConfigTransfer.Progress;
import io.aerie.config.transfer.ConfigTransfer.Wish;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.configdb.schema.LineageSchema;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.schema.UserSchema;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Limits;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.users.ConfigUserDirectory;
import io.aerie.configdb.users.SecondSource;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Restores that are larger than a transaction: they come whole, say so when they are not, refuse
 * others while they are under way, and go on where they ended. "Ends early" is a failure after a
 * step, as the process that runs it would die there.
 */
@Timeout(120)
class SteppedRestoreTest {
  private static final Optional<char[]> PASSPHRASE =
      Optional.of("correct horse battery".toCharArray());

  private final Cluster here = new Cluster();
  private final Cluster there = new Cluster();

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
    final StoreTransfer transfer = new StoreTransfer(store, schemas, random, Clock.systemUTC());
    final ConfigUserDirectory users =
        new ConfigUserDirectory(store, random, System::nanoTime, SecondSource.NONE);

    Cluster() {
      schemas.add(new UserSchema());
      schemas.add(new LineageSchema());
    }

    CompletableFuture<Long> put(String path, String json) {
      Change change = new Change.Put(path, "thing", json);
      return store.commit(new ConfigTransaction(List.of(), List.of(change)));
    }

    /** Documents that people know of. */
    List<String> contents() {
      return state.list("").stream()
          .filter(document -> !document.path().equals(Lineage.PATH))
          .map(document -> document.path() + document.type() + document.json())
          .toList();
    }

    Lineage lineage() {
      return state.get(Lineage.PATH).map(Lineage::of).orElse(Lineage.OLDEST);
    }
  }

  @AfterEach
  void close() {
    here.store.close();
    there.store.close();
  }

  private static String filled(int number, int bytes) {
    return "{\"n\":" + number + ",\"x\":\"" + Integer.toString(number, 36).repeat(bytes) + "\"}";
  }

  private void fill(Cluster cluster, int documents, int bytes) {
    for (int i = 0; i < documents; i++) {
      cluster.put("things/d" + i, filled(i % 36, bytes)).join();
    }
  }

  private byte[] file() {
    return here.transfer.export(PASSPHRASE).join().file();
  }

  private CompletableFuture<Outcome> restore(byte[] file, Wish wish, Consumer<Progress> progress) {
    return there.transfer.restore(file, PASSPHRASE, wish, progress);
  }

  private static Wish replace() {
    return new Wish(Mode.REPLACE, false, false);
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

  /** Ends the restore after a step, as a crash would. */
  private void restoreUntil(byte[] file, int step) {
    CompletableFuture<Outcome> ended =
        restore(
            file,
            replace(),
            reached -> {
              if (reached.step() == step) {
                throw new IllegalStateException("the node dies");
              }
            });
    assertThatThrownBy(ended::join).hasMessageContaining("the node dies");
  }

  @Test
  void shouldRestoreTensOfMebibytesWithProgress() {
    here.users.create("ada", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    fill(here, 320, 100 * 1024);
    assertThat(here.state.bytes()).isGreaterThan(30L * 1024 * 1024);
    fill(there, 100, 90 * 1024);
    there.put("others/o", "{}").join();
    there.users.create("eve", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    byte[] file = file();

    List<Progress> told = Collections.synchronizedList(new ArrayList<>());
    Outcome dry = restore(file, new Wish(Mode.REPLACE, true, false), told::add).join();
    assertThat(dry.steps()).isGreaterThan(60);
    assertThat(told).isEmpty();
    Outcome outcome = restore(file, replace(), told::add).join();
    assertThat(outcome.changes()).isEqualTo(dry.changes()).hasSize(320 + 1 + 2);
    assertThat(told).hasSize(outcome.steps());
    assertThat(told.get(told.size() - 1)).isEqualTo(new Progress(outcome.steps(), outcome.steps()));
    assertThat(there.contents()).isEqualTo(here.contents());
    assertThat(there.lineage().state()).isEqualTo(Lineage.State.WHOLE);
    assertThat(there.lineage().operation()).isEmpty();
    assertThat(there.users.authenticate("ada", "a password".toCharArray(), "::1")).isPresent();
    there.put("things/new", "{}").join();
  }

  @Test
  void shouldGoOnWhereItEndedAndRefuseOthersMeanwhile() {
    here.users.create("ada", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    fill(here, 12, 200 * 1024);
    there.users.create("eve", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    byte[] file = file();
    for (int step = 1; step <= 3; step++) {
      int before = there.contents().size();
      restoreUntil(file, 1);
      assertThat(there.contents()).hasSize(before + 2);
      assertThat(there.lineage().state()).isEqualTo(Lineage.State.RESTORING);
      assertThat(there.lineage().operation().orElseThrow().done()).isEqualTo(step);
    }
    // who was an administrator before still is
    assertThat(there.users.authenticate("eve", "a password".toCharArray(), "::1")).isPresent();
    assertRefused(there.put("things/new", "{}"), ErrorCode.CONFLICT, "being restored");
    assertRefused(there.transfer.export(PASSPHRASE), ErrorCode.CONFLICT, "not whole");
    here.put("things/more", "{}").join();
    assertRefused(restore(file(), replace(), step -> {}), ErrorCode.CONFLICT, "another restore");

    Outcome rest = restore(file, replace(), step -> {}).join();
    assertThat(rest.unchanged()).isEqualTo(6);
    assertThat(there.lineage().state()).isEqualTo(Lineage.State.WHOLE);
    assertThat(there.contents()).hasSize(13).doesNotContain("things/more");
    assertThat(there.users.authenticate("eve", "a password".toCharArray(), "::1")).isEmpty();
    there.put("things/new", "{}").join();
  }

  @Test
  void shouldLetAnotherFileTakeOver() {
    fill(here, 6, 200 * 1024);
    restoreUntil(file(), 2);
    here.put("things/d0", "{\"other\":true}").join();
    Outcome outcome = restore(file(), new Wish(Mode.REPLACE, false, true), step -> {}).join();
    assertThat(outcome.changes()).isNotEmpty();
    assertThat(there.contents()).isEqualTo(here.contents());
    assertThat(there.lineage().operation()).isEmpty();
  }

  /** The second run marks anew; the first one's next step finds that and ends. */
  @Test
  void shouldLetOneOfTwoRunsFinish() {
    fill(here, 12, 200 * 1024);
    byte[] file = file();
    List<Outcome> inner = new ArrayList<>();
    CompletableFuture<Outcome> overtaken =
        restore(
            file,
            replace(),
            reached -> {
              if (reached.step() == 2) {
                inner.add(restore(file, replace(), step -> {}).join());
              }
            });
    assertRefused(overtaken, ErrorCode.PRECONDITION_FAILED, Lineage.PATH);
    assertThat(inner).hasSize(1);
    assertThat(there.contents()).isEqualTo(here.contents());
    assertThat(there.lineage().state()).isEqualTo(Lineage.State.WHOLE);
  }

  @Test
  void shouldJudgeAllBeforeTheFirstChange() {
    fill(here, 12, 200 * 1024);
    byte[] file = file();
    fill(there, 240, 250 * 1024);
    for (int i = 0; there.state.bytes() < Limits.DATABASE_BYTES_MAX - 1024 * 1024; i++) {
      there.put("fill/f" + i, filled(1, 200 * 1024)).join();
    }
    long revision = there.state.revision();
    // larger ones at the same paths make it smaller; so these must be others
    byte[] others = renamed(file);
    for (boolean dryRun : new boolean[] {true, false}) {
      assertRefused(
          there.transfer.restore(others, PASSPHRASE, Mode.MERGE, dryRun),
          ErrorCode.TOO_LARGE,
          "whole database");
    }
    assertThat(there.state.revision()).isEqualTo(revision);
    // deletions go first, so there is room for what replaces all
    restore(others, replace(), step -> {}).join();
    assertThat(there.contents()).hasSize(24);
  }

  private byte[] renamed(byte[] file) {
    assertThat(file).isNotEmpty();
    for (Document document : here.state.list("things")) {
      here.put(document.path().replace("things", "others"), document.json()).join();
    }
    return file();
  }

  /** Whoever imports into a ConfigDB that may have to be rebuilt has not said that it is whole. */
  @Test
  void shouldLeaveANewLineageNew() {
    there
        .store
        .commitStep(
            new ConfigTransaction(
                List.of(), List.of(Lineage.found(new java.util.UUID(5, 5)).put())))
        .join();
    fill(here, 6, 200 * 1024);
    restore(file(), replace(), step -> {}).join();
    assertThat(there.lineage().state()).isEqualTo(Lineage.State.NEW);
  }

  @Test
  void shouldLetNobodyWriteTheLineage() {
    assertRefused(there.put(Lineage.PATH, "{}"), ErrorCode.FORBIDDEN, "lineage");
  }
}
