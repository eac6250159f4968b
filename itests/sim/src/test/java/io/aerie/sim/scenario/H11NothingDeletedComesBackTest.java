package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.store.StreamKey;
import io.aerie.sim.SimulatedNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What was made zero or deleted while a member was away does not come back with it. */
class H11NothingDeletedComesBackTest {
  @Test
  void shouldMakeZeroOnAReturningMemberWhatIsZero() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          client.write(0, 1).await();
          client.write(40, 2).await();
          scenario.crash(third);
          scenario.untilExpired(third);
          client.zero(0, 1024).await();
          assertThat(client.read(0).await()).isZero();
          scenario.restart(third);
          scenario.untilWhole();
          assertThat(volume.held(third, 0)).isZero();
          assertThat(volume.held(third, 40)).isZero();
          scenario.told();
          // The others die: what is read now comes from the member that was away.
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          Client after = volume.client(third);
          assertThat(after.read(0).await()).isZero();
          assertThat(after.read(40).await()).isZero();
        });
  }

  @Test
  void shouldForgetAVolumeThatWasDeletedMeanwhile() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          client.write(0, 1).await();
          scenario.told();
          StreamKey stream = volume.stream(0);
          assertThat(scenario.cluster().digest(third.disks.get(0), stream)).isNotEmpty();
          scenario.crash(third);
          scenario.untilExpired(third);
          client.close().await();
          UUID id = scenario.cluster().volume(volume.number).id();
          scenario.command(new RcdCommand.DeleteVolume(id, -1));
          scenario.restart(third);
          scenario.untilWhole();
          scenario.run(500);
          for (SimulatedNode node : scenario.cluster().nodes()) {
            assertThat(scenario.cluster().digest(node.disks.get(0), stream)).isEmpty();
          }
        });
  }
}
