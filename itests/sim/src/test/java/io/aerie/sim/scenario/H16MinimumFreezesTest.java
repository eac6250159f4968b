package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.Append;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One member is stale, another goes: below the minimum a group is frozen and acknowledges nothing.
 * It waits for the one that went, which is complete, unless the stale one is back before: then that
 * is rebuilt from the one that stayed, and with two it serves again. No acknowledged write stands
 * on a single copy of three, and none is lost on the way back.
 */
class H16MinimumFreezesTest {
  /** Three copies of which one stayed. */
  private static final class Frozen {
    final Scenario scenario;
    final Volume volume;
    final SimulatedNode stays;
    final SimulatedNode stale;
    final SimulatedNode complete;
    final long group;
    final Client client;

    Frozen(Scenario scenario) {
      this.scenario = scenario;
      volume = scenario.volume(3);
      SimulatedNode owner = volume.owner();
      List<SimulatedNode> members = volume.members(0);
      stays = members.contains(owner) ? owner : members.get(0);
      List<SimulatedNode> others = members.stream().filter(n -> n != stays).toList();
      stale = others.get(0);
      complete = others.get(1);
      group = volume.group(0).number();
      client = volume.client(owner);
      client.write(0, 1).await();
      scenario.crash(stale);
      scenario.untilExpired(stale);
      client.write(0, 2).await();
    }

    void freeze() {
      scenario.crash(complete);
      scenario.untilExpired(complete);
      assertThat(Returns.frozen(scenario, group)).isTrue();
      assertThat(Returns.eligible(scenario, group, complete)).isTrue();
    }

    void waits(Operation write) {
      scenario.run(3_000);
      assertThat(write.over()).as("acknowledged by one copy of three").isFalse();
    }
  }

  @Test
  void shouldAcknowledgeNothingBelowTheMinimumAndComeBackComplete() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Frozen frozen = new Frozen(scenario);
          frozen.freeze();
          Operation write = frozen.client.write(0, 3);
          frozen.waits(write);
          scenario.restart(frozen.complete);
          assertThat(write.await()).isEqualTo(3);
          scenario.restart(frozen.stale);
          scenario.untilWhole();
          assertThat(frozen.client.read(0).await()).isEqualTo(3);
        });
  }

  @Test
  void shouldRebuildFromTheOneThatStayed() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Frozen frozen = new Frozen(scenario);
          frozen.freeze();
          Operation write = frozen.client.write(0, 3);
          frozen.waits(write);
          scenario.restart(frozen.stale);
          assertThat(write.await()).isEqualTo(3);
          assertThat(scenario.inSync(frozen.group, frozen.stale)).isTrue();
          scenario.restart(frozen.complete);
          scenario.untilWhole();
          assertThat(frozen.client.read(0).await()).isEqualTo(3);
        });
  }

  /** What was numbered before is kept, and acknowledged only when a second one has it. */
  @Test
  void shouldNotAcknowledgeOnTheWayBackWhatOneAloneHolds() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Frozen frozen = new Frozen(scenario);
          scenario.crash(frozen.complete);
          Operation write = frozen.client.write(0, 3);
          scenario.until("one has it in doubt", () -> frozen.volume.held(frozen.stays, 0) == 3);
          scenario.untilExpired(frozen.complete);
          scenario.drop(messages(Append.class).to(frozen.stale));
          scenario.restart(frozen.stale);
          scenario.until(
              "it is being rebuilt",
              () -> Returns.rebuilding(scenario, frozen.group, frozen.stale));
          frozen.waits(write);
          assertThat(frozen.client.read(0).await()).isGreaterThanOrEqualTo(2);
          scenario.release();
          assertThat(write.await()).isEqualTo(3);
          // The other one that has it now is enough to go on.
          scenario.crash(frozen.stays);
          scenario.untilExpired(frozen.stays);
          scenario.restart(frozen.complete);
          Client elsewhere = frozen.volume.client(frozen.stale);
          assertThat(elsewhere.read(0).await()).isEqualTo(3);
          assertThat(elsewhere.write(0, 4).await()).isEqualTo(4);
          scenario.restart(frozen.stays);
          scenario.untilWhole();
        });
  }

  /**
   * Copies are made without the lock that a write holds; the first of two is enough to write on.
   */
  @Test
  void shouldCopyAnewWhatIsWrittenSinceTheGroupServesAgain() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Frozen frozen = new Frozen(scenario);
          frozen.freeze();
          scenario.hold(messages(Append.class).to(frozen.stale));
          scenario.restart(frozen.stale);
          scenario.untilHeld(messages(Append.class).to(frozen.stale));
          scenario.restart(frozen.complete);
          scenario.until(
              "it serves again with the other one", () -> !Returns.frozen(scenario, frozen.group));
          assertThat(Returns.rebuilding(scenario, frozen.group, frozen.stale)).isTrue();
          frozen.client.write(0, 3).await();
          scenario.release();
          scenario.untilWhole();
          assertThat(frozen.volume.held(frozen.stale, 0)).isEqualTo(3);
        });
  }

  /** Four fragments in sync of four and two: data is there, and the minimum is five. */
  @Test
  void shouldRebuildFragmentsFromThoseThatStayed() {
    Scenario.onBothDisks(
        7,
        scenario -> {
          Volume volume = scenario.volume(Redundancy.erasure(4, 2));
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> away =
              volume.members(0).stream().filter(n -> n != owner).limit(2).toList();
          long group = volume.group(0).number();
          Client client = volume.client(owner);
          client.write(0, 1).await();
          scenario.crash(away.get(0));
          scenario.untilExpired(away.get(0));
          client.write(0, 2).await();
          scenario.crash(away.get(1));
          scenario.untilExpired(away.get(1));
          assertThat(Returns.frozen(scenario, group)).isTrue();
          Operation write = client.write(0, 3);
          scenario.run(3_000);
          assertThat(write.over()).isFalse();
          scenario.restart(away.get(0));
          assertThat(write.await()).isEqualTo(3);
          scenario.restart(away.get(1));
          scenario.untilWhole();
          assertThat(client.read(0).await()).isEqualTo(3);
        });
  }
}
