package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads are served while a write of the same page can't end for its group is frozen. */
class H22ReadsDoNotWaitForStuckWritesTest {
  @Test
  void shouldReadWhatIsSettledBesideAWriteThatIsStuck() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> members = volume.members(0);
          SimulatedNode stays = members.contains(owner) ? owner : members.get(0);
          SimulatedNode[] gone =
              members.stream().filter(n -> n != stays).toArray(SimulatedNode[]::new);
          Client client = volume.client(owner);
          client.write(0, 1).await();
          scenario.crash(gone);
          scenario.untilExpired(gone[0]);
          scenario.untilExpired(gone[1]);
          Operation stuck = client.write(0, 2);
          Operation read = client.read(0);
          scenario.run(100);
          assertThat(read.done()).as("read beside a stuck write").isTrue();
          assertThat(read.await()).isEqualTo(1);
          assertThat(stuck.over()).isFalse();
          scenario.restart(gone);
          assertThat(stuck.await()).isEqualTo(2);
          assertThat(client.read(0).await()).isEqualTo(2);
        });
  }
}
