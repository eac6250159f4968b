package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.sim.SimulatedNode;
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
}
