package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import org.junit.jupiter.api.Test;

/**
 * A page rots in the slot of the very copy that a rebuild and reads would take first. Neither
 * gets it: every internal read is verified, and another member is asked.
 */
class H13CorruptionIsNotCopiedTest {
  @Test
  void shouldTakeRottenPagesFromAnotherMember() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    SimulatedNode third = scenario.cluster().others(owner).get(1);
    Client client = volume.client(owner);
    scenario.crash(third);
    scenario.untilExpired(third);
    client.write(0, 1).await();
    // Idle for long enough, the log is brought to the slots.
    scenario.until(
        "the page is in its slot", () -> !scenario.disk(owner).anatomy().slotPages().isEmpty());
    scenario.run(10_000);
    scenario.disk(owner).rot(scenario.disk(owner).anatomy().slotPages());
    assertThat(client.read(0).await()).isEqualTo(1);
    scenario.restart(third);
    scenario.untilWhole();
    assertThat(volume.held(third, 0)).isEqualTo(1);
    assertThat(volume.client(third).read(0).await()).isEqualTo(1);
    scenario.ends();
  }
}
