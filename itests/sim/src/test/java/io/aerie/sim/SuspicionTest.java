package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that are slow rather than dead keep their life, and those that are dead lose it. */
class SuspicionTest {
  private Cluster cluster;
  private List<SimulatedNode> nodes;
  private World world;
  private Network network;
  private SimulatedLog log;

  @BeforeEach
  void threeNodes() {
    world = new World(7, false);
    cluster = new Cluster(world, new Cluster.Shape(3, 1, Cluster.DiskKind.MEMORY));
    nodes = cluster.nodes();
    network = cluster.network();
    log = cluster.log();
    cluster.bootWithPool();
    log.lead(nodes.get(0).id);
    world.run(World.SECOND);
  }

  private NodeRecord record(int node) {
    return log.committed().node(nodes.get(node).id).orElseThrow();
  }

  private boolean leaseOf(int node) {
    return nodes.get(node).engine().orElseThrow().status().leaseValid();
  }

  private void runUntilSuspect(int node) {
    for (int i = 0; i < 2_000 && record(node).state() != NodeState.SUSPECT; i++) {
      world.run(World.MILLISECOND);
    }
    assertThat(record(node).state()).isEqualTo(NodeState.SUSPECT);
  }

  @Test
  void shouldTrustANodeThatIsHeardAgain() {
    NodeRecord before = record(2);
    network.loseBeats(nodes.get(2).id);
    runUntilSuspect(2);
    network.heal();
    world.run(World.SECOND);
    assertThat(record(2).state()).isEqualTo(NodeState.UP);
    assertThat(record(2).incarnation()).isEqualTo(before.incarnation());
    assertThat(leaseOf(2)).isTrue();
    assertThat(log.committed().disk(nodes.get(2).disks.get(0).id()).orElseThrow().up()).isTrue();
    network.loseBeats(nodes.get(2).id);
    world.run(5 * World.SECOND);
    assertThat(record(2).incarnation())
        .as("a second suspicion ends it")
        .isGreaterThan(before.incarnation());
    assertThat(cluster.violations()).isEmpty();
  }

  /** A cut off leader of RCD's log may come back as leader, with the others' suspicion on it. */
  @Test
  void shouldTrustASuspectThatLeadsTheLogItself() {
    NodeRecord before = record(2);
    network.loseBeats(nodes.get(2).id);
    runUntilSuspect(2);
    log.lead(nodes.get(2).id);
    network.heal();
    world.run(World.SECOND);
    assertThat(record(2).state()).isEqualTo(NodeState.UP);
    assertThat(record(2).incarnation()).isEqualTo(before.incarnation());
    assertThat(leaseOf(2)).isTrue();
    assertThat(cluster.violations()).isEmpty();
  }

  @Test
  void shouldNotSuspectOthersForTheLeadersOwnStandstill() {
    nodes.get(0).pauseLoop();
    world.run(1_500 * World.MILLISECOND);
    nodes.get(0).resume();
    long commands = log.length();
    world.run(3 * World.SECOND);
    assertThat(record(0).state()).isEqualTo(NodeState.UP);
    assertThat(log.length()).as("no command was needed").isEqualTo(commands);
    assertThat(cluster.violations()).isEmpty();
  }
}
