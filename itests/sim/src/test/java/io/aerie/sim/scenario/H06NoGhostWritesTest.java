package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A write waits somewhere, its client gives up and goes another way; when what it waited for comes,
 * it must not take effect any more.
 */
class H06NoGhostWritesTest {
  /** It waits at the owner, for the group is frozen. */
  @Test
  void shouldDropAParkedWriteWithItsAttachment() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> members = volume.members(0);
          SimulatedNode stays = members.contains(owner) ? owner : members.get(0);
          SimulatedNode[] gone =
              members.stream().filter(n -> n != stays).toArray(SimulatedNode[]::new);
          SimulatedNode outside =
              scenario.cluster().others(gone).stream()
                  .filter(n -> n != owner && n != stays)
                  .findFirst()
                  .orElseThrow();
          Client first = volume.client(outside);
          first.write(0, 1).await();
          scenario.crash(gone);
          scenario.untilExpired(gone[0]);
          scenario.untilExpired(gone[1]);
          assertThat(Returns.frozen(scenario, volume.group(0).number())).isTrue();
          scenario.run(100);
          first.write(0, 2);
          scenario.told();
          scenario.command(new RcdCommand.Detach(first.generation()));
          Client second = volume.client(outside);
          assertThat(second.read(0).await()).isEqualTo(1);
          scenario.restart(gone);
          scenario.untilWhole();
          second.write(1, 3).await();
          assertThat(second.read(0).await()).isEqualTo(1);
        });
  }

  /** It waits in the network while the volume goes to another owner and comes back. */
  @Test
  void shouldRefuseARequestOfAFormerOwnership() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode other = scenario.cluster().others(owner).get(0);
          SimulatedNode outside = scenario.cluster().others(owner).get(1);
          Client client = volume.client(outside);
          client.write(0, 1).await();
          long epoch = volume.epoch();
          Messages ofThisEpoch =
              messages(ClientRequest.class)
                  .to(owner)
                  .where(message -> ((ClientRequest) message).epoch() == epoch);
          scenario.hold(ofThisEpoch);
          Operation write = client.write(0, 2);
          scenario.untilHeld(ofThisEpoch);
          scenario.crash(owner);
          assertThat(volume.untilOwnedByAnother(owner)).isEqualTo(other);
          assertThat(write.await()).isEqualTo(2);
          client.write(0, 3).await();
          scenario.restart(owner);
          scenario.untilWhole();
          scenario.crash(other);
          assertThat(volume.untilOwnedByAnother(other)).isEqualTo(owner);
          Client witness = volume.client(owner);
          assertThat(witness.read(0).await()).isEqualTo(3);
          // The client itself says nothing until then: its next request would tell what is over.
          scenario.release();
          scenario.run(500);
          assertThat(witness.read(0).await()).isEqualTo(3);
          assertThat(client.read(0).await()).isEqualTo(3);
        });
  }
}
