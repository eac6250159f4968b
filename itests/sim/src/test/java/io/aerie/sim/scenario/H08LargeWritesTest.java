package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.store.Geometry;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Power fails everywhere at once while large writes go straight to their slots, to fresh space and
 * over what was written before. A record whose data was lost says nothing: no member reports the
 * write as held, so that none is kept of which no whole copy exists. What was acknowledged is
 * there, and of what was not either all or nothing.
 */
class H08LargeWritesTest {
  private static final int FAILURES = 24;

  /** After so many power failures the same places are written again. */
  private static final int FRESH = 8;

  private static final int WRITES = 8;

  /** Four units. */
  private static final int PAGES = 4 * Geometry.PAGES_PER_UNIT;

  @Test
  void shouldHaveLargeWritesWholeOrNotAtAll() {
    Scenario scenario = Scenario.of(3, DiskKind.DIRECT);
    Volume volume = scenario.volume(2);
    SimulatedNode[] all = scenario.cluster().nodes().toArray(SimulatedNode[]::new);
    long[] before = new long[FRESH * WRITES];
    for (int failure = 0; failure < FAILURES; failure++) {
      Client client = volume.client(scenario.node(1 + failure % 3));
      int place = failure % FRESH * WRITES;
      List<Operation> writes = new ArrayList<>();
      for (int i = 0; i < WRITES; i++) {
        writes.add(client.write((long) (place + i) * PAGES, value(failure, i), PAGES));
      }
      int enough = failure % WRITES;
      scenario.until(
          "acknowledgements", () -> writes.stream().filter(Operation::done).count() >= enough);
      scenario.crash(all);
      scenario.restart(all);
      scenario.untilWhole();
      Client after = volume.client(scenario.node(2));
      for (int i = 0; i < WRITES; i++) {
        long first = (long) (place + i) * PAGES;
        long found = after.read(first).await();
        assertThat(
                found == value(failure, i) || (found == before[place + i] && !writes.get(i).done()))
            .as("write %d before power failure %d is %x", i, failure, found)
            .isTrue();
        for (int page = 5; page < PAGES; page += 5) {
          assertThat(after.read(first + page).await()).isEqualTo(found);
        }
        before[place + i] = found;
      }
    }
    scenario.ends();
  }

  private static long value(int failure, int write) {
    return 1 + (long) failure * WRITES + write;
  }
}
