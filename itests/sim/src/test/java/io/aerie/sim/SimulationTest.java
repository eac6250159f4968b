package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to nodes and network, acknowledged writes survive, reads are linearizable, and
 * when faults stop all members agree. Each seed is one run; the budget is fixed, so that a build
 * takes the same time every day.
 */
class SimulationTest {
  @Test
  void shouldKeepEveryAcknowledgedWriteUnderEveryFault() {
    runAll(Shape.COPIES, Long.getLong("aerie.sim.seeds", 18));
  }

  @Test
  void shouldKeepEveryAcknowledgedWriteOfErasureCodesUnderEveryFault() {
    runAll(Shape.CODES, (Long.getLong("aerie.sim.seeds", 18) + 1) / 2);
  }

  private static void runAll(Shape shape, long seeds) {
    long first = Long.parseLong("0" + System.getProperty("aerie.sim.first", ""));
    for (long seed = first; seed < first + seeds; seed++) {
      run(seed, shape, false);
    }
  }

  static void run(long seed, Shape shape, boolean tracing) {
    Faults.Kind[] kinds = Faults.Kind.values();
    Faults.Kind kind = kinds[(int) (seed % kinds.length)];
    Simulation simulation =
        new Simulation(seed, shape, kind, seed % 2 == 1, tracing);
    List<String> violations = simulation.run();
    assertThat(violations)
        .as(
            "seed %d, %s, faults %s; replay: mvn -pl itests/sim -am verify -Daerie.sim.seeds=1 -Daerie.sim.first=%d%n%s",
            seed, shape, kind, seed, violations.isEmpty() ? "" : simulation.lately())
        .isEmpty();
    if (tracing) {
      System.out.println("seed " + seed + " " + kind + " " + simulation.summary());
    }
  }
}
