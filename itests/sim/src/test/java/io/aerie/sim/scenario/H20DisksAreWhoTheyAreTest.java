package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.engine.protocol.Message.BlockAnswer;
import io.aerie.engine.protocol.Message.InventoryAnswer;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.sim.SimulatedNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A disk is known by its id, its node and its opening: a copy of it in another node is refused, and
 * what was meant for an earlier opening has no effect on the present one.
 */
class H20DisksAreWhoTheyAreTest {
  @Test
  void shouldRefuseADiskThatTurnsUpInAnotherNode() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode second = scenario.node(2);
          UUID disk = Scenario.diskOf(scenario.node(3));
          NodeRecord record = scenario.log().committed().node(second.id).orElseThrow();
          RcdAnswer answer =
              scenario
                  .cluster()
                  .apply(
                      new RcdCommand.BringDisk(
                          disk, second.id, record.incarnation(), "/copy", 1L << 40, 99));
          assertThat(answer.error()).isPresent();
          assertThat(scenario.log().committed().disk(disk).orElseThrow().node())
              .isEqualTo(scenario.node(3).id);
          assertThat(volume.group(0).inSync()).hasSize(3);
        });
  }

  /** What a member remembers of its bases is gone with its process; the generation is not. */
  @Test
  void shouldNotObeyABaseThatWasMeantForAnEarlierOpening() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          Messages bases =
              Messages.messages(BaseRequest.class)
                  .to(third)
                  .where(m -> !((BaseRequest) m).base().returning());
          scenario.copy(bases);
          client.write(5, 1).await();
          client.write(6, 2).await();
          scenario.told();
          scenario.crash(third);
          scenario.hold(
              Messages.messages(BaseRequest.class)
                  .to(third)
                  .where(m -> ((BaseRequest) m).base().returning())
                  .where(m -> ((BaseRequest) m).base().stream().equals(volume.stream(0))));
          scenario.restart(third);
          scenario.until(
              "its turn", () -> Returns.rebuilding(scenario, volume.group(0).number(), third));
          scenario.run(100);
          scenario.deliver(bases);
          scenario.run(100);
          assertThat(volume.held(third, 5)).isEqualTo(1);
          scenario.release();
          scenario.untilWhole();
          assertThat(volume.held(third, 5)).isEqualTo(1);
          assertThat(volume.held(third, 6)).isEqualTo(2);
        });
  }

  @Test
  void shouldNotTakeEntriesThatWereMeantForAnEarlierOpening() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          client.write(5, 1).await();
          scenario.hold(Messages.entriesOf(6).to(third));
          Operation write = client.write(6, 2);
          scenario.untilHeld(Messages.entriesOf(6).to(third));
          scenario.crash(third);
          write.await();
          client.write(5, 3).await();
          long group = volume.group(0).number();
          // It is based anew; of the block it must get nothing but the copy.
          scenario.hold(Messages.messages(InventoryAnswer.class));
          scenario.hold(Messages.messages(BlockAnswer.class));
          scenario.restart(third);
          scenario.until("its turn", () -> Returns.rebuilding(scenario, group, third));
          scenario.run(50);
          scenario.deliver(Messages.entriesOf(6).to(third));
          scenario.run(50);
          scenario.release();
          scenario.untilWhole();
          assertThat(volume.held(third, 6)).isEqualTo(2);
          assertThat(volume.held(third, 5)).isEqualTo(3);
        });
  }
}
