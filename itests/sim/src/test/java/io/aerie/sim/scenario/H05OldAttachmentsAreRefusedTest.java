package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import org.junit.jupiter.api.Test;

/**
 * A virtual machine's node is cut off from RCD, not from the volume's owner; the machine is started
 * elsewhere. From the new attachment's first answer on no write of the old one takes effect,
 * neither one that comes late nor one that was on its way to the members.
 */
class H05OldAttachmentsAreRefusedTest {
  @Test
  void shouldRefuseWritesOfAnAttachmentThatEnded() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode old = scenario.cluster().others(owner).get(0);
          SimulatedNode fresh = scenario.cluster().others(owner).get(1);
          Client first = volume.client(old);
          first.write(0, 1).await();
          old.deaf(5 * World.SECOND);
          scenario.hold(messages(ClientRequest.class).from(old));
          Operation late = first.write(0, 2);
          scenario.untilHeld(messages(ClientRequest.class).from(old));
          scenario.command(new RcdCommand.Detach(first.generation()));
          Client second = volume.client(fresh);
          second.write(0, 3).await();
          scenario.release();
          Operation another = first.write(1, 4);
          scenario.run(2_000);
          assertThat(late.done() || another.done()).isFalse();
          assertThat(second.read(0).await()).isEqualTo(3);
          assertThat(second.read(1).await()).isZero();
        });
  }

  @Test
  void shouldShowANewAttachmentNothingThatAnOldOneMayStillChange() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode old = scenario.cluster().others(owner).get(0);
          Client first = volume.client(old);
          first.write(0, 1).await();
          scenario.hold(Messages.entriesOf(0).from(owner));
          first.write(0, 2);
          scenario.untilHeld(Messages.entriesOf(0).from(owner));
          scenario.command(new RcdCommand.Detach(first.generation()));
          Client second = volume.client(scenario.cluster().others(owner).get(1));
          Operation read = second.read(0);
          scenario.run(300);
          scenario.release();
          long seen = read.await();
          scenario.run(500);
          assertThat(second.read(0).await())
              .as("read again, nothing written since")
              .isEqualTo(seen);
        });
  }
}
