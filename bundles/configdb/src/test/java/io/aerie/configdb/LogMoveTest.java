package io.aerie.configdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.cluster.testing.Await;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigLogMove.Outcome;
import io.aerie.config.transfer.ConfigLogMove.Step;
import io.aerie.config.transfer.ConfigLogMove.Wish;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ConfigDB of three nodes moves between two providers, whoever dies on the way. */
@Timeout(120)
class LogMoveTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private MovingNodes nodes;

  @BeforeEach
  void start() throws Exception {
    nodes = new MovingNodes(folder, false);
    for (int node = 1; node <= 3; node++) {
      nodes.start(node);
    }
  }

  @AfterEach
  void stop() throws Exception {
    nodes.close();
  }

  private static void ignore(Step step) {
    // most tests look at the outcome only
  }

  private Outcome move(int by, String provider) throws Exception {
    return result(
        nodes.services(by).logMove().move(new Wish(provider, false), LogMoveTest::ignore));
  }

  private static <T> T result(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(BOUND.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AerieException known ? known : e;
    }
  }

  private void put(int node, String path) throws Exception {
    ConfigStore store = nodes.services(node).store();
    result(
        store.commit(
            new ConfigTransaction(List.of(), List.of(new Change.Put(path, "thing", "{}")))));
  }

  private void assertRefused(ErrorCode code, String provider) {
    ConfigLogMove moves = nodes.services(1).logMove();
    assertThatThrownBy(() -> result(moves.move(new Wish(provider, false), LogMoveTest::ignore)))
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(nodes.record(1).generation()).isEqualTo(1);
  }

  private void awaitAllOn(String provider, long generation) throws Exception {
    Await.until(
        "all nodes use " + provider + " alone",
        BOUND,
        () -> {
          for (int node = 1; node <= 3; node++) {
            if (nodes.record(node).generation() != generation
                || !nodes.record(node).log().provider().equals(provider)
                || nodes.record(node).former().isPresent()) {
              return false;
            }
          }
          return true;
        });
  }

  private void assertSame(int documents) throws Exception {
    for (int node = 1; node <= 3; node++) {
      assertThat(result(nodes.services(node).store().list("things"))).hasSize(documents);
    }
  }

  @Test
  void shouldMoveThereAndBackWhileUsersWriteAndWatch() throws Exception {
    List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean missed = new AtomicBoolean();
    ConfigStore watched = nodes.services(2).store();
    Subscription watch =
        watched.watch(
            "things",
            watched.localRevision(),
            event -> {
              seen.add(event.revision());
              missed.compareAndSet(false, event instanceof ConfigEvent.Resynchronise);
            });
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Integer> writer =
        CompletableFuture.supplyAsync(
            () -> {
              int count = 0;
              while (!enough.get()) {
                try {
                  put(1 + count % 3, "things/t" + count);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                count++;
              }
              return count;
            });
    Outcome there = move(2, "ratis");
    Outcome back = move(1, "atomix");
    enough.set(true);
    int written = result(writer);
    assertThat(there.from()).isEqualTo("atomix:config");
    assertThat(there.to()).startsWith("ratis:config-");
    assertThat(there.waitingFor()).isEmpty();
    assertThat(back.from()).isEqualTo(there.to());
    assertThat(nodes.holds(1, "atomix", "config")).isFalse();
    awaitAllOn("atomix", 3);
    assertSame(written);
    Await.until("the watch has seen all", BOUND, () -> seen.size() >= written);
    assertThat(missed).isFalse();
    assertThat(seen).isSorted().doesNotHaveDuplicates().hasSize(written);
    watch.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"BEGUN", "PREPARED", "SEALED", "SWITCHED"})
  void shouldEndInOneLogWhereverTheCoordinatorDies(Step death) throws Exception {
    put(1, "things/before");
    CompletableFuture<Step> died = new CompletableFuture<>();
    CompletableFuture<Outcome> unused =
        nodes
            .services(1)
            .logMove()
            .move(
                new Wish("ratis", false),
                step -> {
                  if (step == death) {
                    nodes.stop(1);
                    died.complete(step);
                  }
                });
    result(died);
    put(2, "things/meanwhile");
    nodes.start(1);
    boolean sealed = death.compareTo(Step.SEALED) >= 0 || nodes.record(2).generation() > 1;
    if (sealed) {
      awaitAllOn("ratis", 2);
    } else {
      Await.until("the move is cancelled", BOUND, () -> nodes.isIdle(1) && nodes.isIdle(2));
      awaitAllOn("atomix", 1);
      assertThat(move(1, "ratis").waitingFor()).isEmpty();
    }
    put(3, "things/after");
    assertSame(3);
  }

  @Test
  void shouldBringAReturningNodeToTheLogThatTheOthersUse() throws Exception {
    put(1, "things/before");
    Outcome outcome =
        result(
            nodes
                .services(1)
                .logMove()
                .move(
                    new Wish("ratis", false),
                    step -> {
                      if (step == Step.PREPARED) {
                        nodes.stop(3);
                      }
                    }));
    assertThat(outcome.waitingFor()).containsExactly("n3");
    assertThat(nodes.record(1).former()).isPresent();
    put(1, "things/meanwhile");
    nodes.start(3);
    awaitAllOn("ratis", 2);
    assertSame(2);
    for (int node = 1; node <= 3; node++) {
      nodes.stop(node);
    }
    for (int node = 1; node <= 3; node++) {
      nodes.start(node);
    }
    assertSame(2);
  }

  @Test
  void shouldFindTheLogThatOthersMovedToWhenItsOwnCanNotBeOpened() throws Exception {
    nodes.stop(3);
    nodes.forgetLogs(3);
    nodes.blockOpenings(3, "atomix");
    assertRefused(ErrorCode.UNAVAILABLE, "ratis");
    nodes.start(3);
    nodes.recordFor(1, 2, "ratis:config-elsewhere");
    Await.until(
        "node 3 learns where the others are", BOUND, () -> nodes.record(3).generation() == 2);
    assertThat(nodes.record(3).log().toString()).isEqualTo("ratis:config-elsewhere");
  }

  @Test
  void shouldRefuseWhatCanNotBeMoved() throws Exception {
    assertRefused(ErrorCode.INVALID_VALUE, "paper");
    assertRefused(ErrorCode.CONFLICT, "atomix");
    nodes.takeProvider(3, "ratis");
    assertRefused(ErrorCode.UNAVAILABLE, "ratis");
    nodes.giveProvider(3, "ratis");
    Outcome dry =
        result(nodes.services(2).logMove().move(new Wish("ratis", true), LogMoveTest::ignore));
    assertThat(dry.nodes()).containsExactly("n1", "n2", "n3");
    assertThat(nodes.isIdle(1)).isTrue();
    nodes.stop(2);
    assertRefused(ErrorCode.UNAVAILABLE, "ratis");
  }
}
