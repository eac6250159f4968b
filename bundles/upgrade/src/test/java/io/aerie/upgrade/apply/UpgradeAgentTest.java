package io.aerie.upgrade.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.MemoryConfigStore;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.apply.exchange.FakeFramework;
import io.aerie.upgrade.apply.exchange.NodeExchange;
import io.aerie.upgrade.apply.exchange.NodeHealth;
import io.aerie.upgrade.apply.exchange.Services;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import io.aerie.upgrade.apply.node.Release;
import io.aerie.upgrade.apply.run.Run;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import io.aerie.upgrade.apply.run.Run.State;
import io.aerie.upgrade.make.TestDistribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: three nodes that only share ConfigDB upgrade one after the other, and whoever dies is not
 * missed. Method: the agents themselves with real releases, over frameworks that are tables.
 */
class UpgradeAgentTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final long LIMIT_S = 60;

  @TempDir Path folder;
  private final MemoryConfigStore store = new MemoryConfigStore();
  private final RunDocument document = new RunDocument(store);
  private final List<Node> nodes = new ArrayList<>();
  private final KeyPair keys = TestDistribution.keys();
  private Path source;

  /** A node's files and framework, which outlast its agent. */
  private final class Node implements NodeHealth {
    final NodeId id;
    final TestPackages files;
    final FakeFramework framework = new FakeFramework();
    volatile String unfit = "";
    UpgradeAgent agent;

    Node(NodeId id) throws IOException {
      this.id = id;
      this.files = new TestPackages(folder.resolve(id.value()), keys);
      framework.start(files.releases.current());
    }

    void begin() {
      Services services = new Services();
      services.set(ConfigStore.class, store);
      services.set(Membership.class, new AllReached());
      Going going = new Going();
      NodeExchange exchange =
          new NodeExchange(
              files.releases,
              digest -> files.packages.find(digest).orElseThrow(),
              framework,
              this,
              () -> going.patience(Duration.ofMillis(1)));
      PackageFetcher fetcher = new PackageFetcher(id, services, files.packages);
      agent = new UpgradeAgent(id, services, files.releases, this, exchange, fetcher, going);
      agent.useStore(Optional.of(store));
    }

    /** The process starts again, with what it finds on its disk. */
    void startAgain() {
      agent.close();
      framework.start(files.releases.current());
      begin();
    }

    @Override
    public String unfitness() {
      return unfit;
    }

    @Override
    public Set<String> serving() {
      return Set.of();
    }

    @Override
    public List<String> problems(String run, Set<String> before) {
      return List.of();
    }
  }

  private static final class AllReached implements Membership {
    @Override
    public Member self() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<MemberView> members() {
      return NODES.stream().map(id -> new MemberView(new Member(id, Map.of()), true)).toList();
    }

    @Override
    public Subscription listen(Consumer<MembershipEvent> listener) {
      return () -> {};
    }

    @Override
    public void forget(Set<NodeId> removed) {}
  }

  @BeforeEach
  void begin() throws IOException {
    for (NodeId id : NODES) {
      nodes.add(new Node(id));
    }
    TestPackages first = nodes.get(0).files;
    source =
        Files.move(
            first.make(first.home(), first.distribution("0.1.1", "two", "one")),
            folder.resolve("0.1.1.kar"));
  }

  @AfterEach
  void end() {
    nodes.forEach(node -> node.agent.close());
  }

  private Run started(Exchange exchange) throws IOException {
    StoredPackage stored = null;
    for (Node node : nodes) {
      stored = node.files.take(source);
      node.begin();
    }
    Run run =
        new Run(
            "id",
            stored.sha256(),
            "0.1.1",
            "0.1.0",
            exchange,
            Direction.FORWARD,
            State.RUNNING,
            "",
            Instant.EPOCH,
            NODES.stream().map(Part::of).toList(),
            0);
    return document.change(List.of(), present -> run);
  }

  /** The run as soon as it is so. */
  private Run when(Predicate<Run> wanted) throws Exception {
    CompletableFuture<Run> seen = new CompletableFuture<>();
    Runnable look = () -> document.local().filter(wanted).ifPresent(seen::complete);
    Subscription watching = store.watch("upgrade", store.localRevision(), event -> look.run());
    look.run();
    try {
      return seen.get(LIMIT_S, TimeUnit.SECONDS);
    } finally {
      watching.close();
    }
  }

  private void assertAllRun(String version) {
    for (Node node : nodes) {
      assertThat(node.framework.running).as("%s", node.id).containsEntry("io.aerie.left", version);
      assertThat(node.files.releases.current().version()).hasToString(version);
    }
  }

  @Test
  void shouldUpgradeOneNodeAfterTheOther() throws Exception {
    var unused = started(Exchange.SWAP);
    Run ended = when(run -> !run.isOpen());
    assertThat(ended.state()).isEqualTo(State.DONE);
    assertAllRun("0.1.1");
    assertThat(nodes).allMatch(node -> node.framework.swaps.size() == 1);
  }

  @Test
  void shouldRollAllBackWhenOneFails() throws Exception {
    nodes.get(1).framework.brokenVersion = "0.1.1";
    var unused = started(Exchange.SWAP);
    Run ended = when(run -> !run.isOpen());
    assertThat(ended.state()).isEqualTo(State.ROLLED_BACK);
    assertThat(ended.why()).isEqualTo("On n2: A component failed.");
    assertAllRun("0.1.0");
    assertThat(nodes.get(2).framework.swaps).as("it never began").isEmpty();
  }

  @Test
  void shouldWaitUntilTheClusterCanDoWithoutANode() throws Exception {
    nodes.get(1).unfit = "The volume v1 is degraded.";
    var unused = started(Exchange.SWAP);
    Run waiting = when(run -> run.nodes().get(0).state() == Run.PartState.NEW);
    assertThat(waiting.state()).isEqualTo(State.RUNNING);
    assertThat(nodes.get(1).framework.swaps).isEmpty();
    nodes.get(1).unfit = "";
    assertThat(when(run -> !run.isOpen()).state()).isEqualTo(State.DONE);
  }

  @Test
  void shouldGoOnAfterRestarts() throws Exception {
    var unused = started(Exchange.RESTART);
    for (Node node : nodes) {
      restarted(node);
    }
    assertThat(when(run -> !run.isOpen()).state()).isEqualTo(State.DONE);
    assertAllRun("0.1.1");
    assertThat(nodes).allMatch(node -> node.framework.restarts.get() == 1);
  }

  /** The node ends when it says so, and is started again by whoever does that. */
  private static void restarted(Node node) throws InterruptedException {
    node.framework.restarting.acquire();
    node.startAgain();
  }

  @Test
  void shouldRollBackWhenAStartGivesTheReleaseUp() throws Exception {
    var unused = started(Exchange.RESTART);
    Node first = nodes.get(0);
    first.framework.restarting.acquire();
    // as bin/aerie-node does when the start on trial has ended
    Release target = first.files.releases.current();
    first.files.releases.giveUp(
        target, first.files.releases.find(Release.DISTRIBUTION).orElseThrow(), "It ended.");
    first.startAgain();
    Run ended = when(run -> !run.isOpen());
    assertThat(ended.state()).isEqualTo(State.ROLLED_BACK);
    assertThat(ended.why()).isEqualTo("On n1: It ended.");
    assertAllRun("0.1.0");
  }
}
