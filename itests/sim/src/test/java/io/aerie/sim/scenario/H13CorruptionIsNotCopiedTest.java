package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BlockAnswer;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import org.junit.jupiter.api.Test;

/**
 * A page rots in the slot of the very copy that a rebuild and reads would take first. Neither gets
 * it: every internal read is verified, and another member is asked.
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

  /** A copy that was read before a client's write must not be written after it. */
  @Test
  void shouldNotOverwriteAWriteByAnOlderCopy() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          long page = volume.pageNotOn(owner);
          SimulatedNode third = volume.members(page).get(2);
          Client client = volume.client(owner);
          client.write(page, 1).await();
          scenario.crash(third);
          scenario.untilExpired(third);
          client.write(page, 2).await();
          scenario.hold(messages(BlockAnswer.class).to(owner));
          scenario.restart(third);
          scenario.untilHeld(messages(BlockAnswer.class).to(owner));
          Operation newer = client.write(page + 5, 3);
          scenario.run(300);
          scenario.release();
          newer.await();
          scenario.untilWhole();
          scenario.told();
          assertThat(volume.held(third, page)).isEqualTo(2);
          assertThat(volume.held(third, page + 5)).isEqualTo(3);
        });
  }
}
