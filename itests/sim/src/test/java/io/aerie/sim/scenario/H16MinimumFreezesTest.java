package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One member is stale, another goes: below the minimum a group is frozen, acknowledges nothing, and
 * those that left it so are complete when they return. No acknowledged write stands on a single
 * copy of three, and none is lost on the way back.
 */
class H16MinimumFreezesTest {
  @Test
  void shouldAcknowledgeNothingBelowTheMinimumAndComeBackComplete() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> members = volume.members(0);
          SimulatedNode stays = members.contains(owner) ? owner : members.get(0);
          List<SimulatedNode> others = members.stream().filter(n -> n != stays).toList();
          long group = volume.group(0).number();
          Client client = volume.client(owner);
          client.write(0, 1).await();
          scenario.crash(others.get(0));
          scenario.untilExpired(others.get(0));
          client.write(0, 2).await();
          scenario.crash(others.get(1));
          scenario.untilExpired(others.get(1));
          assertThat(Returns.frozen(scenario, group)).isTrue();
          assertThat(Returns.eligible(scenario, group, others.get(1))).isTrue();
          Operation write = client.write(0, 3);
          scenario.run(3_000);
          assertThat(write.over()).as("acknowledged by one copy of three").isFalse();
          // The stale one alone can't make it served: it lacks what was acknowledged.
          scenario.restart(others.get(0));
          scenario.run(3_000);
          assertThat(write.over()).isFalse();
          assertThat(scenario.inSync(group, others.get(0))).isFalse();
          scenario.restart(others.get(1));
          assertThat(write.await()).isEqualTo(3);
          scenario.untilWhole();
          assertThat(client.read(0).await()).isEqualTo(3);
        });
  }
}
