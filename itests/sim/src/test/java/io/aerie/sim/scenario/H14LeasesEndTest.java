package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.Beat;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * An owner that others have replaced shows no stale state, wherever it was when it lost its place:
 * asleep before or within a read, or together with an old leader of RCD on the wrong side of a cut.
 */
class H14LeasesEndTest {
  /** The request waits while the owner sleeps. */
  @Test
  void shouldNotServeAReadThatArrivesAfterTheLease() {
    Scenario.onBothDisks(5, scenario -> sleeps(scenario, false));
  }

  /** The owner sleeps between the member's answer and its own. */
  @Test
  void shouldNotServeAReadThatIsCompleteAfterTheLease() {
    Scenario.onBothDisks(5, scenario -> sleeps(scenario, true));
  }

  private static void sleeps(Scenario scenario, boolean withinTheRead) {
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    long page = withinTheRead ? volume.pageNotOn(owner) : 0;
    Client own = volume.client(owner);
    Client other = volume.client(scenario.cluster().others(owner).get(0));
    own.write(page, 1).await();
    scenario.run(300);
    Operation read = own.read(page);
    if (withinTheRead) {
      // The member is asked in this instant; its answer is the first that the owner wakes up to.
      scenario.run(0);
    }
    assertThat(read.over()).isFalse();
    owner.pause();
    volume.untilOwnedByAnother(owner);
    other.write(page, 2).await();
    // It learns of its end a little later than it goes on.
    owner.deaf(50 * World.MILLISECOND);
    owner.resume();
    read.awaitEnd();
    // It may have been asked again where the volume is now, or have ended with its node's life.
    assertThat(read.done() && read.await() == 1).as("stale").isFalse();
    assertThat(other.read(page).await()).isEqualTo(2);
  }

  /** No clock is frozen here: beats of one voter, though it led RCD once, are no majority. */
  @Test
  void shouldNotTakeAnOldLeadersAnswersForALease() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode leader = scenario.cluster().others(owner).get(0);
          scenario.log().lead(leader.id);
          long page = 0;
          Client own = volume.client(owner);
          own.write(page, 1).await();
          List<SimulatedNode> rest = scenario.cluster().others(owner, leader);
          Client other = volume.client(rest.get(0));
          scenario.run(1_000);
          for (SimulatedNode node : rest) {
            scenario.cutBothWays(owner, node);
            scenario.cutBothWays(leader, node);
          }
          volume.untilOwnedByAnother(owner);
          owner.deaf(20 * World.SECOND);
          Operation write = other.write(page, 2);
          scenario.run(6_000);
          Operation read = own.read(page);
          scenario.run(500);
          boolean stale = write.done() && read.done() && read.await() == 1;
          assertThat(stale).as("stale read by a lease of one voter").isFalse();
        });
  }

  /** A lease is over before anybody else may serve. */
  @Test
  void shouldExpireNobodyBeforeItsLeaseIsOver() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          scenario.log().lead(scenario.cluster().others(owner).get(0).id);
          scenario.run(1_000);
          scenario.cluster().network().loseBeats(owner.id);
          owner.deaf(20 * World.SECOND);
          scenario.until("another owner", () -> volume.owner() != owner);
          assertThat(owner.engine().orElseThrow().status().leaseValid()).isFalse();
        });
  }

  /** Only RCD's leader does not hear it: the other voters must stop answering, too. */
  @Test
  void shouldExpireNobodyWhomOtherVotersStillAnswer() {
    Scenario.onBothDisks(5, scenario -> unheardByTheLeader(scenario, false));
  }

  /** They have not learned of the suspicion: then it can't be expired. */
  @Test
  void shouldExpireNobodyBeforeAMajorityHasStoppedAnswering() {
    Scenario.onBothDisks(5, scenario -> unheardByTheLeader(scenario, true));
  }

  private static void unheardByTheLeader(Scenario scenario, boolean votersLag) {
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    SimulatedNode leader = scenario.cluster().others(owner).get(0);
    scenario.log().lead(leader.id);
    scenario.run(1_000);
    owner.deaf(20 * World.SECOND);
    if (votersLag) {
      scenario.cluster().others(owner, leader).forEach(n -> n.deaf(8 * World.SECOND));
    }
    scenario.cluster().network().drop(Messages.messages(Beat.class).from(owner).to(leader));
    for (int i = 0; i < 600; i++) {
      scenario.run(10);
      boolean leased = owner.engine().map(e -> e.status().leaseValid()).orElse(false);
      assertThat(volume.owner() != owner && leased).as("replaced within its lease").isFalse();
    }
  }
}
