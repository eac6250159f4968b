package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.SealAnswer;
import io.aerie.sim.Cluster;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * After a takeover no member takes anything of the former owner any more, whether it has only heard
 * the seal, or restarted since; and a log that has gone round many times gives back nothing of an
 * older round.
 */
class H26SealsSurviveRestartsTest {
  /** The former owner lives, has not heard of its end, and reaches all members. */
  @Test
  void shouldTakeNothingOfAFormerOwnerFromTheSealOn() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          long page = volume.pageNotOn(owner);
          List<SimulatedNode> members = volume.members(page);
          scenario.log().lead(members.get(0).id);
          Client former = volume.client(owner);
          Client other = volume.client(members.get(0));
          other.write(page, 1).await();
          scenario.run(500);
          owner.deaf(20 * World.SECOND);
          // All that members know is what the seal says: their replicas of RCD lag too.
          scenario.cluster().network().loseBeats(owner.id);
          scenario.hold(Messages.messages(SealAnswer.class));
          SimulatedNode next = volume.untilOwnedByAnother(owner);
          for (SimulatedNode member : members) {
            if (member != next) {
              member.deaf(2 * World.SECOND);
            }
          }
          scenario.untilHeld(Messages.messages(SealAnswer.class));
          scenario.run(100);
          Operation late = former.write(page + 1, 2);
          scenario.run(300);
          assertThat(late.done()).as("acknowledged by a former owner").isFalse();
          scenario.release();
          assertThat(other.read(page + 1).await()).isZero();
          other.write(page + 1, 3).await();
          scenario.run(500);
          assertThat(late.done()).isFalse();
          assertThat(other.read(page + 1).await()).isEqualTo(3);
        });
  }

  /** An entry is on its way to a slow disk when the seal comes: it is told, or never held. */
  @Test
  void shouldTellWhatIsOnItsWayToTheDisk() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(2);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> others = scenario.cluster().others(owner);
          long page = volume.pageOn(others.get(2), others.get(3));
          scenario.log().lead(others.get(3).id);
          Client former = volume.client(owner);
          Client witness = volume.client(others.get(1));
          witness.write(page, 1).await();
          scenario.run(500);
          owner.deaf(20 * World.SECOND);
          scenario.cluster().network().loseBeats(owner.id);
          SimulatedNode next = volume.untilOwnedByAnother(owner);
          next.deaf(100 * World.MILLISECOND);
          others.get(2).deaf(World.SECOND);
          others.get(3).deaf(World.SECOND);
          others.get(2).disks.get(0).slow(400 * World.MILLISECOND);
          Operation late = former.write(page, 2);
          scenario.run(2_000);
          long seen = witness.read(page).await();
          assertThat(late.done() && seen != 2).as("acknowledged, and dropped").isFalse();
        });
  }

  @Test
  void shouldReviveNothingOfAnOlderRoundOfTheLog() {
    Scenario scenario = Scenario.of(new Cluster.Shape(3, 1, DiskKind.ENGINE, 512 << 10));
    Volume volume = scenario.volume(2);
    SimulatedNode[] all = scenario.cluster().nodes().toArray(SimulatedNode[]::new);
    long value = 1;
    for (int life = 0; life < 4; life++) {
      Client client = volume.client(scenario.node(1));
      for (int i = 0; i < 100; i++) {
        client.write(i % 3, value++).await();
      }
      client.write(0, value);
      scenario.run(life);
      scenario.crash(all);
      scenario.restart(all);
      scenario.untilWhole();
      long read = volume.client(scenario.node(2)).read((99) % 3).await();
      assertThat(read).isGreaterThanOrEqualTo(value - 1);
      value++;
    }
    scenario.ends();
  }
}
