package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.copies;
import static io.aerie.sim.scenario.Messages.entriesOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * RCD has readmitted a member, and the owner who proposed it does not know yet. A write that it
 * acknowledged without the member now would be lost with the others: from the proposal on the
 * member is awaited with every write.
 */
class H03ReadmissionCountsBeforeItIsKnownTest {
  @Test
  void shouldAwaitAMemberFromTheProposalOn() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          client.write(0, 1).await();
          scenario.crash(third);
          scenario.untilExpired(third);
          client.write(0, 2).await();
          long group = volume.group(0).number();
          scenario.log().holdAnswers(RcdCommand.ResynchronisationDone.class::isInstance);
          scenario.restart(third);
          scenario.until("RCD has it in sync", () -> scenario.inSync(group, third));
          owner.deaf(2 * World.SECOND);
          scenario.cut(owner, third);
          Operation write = client.write(0, 3);
          scenario.run(300);
          assertThat(write.over())
              .as("acknowledged without a member that RCD has in sync")
              .isFalse();
          scenario.mend();
          assertThat(write.await()).isEqualTo(3);
          assertThat(volume.held(third, 0)).isEqualTo(3);
        });
  }

  /** Its blocks are copied, and a write that came after them got lost on the way to it. */
  @Test
  void shouldProposeAMemberOnlyWhenItHoldsAllThatIsSettled() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          List<Long> pages = volume.pagesBeside(0);
          long other = pages.get(1);
          Client client = volume.client(owner);
          client.write(other, 1).await();
          scenario.rested(); // All know for good that it is settled: this block needs no copy.
          scenario.crash(third);
          scenario.untilExpired(third);
          client.write(0, 2).await();
          long group = volume.group(0).number();
          scenario.copy(copies().to(third));
          scenario.drop(entriesOf(9).to(third));
          third.disks.get(0).slow(200 * World.MILLISECOND);
          scenario.restart(third);
          scenario.untilHeld(copies().to(third));
          scenario.run(20); // The others have settled the copy, its slow disk has not.
          client.write(other + 9, 3).await();
          for (int step = 0; step < 300; step++) {
            scenario.run(10);
            assertThat(scenario.inSync(group, third) && volume.held(third, other + 9) != 3)
                .as("in sync without what was acknowledged")
                .isFalse();
          }
          scenario.release();
          scenario.until("it is in sync", () -> scenario.inSync(group, third));
          assertThat(volume.held(third, other + 9)).isEqualTo(3);
        });
  }
}
