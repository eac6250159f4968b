package io.aerie.configdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.cluster.testing.Await;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.transfer.ConfigLogMove.Outcome;
import io.aerie.config.transfer.ConfigLogMove.Step;
import io.aerie.config.transfer.ConfigLogMove.Wish;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ConfigDB moves from Atomix to Ratis and back, as they are, on three nodes' disks. */
@Timeout(240)
class LogMoveProvidersTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private static long put(MovingNodes nodes, int node, String path) throws Exception {
    // more than a part of a state, so that there are several
    String json = "{\"text\":\"" + "x".repeat(200_000) + "\"}";
    return nodes
        .services(node)
        .store()
        .commit(new ConfigTransaction(List.of(), List.of(new Change.Put(path, "thing", json))))
        .get(BOUND.toSeconds(), TimeUnit.SECONDS);
  }

  private static Outcome move(MovingNodes nodes, int by, String provider) throws Exception {
    CompletableFuture<Outcome> moved =
        nodes.services(by).logMove().move(new Wish(provider, false), step -> {});
    return moved.get(4 * BOUND.toSeconds(), TimeUnit.SECONDS);
  }

  private static void assertSame(MovingNodes nodes, int documents) throws Exception {
    for (int node = 1; node <= 3; node++) {
      assertThat(
              nodes.services(node).store().list("things").get(BOUND.toSeconds(), TimeUnit.SECONDS))
          .hasSize(documents);
    }
  }

  private static void stopAll(MovingNodes nodes) {
    for (int node = 1; node <= 3; node++) {
      nodes.stop(node);
    }
  }

  @Test
  void shouldMoveThereAndBackAndBeFoundAgain() throws Exception {
    try (MovingNodes nodes = new MovingNodes(folder, true)) {
      for (int node = 1; node <= 3; node++) {
        nodes.start(node);
      }
      long before = 0;
      for (int i = 0; i < 4; i++) {
        before = put(nodes, 1 + i % 3, "things/t" + i);
      }
      Outcome there = move(nodes, 2, "ratis");
      assertThat(there.waitingFor()).isEmpty();
      assertThat(there.revision()).isEqualTo(before);
      assertThat(nodes.holds(1, "atomix", "config")).isFalse();
      // not what that node has by now: it may hear of its own commit after the answer
      assertThat(put(nodes, 3, "things/on-ratis")).isEqualTo(before + 1);
      stopAll(nodes);
      nodes.startAll();
      assertSame(nodes, 5);
      assertThat(move(nodes, 1, "atomix").waitingFor()).isEmpty();
      put(nodes, 2, "things/on-atomix");
      stopAll(nodes);
      nodes.startAll();
      assertSame(nodes, 6);
      assertThat(nodes.record(3).log().provider()).isEqualTo("atomix");
      assertThat(nodes.record(3).generation()).isEqualTo(3);
    }
  }

  @Test
  void shouldGoOnFromTheSealWhenAllAreStoppedThere() throws Exception {
    try (MovingNodes nodes = new MovingNodes(folder, true)) {
      for (int node = 1; node <= 3; node++) {
        nodes.start(node);
      }
      put(nodes, 1, "things/before");
      CompletableFuture<Step> sealed = new CompletableFuture<>();
      CompletableFuture<Outcome> unused =
          nodes
              .services(1)
              .logMove()
              .move(
                  new Wish("ratis", false),
                  step -> {
                    if (step == Step.SEALED) {
                      stopAll(nodes);
                      sealed.complete(step);
                    }
                  });
      sealed.get(2 * BOUND.toSeconds(), TimeUnit.SECONDS);
      nodes.startAll();
      put(nodes, 2, "things/after");
      assertSame(nodes, 2);
      Await.until(
          "all use ratis",
          BOUND,
          () -> nodes.record(1).generation() + nodes.record(3).generation() == 4);
      assertThat(nodes.record(2).log().provider()).isEqualTo("ratis");
    }
  }
}
