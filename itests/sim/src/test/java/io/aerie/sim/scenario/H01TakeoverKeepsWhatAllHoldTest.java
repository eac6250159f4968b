package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.bareWatermarks;
import static io.aerie.sim.scenario.Messages.entriesOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.SimulatedNode;
import org.junit.jupiter.api.Test;

/**
 * The owner dies together with its own member in the step of an acknowledgement, before anybody
 * else knows that the write is settled. The takeover keeps a write that every in-sync member that
 * answered holds, though the dead one can't be asked; it drops one that some of them lack.
 */
class H01TakeoverKeepsWhatAllHoldTest {
  @Test
  void shouldKeepAnAcknowledgedWriteOfWhichNobodyKnowsThatItIsSettled() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          Client client = volume.client(scenario.cluster().others(owner).get(0));
          client.write(0, 1).await();
          scenario.hold(bareWatermarks().from(owner));
          scenario.told();
          client.write(0, 2).await();
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          assertThat(client.read(0).await()).isEqualTo(2);
        });
  }

  @Test
  void shouldDropAWriteThatASurvivorLacks() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode second = scenario.cluster().others(owner).get(0);
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          volume.client(second).write(0, 1).await();
          // A client of the owner's node: it dies too, and does not try again.
          Client client = volume.client(owner);
          scenario.hold(entriesOf(0).to(third));
          Operation write = client.write(0, 2);
          scenario.until("the second holds it", () -> volume.held(second, 0) == 2);
          scenario.run(50);
          assertThat(write.over()).as("acknowledged without the third member").isFalse();
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          Client after = volume.client(second);
          assertThat(after.read(0).await()).isEqualTo(1);
          after.write(1, 3).await();
          assertThat(after.read(0).await()).isEqualTo(1);
        });
  }
}
