package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.engine.rcd.RcdCommand.ResynchronisationDone;
import io.aerie.sim.SimulatedNode;
import org.junit.jupiter.api.Test;

/**
 * A member is in sync in a group for all volumes or for none: idle ones, those of other owners,
 * those that were made, or changed their owner, while it was being brought back.
 */
class H19AllVolumesBeforeInSyncTest {
  @Test
  void shouldWaitForTheSlowestVolumeAndForNewOnes() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume quick = scenario.volume(3);
          Volume slow = scenario.volume(3);
          SimulatedNode third = scenario.node(3);
          Client client = slow.client(scenario.node(1));
          client.write(0, 1).await();
          scenario.crash(third);
          scenario.untilExpired(third);
          client.write(0, 2).await();
          quick.client(scenario.node(1)).write(0, 9).await();
          Messages ofSlow = basesOf(slow).to(third);
          scenario.hold(ofSlow);
          scenario.restart(third);
          scenario.untilHeld(ofSlow);
          Volume created = scenario.volume(3);
          created.client(scenario.node(1)).write(0, 7).await();
          scenario.run(3_000);
          assertThat(scenario.log().committed().groups().values())
              .as("groups in which the member is in sync without a volume")
              .noneMatch(group -> group.inSync().contains(Scenario.diskOf(third)));
          scenario.release();
          scenario.untilWhole();
          assertThat(slow.held(third, 0)).isEqualTo(2);
          assertThat(created.held(third, 0)).isEqualTo(7);
        });
  }

  /** The first owner had finished; its successor knows nothing of the member. */
  @Test
  void shouldBringBackAnewUnderANewOwner() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume idle = scenario.volume(3);
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode returns =
              volume.members(0).stream()
                  .filter(n -> n != owner && n != idle.owner())
                  .findFirst()
                  .orElseThrow();
          SimulatedNode outside = scenario.cluster().others(owner, returns).get(2);
          Client client = volume.client(outside);
          client.write(0, 1).await();
          scenario.crash(returns);
          scenario.untilExpired(returns);
          client.write(0, 2).await();
          long group = volume.group(0).number();
          scenario.hold(
              basesOf(idle).where(m -> ((BaseRequest) m).base().stream().group() == group));
          scenario.restart(returns);
          scenario.until("its turn", () -> Returns.rebuilding(scenario, group, returns));
          scenario.until(
              "this volume is done",
              () ->
                  !scenario
                      .log()
                      .committed()
                      .pending(group, Scenario.diskOf(returns), volume.number));
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          if (scenario.log().committed().group(group).orElseThrow().frozen()) {
            scenario.restart(owner);
          }
          client.write(0, 3).await();
          scenario.release();
          if (!owner.isUp()) {
            scenario.restart(owner);
          }
          scenario.untilWhole();
          client.write(1, 4).await();
          scenario.told();
          assertThat(volume.held(returns, 0)).isEqualTo(3);
        });
  }

  /** The proposal of a former owner arrives when its successor has begun anew. */
  @Test
  void shouldNotBelieveAFormerOwnersProposal() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          long page = volume.pageNotOn(owner);
          SimulatedNode returns = volume.members(page).get(2);
          Client client = volume.client(volume.members(page).get(0));
          client.write(page, 1).await();
          scenario.crash(returns);
          scenario.untilExpired(returns);
          client.write(page, 2).await();
          long group = volume.group(page).number();
          scenario
              .log()
              .holdCommands(c -> c instanceof ResynchronisationDone done && done.group() == group);
          scenario.restart(returns);
          scenario.until("its turn", () -> Returns.rebuilding(scenario, group, returns));
          scenario.run(1_000);
          assertThat(scenario.inSync(group, returns)).isFalse();
          scenario.hold(basesOf(volume).to(returns));
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          assertThat(Returns.rebuilding(scenario, group, returns)).isTrue();
          client.write(page, 3).await();
          scenario.log().release();
          scenario.run(1_000);
          assertThat(scenario.inSync(group, returns) && volume.held(returns, page) != 3)
              .as("in sync without what was acknowledged")
              .isFalse();
        });
  }

  private static Messages basesOf(Volume volume) {
    return messages(BaseRequest.class)
        .where(message -> ((BaseRequest) message).base().stream().volume() == volume.number);
  }
}
