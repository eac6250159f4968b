package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A member is stale, and up again, when the owner dies. The new owner settles with the group as it
 * is at the index of its grant: what the stale member lacks is no reason to drop it.
 */
class H18TakeoverAtTheGrantsIndexTest {
  @Test
  void shouldNotAskAStaleMemberWhatIsToBeKept() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> members = volume.members(0);
          SimulatedNode stale =
              members.stream().filter(n -> n != owner).reduce((a, b) -> b).orElseThrow();
          SimulatedNode outside =
              scenario.cluster().others(owner, stale).stream()
                  .filter(n -> !members.contains(n))
                  .findFirst()
                  .orElseThrow();
          Client client = volume.client(outside);
          client.write(0, 1).await();
          scenario.crash(stale);
          scenario.untilExpired(stale);
          client.write(0, 2).await();
          scenario.hold(Messages.bareWatermarks());
          client.write(1, 3).await();
          // It is up again, but nothing is copied to it before the owner dies.
          scenario.hold(Messages.messages(BaseRequest.class));
          scenario.restart(stale);
          scenario.until(
              "the stale disk is up",
              () ->
                  scenario
                      .log()
                      .committed()
                      .disk(Scenario.diskOf(stale))
                      .filter(d -> d.up())
                      .isPresent());
          scenario.crash(owner);
          SimulatedNode next = volume.untilOwnedByAnother(owner);
          next.deaf(300_000_000L);
          scenario.release();
          if (!members.contains(owner)) {
            assertThat(client.read(0).await()).isEqualTo(2);
          }
          scenario.restart(owner);
          assertThat(client.read(0).await()).isEqualTo(2);
          assertThat(client.read(1).await()).isEqualTo(3);
        });
  }
}
