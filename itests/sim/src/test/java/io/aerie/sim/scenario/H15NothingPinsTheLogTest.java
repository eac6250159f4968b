package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.Cluster;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The log is a ring that all volumes of a disk share: one entry that stays in doubt must not stop
 * the others, and no two disks may wait for each other with their logs full.
 */
class H15NothingPinsTheLogTest {
  @Test
  void shouldGoOnBesideAnEntryThatStaysInDoubt() {
    Scenario scenario = Scenario.of(new Cluster.Shape(5, 1, DiskKind.ENGINE, 1 << 20));
    Volume frozen = scenario.volume(3);
    Volume other = scenario.volume(2);
    SimulatedNode owner = frozen.owner();
    List<SimulatedNode> members = frozen.members(0);
    SimulatedNode stays = members.contains(owner) ? owner : members.get(0);
    SimulatedNode[] gone = members.stream().filter(n -> n != stays).toArray(SimulatedNode[]::new);
    Client client = frozen.client(owner);
    for (SimulatedNode node : gone) {
      scenario.hold(Messages.entriesOf(0).to(node));
    }
    Operation inDoubt = client.write(0, 1);
    scenario.until("one member has it in doubt", () -> frozen.held(stays, 0) == 1);
    scenario.crash(gone);
    scenario.untilExpired(gone[0]);
    scenario.untilExpired(gone[1]);
    SimulatedNode partner =
        scenario.cluster().others(gone).stream().filter(n -> n != stays).findFirst().orElseThrow();
    long page = other.pageOn(stays, partner);
    Client busy = other.client(partner);
    for (int round = 0; round < 60; round++) {
      List<Operation> writes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        writes.add(busy.write(page + i, round * 8L + i, 8));
      }
      awaitAll(scenario, writes);
    }
    assertThat(inDoubt.over()).isFalse();
    scenario.release();
    scenario.restart(gone);
    assertThat(inDoubt.await()).isEqualTo(1);
    scenario.ends();
  }

  /**
   * Half of the owners reach one disk first, half the other; together they have more in flight than
   * either disk may have in doubt.
   */
  @Test
  void shouldNotWaitInACircleOfFullLogs() {
    Scenario scenario = Scenario.of(9, DiskKind.ENGINE);
    SimulatedNode one = scenario.node(1);
    SimulatedNode two = scenario.node(2);
    List<Operation> writes = new ArrayList<>();
    List<Volume> volumes = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      volumes.add(scenario.volume(2));
    }
    for (Volume volume : volumes) {
      SimulatedNode owner = volume.owner();
      SimulatedNode late = owner.id.value().compareTo("n5") <= 0 ? one : two;
      if (late != owner) {
        scenario.cluster().network().slow(owner.id, late.id, 400_000_000L);
      }
      Client client = volume.client(owner);
      List<Long> pages = volume.pagesBeside(volume.pageOn(one, two));
      for (long page : pages.subList(0, 2)) {
        for (int i = 0; i < 6; i++) {
          // Not whole units: these go through the log.
          writes.add(client.write(page + 1 + i * 128L, i + 1, 128));
        }
      }
    }
    awaitAll(scenario, writes);
    scenario.ends();
  }

  private static void awaitAll(Scenario scenario, List<Operation> writes) {
    scenario.until(
        "all answered", 6 * World.SECOND, () -> writes.stream().allMatch(Operation::done));
  }
}
