package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.Suspect;
import io.aerie.sim.SimulatedNode;
import org.junit.jupiter.api.Test;

/**
 * A node that hears others badly, or that stood still itself, is no reason to call the others
 * stale: an owner accuses nobody, and RCD's leader counts only the silence of time in which it
 * listened.
 */
class H17OneAccuserEndsNobodyTest {
  @Test
  void shouldMarkNobodyStaleForOneBadLink() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode second = scenario.cluster().others(owner).get(0);
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          scenario.log().lead(second.id);
          scenario.run(1_000);
          Client client = volume.client(owner);
          client.write(0, 7).await();
          long suspicions = suspicions(scenario);
          scenario.cut(owner, third);
          Operation write = client.write(0, 1);
          scenario.run(5_000);
          assertThat(write.over()).as("acknowledged without a healthy member").isFalse();
          assertThat(suspicions(scenario)).isEqualTo(suspicions);
          scenario.mend();
          write.await();
        });
  }

  /** In its queue lie the beats that it did not hear meanwhile. */
  @Test
  void shouldEndNobodyAfterTheLeadersOwnStandstill() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          scenario.volume(3);
          SimulatedNode leader = scenario.node(1);
          scenario.log().lead(leader.id);
          scenario.run(1_000);
          long suspicions = suspicions(scenario);
          for (int i = 0; i < 5; i++) {
            leader.pauseLoop();
            scenario.run(1_500);
            leader.resume();
            scenario.run(700);
          }
          assertThat(suspicions(scenario)).isEqualTo(suspicions);
        });
  }

  /**
   * A node that was suspected and is heard again keeps its life, and a late Expire has no effect.
   */
  @Test
  void shouldNotExpireANodeThatIsTrustedAgain() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode leader = scenario.cluster().others(owner).get(0);
          scenario.log().lead(leader.id);
          scenario.run(1_000);
          Client client = volume.client(owner);
          client.write(0, 1).await();
          scenario.log().holdCommands(RcdCommand.Expire.class::isInstance);
          scenario.cluster().network().loseBeats(owner.id);
          scenario.run(4_000);
          scenario.mend();
          scenario.run(1_000);
          long epoch = volume.epoch();
          assertThat(owner.engine().orElseThrow().status().leaseValid()).isTrue();
          scenario.log().release();
          scenario.run(1_000);
          assertThat(volume.owner()).isEqualTo(owner);
          assertThat(volume.epoch()).isEqualTo(epoch);
          assertThat(client.read(0).await()).isEqualTo(1);
        });
  }

  private static long suspicions(Scenario scenario) {
    return scenario.log().history().stream().filter(Suspect.class::isInstance).count();
  }
}
