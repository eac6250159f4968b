package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.store.Geometry;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Power fails everywhere at once while large writes to fresh space go straight to their slots. A
 * record whose data was lost says nothing: no member reports the write as held, so that none is
 * kept of which no whole copy exists. What was acknowledged is there.
 */
class H08LargeWritesTest {
  private static final int FAILURES = 12;
  private static final int WRITES = 8;

  /** Four units. */
  private static final int PAGES = 4 * Geometry.PAGES_PER_UNIT;

  @Test
  void shouldHaveLargeWritesWholeOrNotAtAll() {
    Scenario scenario = Scenario.of(3, DiskKind.DIRECT);
    Volume volume = scenario.volume(2);
    SimulatedNode[] all = scenario.cluster().nodes().toArray(SimulatedNode[]::new);
    for (int failure = 0; failure < FAILURES; failure++) {
      Client client = volume.client(scenario.node(1 + failure % 3));
      long first = (long) failure * WRITES * PAGES;
      List<Operation> writes = new ArrayList<>();
      for (int i = 0; i < WRITES; i++) {
        writes.add(client.write(first + (long) i * PAGES, value(failure, i), PAGES));
      }
      int enough = failure % WRITES;
      scenario.until(
          "acknowledgements", () -> writes.stream().filter(Operation::done).count() >= enough);
      scenario.crash(all);
      scenario.restart(all);
      scenario.untilWhole();
      Client after = volume.client(scenario.node(2));
      for (int i = 0; i < WRITES; i++) {
        boolean acknowledged = writes.get(i).done();
        for (int page = 0; page < PAGES; page += 5) {
          long read = after.read(first + (long) i * PAGES + page).await();
          assertThat(read == value(failure, i) || (read == 0 && !acknowledged))
              .as("page %d of write %d before power failure %d is %x", page, i, failure, read)
              .isTrue();
        }
      }
    }
    scenario.ends();
  }

  private static long value(int failure, int write) {
    return 1 + (long) failure * WRITES + write;
  }
}
