package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import org.junit.jupiter.api.Test;

/** What is asked again and again stays a trickle, though every message may arrive twice. */
class RetriesTest {
  /** A hundred milliseconds of an idle cluster with one request that is refused have less. */
  private static final long EVENTS_MAX = 5_000;

  @Test
  void shouldNotMultiplyRequestsThatAreRefused() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(third);
          client.write(0, 1).await();
          scenario.crash(owner);
          SimulatedNode next = volume.untilOwnedByAnother(owner);
          assertThat(next).isNotEqualTo(third);
          // It refuses for as long as it has not learned that it owns the volume.
          next.deaf(6 * World.SECOND);
          scenario.cluster().network().doubleThem(0.5);
          Operation write = client.write(0, 2);
          World world = scenario.cluster().world();
          for (int i = 0; i < 40; i++) {
            long before = world.ran();
            scenario.run(100);
            assertThat(world.ran() - before).as("events in 100 ms").isLessThan(EVENTS_MAX);
          }
          scenario.mend();
          assertThat(write.await()).isEqualTo(2);
        });
  }
}
