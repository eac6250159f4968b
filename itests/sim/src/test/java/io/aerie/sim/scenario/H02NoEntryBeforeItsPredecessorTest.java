package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.entriesOf;
import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BlockRequest;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Two writes to one block are in flight; a member misses the first and gets the second. Took it the
 * second, its version of the block would be the newest, and nobody would see on its return that the
 * first is missing.
 */
class H02NoEntryBeforeItsPredecessorTest {
  @Test
  void shouldNotHoldAWriteWhosePredecessorWasLost() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          scenario.drop(entriesOf(5).to(third));
          Operation first = client.write(5, 1);
          Operation second = client.write(6, 2);
          scenario.run(300);
          assertThat(volume.held(third, 6)).isZero();
          assertThat(first.over() || second.over()).isFalse();
          scenario.crash(third);
          assertThat(first.await()).isEqualTo(1);
          assertThat(second.await()).isEqualTo(2);
          scenario.release();
          scenario.restart(third);
          scenario.untilWhole();
          assertThat(volume.held(third, 5)).isEqualTo(1);
          assertThat(volume.held(third, 6)).isEqualTo(2);
        });
  }

  /**
   * The same while it is brought back: a block of which it lacks something is written to, and it
   * dies before the copy. With the newest write it would have the newest version on its next
   * return.
   */
  @Test
  void shouldNotGiveAReturningMemberTheNewestOfABlockThatItLacksSomethingOf() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          long any = volume.pageNotOn(owner);
          SimulatedNode third = volume.members(any).get(2);
          List<Long> pages = volume.pagesBeside(any);
          long last = pages.get(pages.size() - 1);
          Client client = volume.client(owner);
          pages.forEach(page -> client.write(page, 1).await());
          scenario.crash(third);
          scenario.untilExpired(third);
          pages.forEach(page -> client.write(page, 2).await());
          // Of the copies the first are being fetched, and the last block is still to come.
          Messages fetches =
              messages(BlockRequest.class)
                  .where(m -> ((BlockRequest) m).stream().equals(volume.stream(any)));
          scenario.hold(fetches);
          scenario.restart(third);
          scenario.untilHeld(fetches);
          client.write(last + 1, 3).await();
          scenario.run(300);
          scenario.crash(third);
          scenario.untilExpired(third);
          scenario.release();
          scenario.restart(third);
          scenario.untilWhole();
          assertThat(volume.held(third, last)).isEqualTo(2);
          assertThat(volume.held(third, last + 1)).isEqualTo(3);
        });
  }
}
