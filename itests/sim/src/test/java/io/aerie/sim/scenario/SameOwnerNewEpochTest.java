package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.entriesOf;
import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseAnswer;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A complete member returns elsewhere, and with it comes a new epoch for a volume whose owner lives
 * and has a write under way. The settle drops the write, which not all members hold; the owner must
 * number it again, and must not take it for kept, not even when a further epoch comes between.
 */
class SameOwnerNewEpochTest {
  @Test
  void shouldNumberAgainWhatItsOwnSettleDropped() {
    Scenario.onBothDisks(5, scenario -> story(scenario, false));
  }

  @Test
  void shouldRememberWhatWasDroppedAcrossAFurtherEpoch() {
    Scenario.onBothDisks(5, scenario -> story(scenario, true));
  }

  private static void story(Scenario scenario, boolean further) {
    Volume volume = scenario.volume(2);
    SimulatedNode owner = volume.owner();
    List<SimulatedNode> others = scenario.cluster().others(owner);
    SimulatedNode first = others.get(0);
    SimulatedNode second = others.get(1);
    long page = volume.pageOn(others.get(2), others.get(3));
    long elsewhere = volume.pageOn(first, second);
    Client client = volume.client(owner);
    client.write(page, 1).await();
    client.write(elsewhere, 1).await();
    scenario.crash(first);
    scenario.untilExpired(first);
    scenario.crash(second);
    scenario.untilExpired(second);
    assertThat(Returns.frozen(scenario, volume.group(elsewhere).number())).isTrue();
    scenario.drop(entriesOf(7).to(others.get(3)));
    Operation write = client.write(page + 7, 2);
    scenario.until("one member holds it", () -> volume.held(others.get(2), page + 7) == 2);
    if (further) {
      scenario.drop(messages(BaseAnswer.class).from(others.get(3)));
    }
    scenario.restart(second);
    scenario.until("a new epoch", () -> volume.epoch() == 2);
    assertThat(volume.owner()).isEqualTo(owner);
    if (further) {
      scenario.run(500);
      scenario.crash(second);
      scenario.untilExpired(second);
      scenario.restart(second);
      scenario.until("a further epoch", () -> volume.epoch() == 3);
    }
    scenario.release();
    assertThat(write.await()).isEqualTo(2);
    assertThat(client.read(page + 7).await()).isEqualTo(2);
    assertThat(volume.held(others.get(3), page + 7)).isEqualTo(2);
    scenario.restart(first);
  }
}
