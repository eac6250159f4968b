package io.aerie.sim.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The cost of an operation grows no faster than the logarithm of the cluster's size, by what it
 * changes, goes through and allocates; times are only printed. Sizes are told by {@code
 * -Daerie.sim.scale}, each as nodes x volumes per node x pools.
 */
class ScaleTest {
  /** What costs the same in a cluster of any size, but for the depth of trees. */
  private static final List<String> CONSTANT =
      List.of(
          "add a disk",
          "attach",
          "clone",
          "create a volume",
          "delete a snapshot",
          "delete a volume",
          "detach",
          "fold a layer",
          "freeze",
          "join a node",
          "leave",
          "locate a node",
          "measure a disk",
          "resize a volume",
          "suspect a node",
          "want a snapshot");

  /** Allocations of a few objects more, whatever the compiler makes of it. */
  private static final long NOISE_BYTES = 4096;

  /** Records that a command goes through, to find one that it means. */
  private static final int VISITS_MAX = 8;

  @Test
  void shouldCostNoMoreThanTheLogarithmOfTheSize() {
    ScaleRun.of(new Size(10, 10, 1));
    List<ScaleRun> runs = new ArrayList<>();
    for (String each : System.getProperty("aerie.sim.scale").split(",")) {
      String[] size = each.split("x");
      runs.add(
          ScaleRun.of(
              new Size(
                  Integer.parseInt(size[0]),
                  Integer.parseInt(size[1]),
                  Integer.parseInt(size[2]))));
    }
    System.out.print(ScaleTable.of(runs));
    for (ScaleRun run : runs) {
      takenOverByOneCommand(run);
      for (String operation : CONSTANT) {
        notFasterThanTheLogarithm(operation, runs.get(0), run);
      }
    }
  }

  private static void notFasterThanTheLogarithm(String operation, ScaleRun small, ScaleRun large) {
    double growth =
        Math.log(large.size().volumes())
            / Math.log(Math.min(small.size().volumes(), large.size().volumes()));
    Cost before = small.cost(operation);
    Cost after = large.cost(operation);
    String what = operation + " with " + large.size() + " and with " + small.size();
    assertThat(after.changes()).as("records: %s", what).isLessThanOrEqualTo(before.changes());
    assertThat(after.visits()).as("gone through: %s", what).isLessThanOrEqualTo(VISITS_MAX);
    assertThat((double) after.allocatedBytes())
        .as("bytes: %s", what)
        .isLessThanOrEqualTo(before.allocatedBytes() * growth + NOISE_BYTES);
  }

  /** Who takes over asks each node once for each volume, and nobody else asks anything. */
  private static void takenOverByOneCommand(ScaleRun run) {
    double volumes = run.figure("dead node: volumes taken over");
    assertThat(volumes).isGreaterThanOrEqualTo(run.size().volumesPerNode());
    assertThat(run.cost("end a dead node").count()).isEqualTo(1);
    assertThat(run.figure("dead node: new owners"))
        .isEqualTo(Math.min(volumes, run.size().nodes() - 1));
    assertThat(run.figure("dead node: seals per volume")).isLessThan(run.size().nodes());
  }
}
