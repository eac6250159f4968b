package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.entriesOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A write reached one member only, which dies with the owner; the next epoch settles without it,
 * and the block is not written again. When the member returns the write must not come back to life:
 * clients have read the older state, and the copies would differ for good.
 */
class H04ReturningMemberDropsItsDoubtsTest {
  @Test
  void shouldNotReviveAWriteThatWasSettledAway() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(2);
          SimulatedNode owner = volume.owner();
          long page = volume.pageNotOn(owner);
          List<SimulatedNode> members = volume.members(page);
          SimulatedNode stays = members.get(0);
          SimulatedNode dies = members.get(1);
          Client before = volume.client(owner);
          before.write(page, 1).await();
          scenario.drop(entriesOf(3).to(stays));
          Operation lost = before.write(page + 3, 2);
          scenario.until("one member holds it", () -> volume.held(dies, page + 3) == 2);
          assertThat(lost.over()).isFalse();
          scenario.crash(owner, dies);
          volume.untilOwnedByAnother(owner);
          scenario.untilExpired(dies);
          scenario.release();
          Client client = volume.client(stays);
          assertThat(client.read(page + 3).await()).isZero();
          List<Long> pages = volume.pagesBeside(page);
          long another = pages.get(pages.size() - 1);
          assertThat(another).isNotEqualTo(page);
          for (int i = 10; i < 14; i++) {
            client.write(another + i, i).await();
          }
          scenario.restart(dies, owner);
          scenario.untilWhole();
          for (int i = 14; i < 20; i++) {
            client.write(another + i, i).await();
          }
          scenario.told();
          assertThat(client.read(page + 3).await()).isZero();
          assertThat(volume.held(dies, page + 3)).isZero();
        });
  }
}
