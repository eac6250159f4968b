package io.aerie.configdb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of ConfigStore over a log in memory: refusals, retries, reads, watches. */
@Timeout(60)
class ReplicatedConfigStoreTest {
  private final MemoryReplicatedLogProvider provider = new MemoryReplicatedLogProvider();
  private ReplicatedConfigStore store;

  @BeforeEach
  void open() {
    store = openReplica(true);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private ReplicatedConfigStore openReplica(boolean found) {
    ConfigStateMachine state = new ConfigStateMachine();
    ReplicatedLog log =
        provider.open(new LogSpecification("config", state, found, List.of())).join();
    return new ReplicatedConfigStore(log, state);
  }

  private long put(String path, String json) {
    return store.commit(transaction(List.of(), path, json)).join();
  }

  private static ConfigTransaction transaction(
      List<Condition> conditions, String path, String json) {
    return new ConfigTransaction(conditions, List.of(new Change.Put(path, "thing", json)));
  }

  @Test
  void shouldReadWhatAnotherNodeWrote() {
    ReplicatedConfigStore other = openReplica(false);
    long revision = put("things/a", "{\"x\":1}");
    assertThat(other.get("things/a").join())
        .contains(new Document("things/a", "thing", "{\"x\":1}", revision, revision));
    assertThat(other.get("things/b").join()).isEmpty();
    assertThat(other.list("things").join()).hasSize(1);
    assertThat(other.list("thing").join()).isEmpty();
    other.close();
  }

  @Test
  void shouldChangeNothingWhenAConditionFails() {
    long first = put("a", "{}");
    assertRefused(
        transaction(List.of(new Condition("a", first + 1)), "b", "{}"),
        ErrorCode.PRECONDITION_FAILED);
    assertRefused(
        transaction(List.of(new Condition("a", 0)), "b", "{}"), ErrorCode.PRECONDITION_FAILED);
    assertThat(store.listLocal("")).extracting(Document::path).containsExactly("a");
    assertThat(store.localRevision()).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/a", "a/", "a//b", "a b", "ä", "a/../b", "..", "a/.", "a\n", "a/b?c", "%2e"})
  void shouldRefuseBadPaths(String path) {
    assertRefused(transaction(List.of(), path, "{}"), ErrorCode.INVALID_VALUE);
    assertThat(store.localRevision()).isZero();
  }

  @Test
  void shouldRefuseAPathThatIsTooLong() {
    put("a".repeat(Limits.PATH_LENGTH_MAX), "{}");
    assertRefused(
        transaction(List.of(), "a".repeat(Limits.PATH_LENGTH_MAX + 1), "{}"),
        ErrorCode.INVALID_VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "[]",
        "null",
        "{",
        "{}{}",
        "{} x",
        "{\"a\":1,\"a\":2}",
        "{'a':1}",
        "{\"a\":NaN}",
        "{\"a\":[}"
      })
  void shouldRefuseWhatIsNoJsonObject(String json) {
    assertRefused(transaction(List.of(), "a", json), ErrorCode.INVALID_VALUE);
    assertThat(store.localRevision()).isZero();
  }

  @Test
  void shouldRefuseWhatIsTooLarge() {
    String large = "{\"a\":\"" + "x".repeat(Limits.DOCUMENT_BYTES_MAX - 8) + "\"}";
    put("a", large);
    assertRefused(
        transaction(List.of(), "a", large.replace("\"a\"", "\"aa\"")), ErrorCode.TOO_LARGE);
    Change put = new Change.Put("a", "thing", large);
    assertRefused(new ConfigTransaction(List.of(), List.of(put, put)), ErrorCode.TOO_LARGE);
  }

  private void assertRefused(ConfigTransaction transaction, ErrorCode code) {
    assertThatThrownBy(() -> store.commit(transaction).join())
        .extracting(Causes::of)
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void shouldCommitOnceWhenAnswersAreLost() {
    provider.loseAnswers(2);
    long revision = store.commit(transaction(List.of(new Condition("a", 0)), "a", "{}")).join();
    assertThat(revision).isEqualTo(1);
    assertThat(store.localRevision()).isEqualTo(1);
  }

  @Test
  void shouldReportChangesBelowAPrefixInOrderOnceEach() throws InterruptedException {
    put("a/1", "{}");
    long second = put("a/2", "{}");
    put("b", "{}");
    BlockingQueue<ConfigEvent> events = new LinkedBlockingQueue<>();
    Subscription watch = store.watch("a", second - 1, events::add);
    put("ab", "{}");
    store.commit(new ConfigTransaction(List.of(), List.of(new Change.Delete("a/1")))).join();
    long last = put("a", "{}");
    assertThat(next(events)).isInstanceOf(ConfigEvent.Written.class);
    assertThat(next(events)).isEqualTo(new ConfigEvent.Deleted("a/1", last - 1));
    assertThat(next(events).revision()).isEqualTo(last);
    watch.close();
    put("a", "{}");
    BlockingQueue<ConfigEvent> all = new LinkedBlockingQueue<>();
    store.watch("", last, all::add);
    next(all);
    assertThat(events).isEmpty();
  }

  @Test
  void shouldTellAWatcherThatIsTooFarBehindToListAnew() throws InterruptedException {
    for (int i = 0; i <= Limits.HISTORY_EVENTS_MAX; i++) {
      put("a", "{}");
    }
    long now = store.localRevision();
    BlockingQueue<ConfigEvent> events = new LinkedBlockingQueue<>();
    store.watch("a", 0, events::add);
    assertThat(next(events)).isEqualTo(new ConfigEvent.Resynchronise(now));
    put("a", "{}");
    assertThat(next(events).revision()).isEqualTo(now + 1);
  }

  /** After a rebuild revisions begin anew: who waited for the old ones would wait in silence. */
  @Test
  void shouldTellAWatcherThatIsAheadOfEverybodyToListAnew() throws InterruptedException {
    long now = put("a", "{}");
    BlockingQueue<ConfigEvent> events = new LinkedBlockingQueue<>();
    store.watch("a", now + 100, events::add);
    assertThat(next(events)).isEqualTo(new ConfigEvent.Resynchronise(now));
    put("a", "{}");
    assertThat(next(events).revision()).isEqualTo(now + 1);
  }

  @Test
  void shouldReportATransactionAtOnceHoweverLargeItIs() throws InterruptedException {
    List<Change> many = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      many.add(new Change.Put("a/" + i, "document", "{}"));
      many.add(new Change.Put("b/" + i, "document", "{}"));
    }
    put("a", "{}");
    store.commit(new ConfigTransaction(List.of(), many)).join();
    put("a", "{}");
    BlockingQueue<List<ConfigEvent>> revisions = new LinkedBlockingQueue<>();
    store.watchRevisions("a", 0, revisions::add);
    assertThat(next(revisions)).hasSize(1);
    assertThat(next(revisions)).hasSize(700).allMatch(event -> event.revision() == 2);
    assertThat(next(revisions)).hasSize(1);
  }

  @Test
  void shouldNotLetASlowConsumerHoldUpCommitsOrOtherWatches() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    BlockingQueue<ConfigEvent> slow = new LinkedBlockingQueue<>();
    BlockingQueue<ConfigEvent> quick = new LinkedBlockingQueue<>();
    store.watch(
        "a",
        0,
        event -> {
          entered.countDown();
          awaitQuietly(release);
          slow.add(event);
        });
    put("a", "{}");
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    store.watch("b", 0, quick::add);
    long b = put("b", "{}");
    assertThat(next(quick).revision()).isEqualTo(b);
    for (int i = 0; i <= Limits.HISTORY_EVENTS_MAX + 300; i++) {
      put("a", "{}");
    }
    release.countDown();
    // what it had in hand comes first, then the truth that something is missing
    assertThat(next(slow).revision()).isEqualTo(1);
    assertThat(next(slow)).isEqualTo(new ConfigEvent.Resynchronise(store.localRevision()));
    put("a", "{}");
    assertThat(next(slow)).isInstanceOf(ConfigEvent.Written.class);
  }

  /** An Error is what a consumer throws whose bundle is being exchanged. */
  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, NoClassDefFoundError.class})
  void shouldTellAConsumerThatFailedToListAnew(Class<? extends Throwable> failure)
      throws InterruptedException {
    AtomicBoolean fail = new AtomicBoolean(true);
    BlockingQueue<ConfigEvent> events = new LinkedBlockingQueue<>();
    store.watch(
        "a",
        0,
        event -> {
          if (fail.getAndSet(false)) {
            if (failure == NoClassDefFoundError.class) {
              throw new NoClassDefFoundError("thrown by the test");
            }
            throw new IllegalStateException("thrown by the test");
          }
          events.add(event);
        });
    put("a", "{}");
    assertThat(next(events)).isInstanceOf(ConfigEvent.Resynchronise.class);
  }

  /** As many as there are threads for watches: who waits for a revision needs none of them. */
  @Test
  void shouldNotLetSlowConsumersHoldUpWhoWaitsForARevision() throws Exception {
    CountDownLatch entered = new CountDownLatch(ReplicatedConfigStore.WATCH_THREADS);
    CountDownLatch release = new CountDownLatch(1);
    for (int i = 0; i < ReplicatedConfigStore.WATCH_THREADS; i++) {
      store.watch(
          "a",
          0,
          event -> {
            entered.countDown();
            awaitQuietly(release);
          });
    }
    long revision = put("a", "{}");
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> seen = store.awaitLocal(revision + 1);
    assertThat(seen).isNotDone();
    put("b", "{}");
    seen.get(10, TimeUnit.SECONDS);
    release.countDown();
  }

  @Test
  void shouldFailClearlyWhenItIsClosed() {
    store.close();
    assertRefused(transaction(List.of(), "a", "{}"), ErrorCode.UNAVAILABLE);
  }

  private static <T> T next(BlockingQueue<T> events) throws InterruptedException {
    T event = events.poll(20, TimeUnit.SECONDS);
    assertThat(event).as("an event in time").isNotNull();
    return event;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
