package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.ardfs.host.DiskReport;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.testing.Await;
import io.aerie.cluster.testing.TestNetwork;
import io.aerie.engine.node.NodeStatus.Quarantined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each node knows what the others' disks have, as of their last round, and of who is away too. */
class UsageExchangeTest {
  private static final Duration BOUND = Duration.ofSeconds(20);

  private final TestNetwork network = new TestNetwork();
  private final List<Node> all = new ArrayList<>();

  /** Its rounds come when a test says so. */
  private static final class HandTimer extends ScheduledThreadPoolExecutor {
    private Runnable round;

    HandTimer() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable task, long delay, long period, TimeUnit unit) {
      round = task;
      return schedule(() -> {}, 0, unit);
    }
  }

  private final class Node implements Membership {
    final Member self;
    final UUID disk = UUID.randomUUID();
    final HandTimer timer = new HandTimer();
    boolean reachable = true;
    Supplier<CompletableFuture<DiskReport>> own;
    final UsageExchange exchange;

    Node(String name, long usedBytes) {
      self = new Member(new NodeId(name), Map.of());
      uses(usedBytes);
      all.add(this);
      exchange = new UsageExchange(network.of(self.id()), this, () -> own.get(), timer);
    }

    void uses(long bytes) {
      DiskReport report =
          new DiskReport(Map.of(disk, bytes), List.of(new Quarantined(disk, 7, 1, bytes)));
      own = () -> CompletableFuture.completedFuture(report);
    }

    void round() {
      timer.round.run();
    }

    void awaitUsed(Node of, Long bytes) throws Exception {
      Await.until(
          of.self.id() + " uses " + bytes, BOUND, () -> bytes.equals(exchange.used().get(of.disk)));
    }

    @Override
    public Member self() {
      return self;
    }

    @Override
    public List<MemberView> members() {
      return all.stream().map(node -> new MemberView(node.self, node.reachable)).toList();
    }

    @Override
    public Subscription listen(Consumer<MembershipEvent> listener) {
      throw new UnsupportedOperationException("usage is told by the clock");
    }

    @Override
    public void forget(Set<NodeId> removed) {
      throw new UnsupportedOperationException("usage decides nothing");
    }
  }

  @AfterEach
  void close() {
    all.forEach(
        node -> {
          node.exchange.close();
          node.timer.shutdownNow();
        });
  }

  @Test
  void shouldTellTheOthersAndKnowItsOwn() throws Exception {
    Node n1 = new Node("n1", 10);
    Node n2 = new Node("n2", 20);
    assertThat(n1.exchange.used()).isEmpty();
    n1.round();
    n2.round();
    for (Node node : all) {
      node.awaitUsed(n1, 10L);
      node.awaitUsed(n2, 20L);
      Await.until("quarantine", BOUND, () -> node.exchange.quarantined().size() == 2);
      assertThat(node.exchange.quarantined().get(n1.self.id()))
          .containsExactly(new Quarantined(n1.disk, 7, 1, 10));
    }
  }

  @Test
  void shouldKeepWhatANodeThatIsAwayHadAndHearItsNews() throws Exception {
    Node n1 = new Node("n1", 10);
    Node n2 = new Node("n2", 20);
    n1.round();
    n2.round();
    n1.awaitUsed(n2, 20L);
    n2.awaitUsed(n1, 10L);
    n2.reachable = false;
    n2.exchange.close();
    n1.uses(11);
    n1.round();
    assertThat(n1.exchange.used()).containsEntry(n1.disk, 11L).containsEntry(n2.disk, 20L);
    all.remove(n2);
    Node again = new Node("n2", 30);
    n1.round();
    again.round();
    again.awaitUsed(n1, 11L);
    n1.awaitUsed(again, 30L);
    n2.timer.shutdownNow();
  }

  @Test
  void shouldTellANewNodeInTheNextRound() throws Exception {
    Node n1 = new Node("n1", 10);
    n1.round();
    Node n3 = new Node("n3", 30);
    assertThat(n3.exchange.used()).isEmpty();
    n1.round();
    n3.awaitUsed(n1, 10L);
    n3.round();
    n1.awaitUsed(n3, 30L);
  }

  /** One that can't be told, or a report that fails in whatever way, is a matter of that round. */
  @Test
  void shouldGoOnAfterARoundThatFailed() throws Exception {
    Node n1 = new Node("n1", 10);
    Node n2 = new Node("n2", 20);
    Node deaf = new Node("n3", 30);
    deaf.exchange.close();
    n1.own = () -> CompletableFuture.failedFuture(new IllegalStateException("no disk is open"));
    n1.round();
    n1.own =
        () -> {
          throw new IllegalStateException("closing");
        };
    n1.round();
    assertThat(n2.exchange.used()).isEmpty();
    n1.uses(12);
    n1.round();
    n2.awaitUsed(n1, 12L);
  }
}
