package io.aerie.configdb.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.testing.Await;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import io.aerie.config.copies.ConfigRebuild.Outcome;
import io.aerie.config.copies.ConfigRebuild.Wish;
import io.aerie.config.copies.CopyDisks.Label;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.configdb.schema.LineageSchema;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.schema.UserSchema;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.users.ConfigUserDirectory;
import io.aerie.configdb.users.SecondSource;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A ConfigDB is lost, founded anew and comes back from the disks, on one node whose disks are in
 * memory. What was founded empty never writes over what it should be rebuilt from.
 */
@Timeout(120)
class StoreRebuildTest {
  private static final byte[] KEY = new byte[32];
  private static final UUID FIRST_DISK = new UUID(0, 1);
  private static final Wish PLAIN = new Wish(false, false, false, false);
  private static final Wish DRY = new Wish(true, false, false, false);

  private final MemoryCopyDisks disks = new MemoryCopyDisks(2);
  private Life life = new Life(KEY);

  /** One life of ConfigDB: from its founding to the loss of its replica. */
  private final class Life implements AutoCloseable {
    final ConfigStateMachine state = new ConfigStateMachine();
    final SchemaRegistry schemas = new SchemaRegistry();
    final ReplicatedConfigStore store =
        new ReplicatedConfigStore(
            new MemoryReplicatedLogProvider()
                .open(new LogSpecification("config", state, true, List.of()))
                .join(),
            state,
            schemas);
    final ConfigUserDirectory users =
        new ConfigUserDirectory(store, new SecureRandom(), System::nanoTime, SecondSource.NONE);
    final CopyKeeper keeper;
    final StoreRebuild rebuild;

    Life(byte[] key) {
      schemas.add(new UserSchema());
      schemas.add(new LineageSchema());
      CopyPeers peers = new CopyPeers(() -> Optional.of(disks), () -> true);
      CopySurvey survey = new CopySurvey(new NodeId("n1"), peers, List::of);
      CopyCodec codec = new CopyCodec(key, new SecureRandom());
      keeper =
          new CopyKeeper(store, state, () -> Optional.of(disks), survey, codec, Clock.systemUTC());
      rebuild = new StoreRebuild(store, survey, codec, Clock.systemUTC());
      Lineage founded = Lineage.found(UUID.randomUUID());
      store.commitStep(new ConfigTransaction(List.of(), List.of(founded.put()))).join();
      users.create("admin", "first password".toCharArray(), Role.ADMINISTRATOR).join();
    }

    void put(String path, String json) {
      Change change = new Change.Put(path, "thing", json);
      store.commit(new ConfigTransaction(List.of(), List.of(change))).join();
    }

    List<String> paths() {
      return state.list("").stream().map(Document::path).toList();
    }

    Lineage lineage() {
      return state.get(Lineage.PATH).map(Lineage::of).orElseThrow();
    }

    void awaitCopies() throws Exception {
      Await.until(
          "both disks have a copy of revision " + state.revision(),
          Duration.ofSeconds(60),
          () ->
              disks.labels().stream()
                      .filter(label -> label.lineage().equals(lineage().id()))
                      .filter(label -> label.revision() == state.revision())
                      .count()
                  == 2);
    }

    @Override
    public void close() {
      keeper.close();
      store.close();
    }
  }

  @AfterEach
  void close() {
    life.close();
  }

  /** A life with documents whose copies are on both disks. */
  private void fill() throws Exception {
    life.keeper.start();
    life.users.create("ada", "a password".toCharArray(), Role.ADMINISTRATOR).join();
    life.put("pools/p", "{\"n\":1.10}");
    life.put("cluster/nodes/n1", "{\"old\":true}");
    life.put("cluster/nodes/n2", "{\"old\":true}");
    life.put("cluster/tokens/t", "{}");
    life.users.delete("admin").join();
    life.awaitCopies();
  }

  private void lose() {
    life.close();
    life = new Life(KEY);
    life.put("cluster/nodes/n1", "{\"old\":false}");
  }

  private void assertRefused(Wish wish, ErrorCode code, String text) {
    CompletableFuture<Outcome> refused = life.rebuild.rebuild(wish, step -> {});
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
  void shouldComeBackFromTheDisks() throws Exception {
    fill();
    long revision = life.state.revision();
    UUID before = life.lineage().id();
    lose();

    Outcome dry = life.rebuild.rebuild(DRY, step -> {}).join();
    assertThat(dry.restored().orElseThrow().copy().label().revision()).isEqualTo(revision);
    assertThat(dry.notInCopy()).containsExactly("cluster/tokens: 1");
    assertThat(life.paths()).doesNotContain("pools/p");
    Outcome outcome = life.rebuild.rebuild(PLAIN, step -> {}).join();
    assertThat(outcome.changes()).isEqualTo(dry.changes());
    assertThat(life.paths())
        .containsExactly(
            "cluster/lineage", "cluster/nodes/n1", "cluster/nodes/n2", "pools/p", "users/ada");
    assertThat(life.state.get("pools/p").orElseThrow().json()).isEqualTo("{\"n\":1.10}");
    assertThat(life.state.get("cluster/nodes/n1").orElseThrow().json()).contains("false");
    assertThat(life.users.authenticate("ada", "a password".toCharArray(), "::1")).isPresent();
    assertThat(life.users.authenticate("admin", "first password".toCharArray(), "::1")).isEmpty();
    assertThat(life.lineage().state()).isEqualTo(Lineage.State.WHOLE);
    assertThat(life.lineage().order()).isEqualTo(2);

    // from now on the disks get copies of this one, and each still has the one that was restored
    life.keeper.start();
    life.awaitCopies();
    assertThat(disks.labels()).extracting(Label::lineage).contains(before);
    assertRefused(PLAIN, ErrorCode.CONFLICT, "not empty");
  }

  @Test
  void shouldNotWriteOverCopiesOfAFormerConfigDbUntilTheyAreGivenUp() throws Exception {
    fill();
    List<Label> before = disks.labels();
    lose();
    // what the keeper does when a node starts, and after each change
    CopyKeeper keeper = life.keeper;
    keeper.lookSafely();
    life.put("exports/nbd", "{}");
    keeper.lookSafely();
    assertThat(disks.labels()).isEqualTo(before);
    assertThat(life.lineage().state()).isEqualTo(Lineage.State.NEW);

    assertRefused(PLAIN, ErrorCode.CONFLICT, "exports/nbd");
    life.rebuild.rebuild(new Wish(false, false, false, true), step -> {}).join();
    assertThat(life.lineage().state()).isEqualTo(Lineage.State.WHOLE);
    keeper.lookSafely();
    assertThat(disks.labels()).extracting(Label::lineage).contains(life.lineage().id());
  }

  @Test
  void shouldTakeTheNewestThatOpensAndAskAllDisks() throws Exception {
    fill();
    disks.damage(FIRST_DISK);
    disks.takeDown(new UUID(0, 2));
    lose();
    assertRefused(PLAIN, ErrorCode.UNAVAILABLE, "/dev/2");
    disks.takeDown(null);
    Outcome outcome = life.rebuild.rebuild(PLAIN, step -> {}).join();
    assertThat(outcome.restored().orElseThrow().path()).isEqualTo("/dev/2");
    assertThat(life.paths()).contains("pools/p");
  }

  @Test
  void shouldGoWithoutADiskWhenToldTo() throws Exception {
    fill();
    disks.takeDown(FIRST_DISK);
    lose();
    Wish without = new Wish(false, false, true, false);
    Outcome outcome = life.rebuild.rebuild(without, step -> {}).join();
    assertThat(outcome.missing()).hasSize(1);
    assertThat(life.paths()).contains("pools/p");
  }

  @Test
  void shouldOpenNoCopyWithAnotherKey() throws Exception {
    fill();
    life.close();
    byte[] other = KEY.clone();
    other[0] = 1;
    life = new Life(other);
    assertRefused(PLAIN, ErrorCode.CORRUPT, "can be opened");
    assertThat(life.lineage().state()).isEqualTo(Lineage.State.NEW);
  }

  @Test
  void shouldFindNothingWhereThereIsNoCopy() {
    assertRefused(PLAIN, ErrorCode.NOT_FOUND, "no disk has a copy");
  }

  @Test
  void shouldNotSayThatThereIsNoCopyWhileADiskCanNotBeAsked() {
    disks.takeDown(FIRST_DISK);
    assertRefused(new Wish(true, false, false, false), ErrorCode.UNAVAILABLE, "/dev/1");
    assertRefused(new Wish(true, false, true, false), ErrorCode.NOT_FOUND, "no disk has a copy");
  }
}
