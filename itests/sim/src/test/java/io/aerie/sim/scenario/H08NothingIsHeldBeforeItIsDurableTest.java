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
 * Power fails everywhere at once, again and again, in the midst of commits and checkpoints of a
 * small log; any subset of the sectors that no flush covered is lost. What was acknowledged is
 * there when the nodes are back: no record, no mapping and no mark was believed before what it
 * stands on was durable.
 */
class H08NothingIsHeldBeforeItIsDurableTest {
  private static final int FAILURES = 12;
  private static final int PAGES = 40;

  @Test
  void shouldHaveWhatWasAcknowledgedAfterEveryPowerFailure() {
    Scenario scenario = Scenario.of(new Cluster.Shape(3, 1, DiskKind.ENGINE, 512 << 10));
    Volume volume = scenario.volume(2);
    SimulatedNode[] all = scenario.cluster().nodes().toArray(SimulatedNode[]::new);
    long[] acknowledged = new long[PAGES];
    long value = 1;
    for (int failure = 0; failure < FAILURES; failure++) {
      Client client = volume.client(scenario.node(1 + failure % 3));
      List<Operation> writes = new ArrayList<>();
      long firstValue = value;
      for (int page = 0; page < PAGES; page++) {
        writes.add(client.write(place(page), value++));
      }
      // From the first commits to the last of them, each some milliseconds long.
      scenario.cluster().disks().forEach(disk -> disk.slow(World.MILLISECOND));
      scenario.run(5 + failure * 3L);
      scenario.crash(all);
      scenario.cluster().disks().forEach(disk -> disk.slow(0));
      for (int page = 0; page < PAGES; page++) {
        acknowledged[page] = writes.get(page).done() ? firstValue + page : acknowledged[page];
      }
      scenario.restart(all);
      scenario.untilWhole();
      Client after = volume.client(scenario.node(2));
      for (int page = 0; page < PAGES; page++) {
        assertThat(after.read(place(page)).await())
            .as("page %d after power failure %d", page, failure)
            .isGreaterThanOrEqualTo(acknowledged[page]);
      }
    }
    scenario.ends();
  }

  /** Ten pages of a unit in each of four blocks: copies of those fit through the small log. */
  private static long place(int page) {
    return Volume.page(page / 10) + page % 10;
  }
}
