package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A base drops what a member has in doubt above it. A repetition of it that the network brings
 * late, within the same epoch, must not: by then others count on what followed.
 */
class LateBaseTest {
  @Test
  void shouldKeepWhatFollowedABaseThatComesTwice() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          Messages bases = Messages.messages(BaseRequest.class).to(third);
          scenario.copy(bases);
          scenario.drop(Messages.bareWatermarks().to(third));
          client.write(5, 1).await();
          scenario.deliver(bases);
          scenario.run(20);
          assertThat(volume.held(third, 5)).isEqualTo(1);
          scenario.release();
          client.write(6, 2).await();
          assertThat(volume.held(third, 6)).isEqualTo(2);
        });
  }

  /**
   * A base that drops a write is on its way to a slow disk when the next owner seals it; the other
   * member has not got that base. What the seal tells must be what the disk will have, else the
   * next owner keeps the write as one that both hold.
   */
  @Test
  void shouldBeKnownToASealThatComesWhileItIsOnItsWayToTheDisk() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> others = scenario.cluster().others(owner);
          SimulatedNode second = others.get(0);
          SimulatedNode fast = others.get(1);
          SimulatedNode slow = others.get(2);
          long page = volume.pageOn(second, fast, slow);
          Client former = volume.client(owner);
          Client witness = volume.client(others.get(3));
          witness.write(page, 1).await();
          scenario.run(500);
          scenario.drop(Messages.entriesOf(7).to(second));
          Operation late = former.write(page + 7, 2);
          scenario.until(
              "two of three hold it",
              () -> volume.held(fast, page + 7) == 2 && volume.held(slow, page + 7) == 2);
          Messages bases = Messages.messages(BaseRequest.class).from(second);
          scenario.hold(bases);
          scenario.crash(owner);
          assertThat(volume.untilOwnedByAnother(owner)).isEqualTo(second);
          scenario.untilHeld(bases.to(slow));
          slow.disks.get(0).slow(6 * World.SECOND);
          scenario.deliver(bases.to(slow));
          scenario.run(20);
          scenario.crash(second);
          scenario.drop(bases);
          volume.untilOwnedByAnother(second);
          assertThat(late.done()).isFalse();
          long seen = witness.read(page + 7).await();
          scenario.release();
          slow.disks.get(0).slow(0);
          scenario.restart(owner, second);
          scenario.untilWhole();
          assertThat(witness.read(page + 7).await()).isEqualTo(seen);
        });
  }
}
