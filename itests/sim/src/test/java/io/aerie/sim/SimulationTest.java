package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to nodes, disks and network, acknowledged writes survive, reads are
 * linearizable, and when faults stop all members agree. Each seed is one run; the budget is fixed,
 * so that a build takes the same time every day. A single seed is traced.
 */
class SimulationTest {
  private static final int FAILURES_MAX = 5;

  @Test
  void shouldKeepEveryAcknowledgedWriteUnderEveryFault() {
    long seeds = Long.getLong("aerie.sim.seeds", 42);
    long first = Long.parseLong("0" + System.getProperty("aerie.sim.first", ""));
    if (seeds == 1) {
      SimulationRun.Outcome outcome = SimulationRun.one(first, true, new AtomicLong());
      assertThat(outcome.violations()).as("%s", outcome).isEmpty();
    } else {
      assertThat(SimulationRun.of(first, seeds, FAILURES_MAX)).isEmpty();
    }
  }
}
