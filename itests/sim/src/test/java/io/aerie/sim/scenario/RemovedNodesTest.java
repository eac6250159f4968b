package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.node.NodeStatus;
import io.aerie.engine.protocol.Message.Beat;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.FailureDomain;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.AssignDuty;
import io.aerie.sim.Cluster;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedDisk;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Nodes that left for good: they end, hold no lease, and lend none, also when they don't know. */
class RemovedNodesTest {
  private static NodeRecord record(Scenario scenario, SimulatedNode node) {
    return scenario.log().committed().node(node.id).orElseThrow();
  }

  private static boolean leased(SimulatedNode node) {
    return node.engine().map(engine -> engine.status()).map(NodeStatus::leaseValid).orElse(false);
  }

  private static void takeDisksAway(Scenario scenario, SimulatedNode node) {
    List<UUID> disks = node.disks.stream().map(SimulatedDisk::id).toList();
    scenario.command(new AssignDuty(disks, DiskDuty.DRAINING));
    scenario.until(
        node + " has no members",
        60 * World.SECOND,
        () ->
            scenario.log().committed().groups().values().stream()
                .noneMatch(group -> disks.stream().anyMatch(group.disks()::contains)));
    scenario.command(new AssignDuty(disks, DiskDuty.REMOVED));
  }

  private static void retire(Scenario scenario, SimulatedNode node) {
    scenario.command(new RcdCommand.RetireNode(node.id, record(scenario, node).incarnation()));
  }

  private static void endVote(Scenario scenario, SimulatedNode node) {
    scenario.command(new RcdCommand.EndVote(node.id, record(scenario, node).incarnation()));
  }

  private static void forget(Scenario scenario, SimulatedNode node) {
    endVote(scenario, node);
    scenario.command(new RcdCommand.ForgetNode(node.id, record(scenario, node).incarnation()));
  }

  @Test
  void shouldEndTheLifeOfANodeThatIsToLeave() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode leaver = scenario.cluster().others(volume.owner()).get(0);
          takeDisksAway(scenario, leaver);
          retire(scenario, leaver);
          scenario.until("its engine has ended", () -> leaver.engine().isEmpty());
          scenario.until(
              "its life is over", () -> record(scenario, leaver).state() == NodeState.DOWN);
          scenario.run(3_000);
          assertThat(leaver.engine()).as("it gets no new life").isEmpty();
          forget(scenario, leaver);
          Client client = volume.client(volume.owner());
          client.write(0, 1).await();
          assertThat(client.read(0).await()).isEqualTo(1);
        });
  }

  /** Of two voters, two are a majority, and the one that leaves answers no more. */
  @Test
  void shouldServeAloneWhenTheOtherOfTwoVotesNoMore() {
    for (DiskKind kind : List.of(DiskKind.MEMORY, DiskKind.ENGINE)) {
      Scenario scenario = Scenario.of(new Cluster.Shape(2, 2, kind));
      UUID pool = scenario.log().committed().pools().values().iterator().next().id();
      scenario.command(new RcdCommand.SpreadPool(pool, FailureDomain.DISK));
      Volume volume = scenario.volume(2);
      SimulatedNode stayer = volume.owner();
      SimulatedNode leaver = scenario.cluster().others(stayer).get(0);
      Client client = volume.client(stayer);
      client.write(0, 1).await();
      takeDisksAway(scenario, leaver);
      retire(scenario, leaver);
      scenario.until("its life is over", () -> record(scenario, leaver).state() == NodeState.DOWN);
      scenario.run(2_020);
      assertThat(leased(stayer)).as("one of two voters").isFalse();
      endVote(scenario, leaver);
      scenario.until("a lease of its own", 2 * World.SECOND, () -> leased(stayer));
      assertThat(client.read(0).await()).isEqualTo(1);
      client.write(0, 2).await();
      scenario.run(3_000);
      assertThat(leaver.engine()).as("it gets no new life").isEmpty();
      forget(scenario, leaver);
      assertThat(client.read(0).await()).isEqualTo(2);
      scenario.ends();
    }
  }

  /** It was cut off when it was removed, and comes back as it was. */
  @Test
  void shouldAnswerNoBeatOfANodeThatWasRemoved() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode leaver = scenario.cluster().others(volume.owner()).get(0);
          scenario.log().lead(volume.owner().id);
          takeDisksAway(scenario, leaver);
          scenario.run(500);
          leaver.deaf(60 * World.SECOND);
          scenario.cluster().network().loseBeats(leaver.id);
          retire(scenario, leaver);
          scenario.until(
              "its life is over", () -> record(scenario, leaver).state() == NodeState.DOWN);
          forget(scenario, leaver);
          scenario.run(500);
          scenario.mend();
          scenario.run(2_000);
          assertThat(leaver.engine()).as("it doesn't know").isPresent();
          assertThat(leased(leaver)).isFalse();
        });
  }

  /** Two of three have stopped answering the owner; a fourth that was removed did so last. */
  @Test
  void shouldCountNoAnswerOfANodeThatWasRemoved() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> others = scenario.cluster().others(owner);
          SimulatedNode leaver = others.get(0);
          scenario.log().lead(others.get(1).id);
          takeDisksAway(scenario, leaver);
          scenario.run(500);
          leaver.deaf(60 * World.SECOND);
          scenario.cluster().network().loseBeats(leaver.id);
          retire(scenario, leaver);
          scenario.until(
              "its life is over", () -> record(scenario, leaver).state() == NodeState.DOWN);
          scenario.log().holdCommands(RcdCommand.Suspect.class::isInstance);
          for (SimulatedNode voter : others.subList(1, 3)) {
            scenario.drop(Messages.messages(Beat.class).from(owner).to(voter));
          }
          scenario.run(1_500);
          forget(scenario, leaver);
          scenario.run(600);
          owner.deaf(20 * World.SECOND);
          scenario.log().release();
          scenario.until("another owner", () -> volume.owner() != owner);
          assertThat(leased(owner)).as("a lease while another owns").isFalse();
        });
  }
}
