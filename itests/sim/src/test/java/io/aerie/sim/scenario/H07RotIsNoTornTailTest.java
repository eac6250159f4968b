package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.disk.DiskAnatomy;
import io.aerie.engine.protocol.Message.Append;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.EngineDisk;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A disk lost what it had acknowledged: a bit of its log rotted, or it was brought back to an older
 * image. Taken for a torn tail, or for the newest, it would be believed when all nodes come back at
 * once after a power failure.
 */
class H07RotIsNoTornTailTest {
  @Test
  void shouldRefuseALogThatRottedBelowADurableMark() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    SimulatedNode third = scenario.node(3);
    Client client = volume.client(scenario.node(1));
    for (int page = 0; page < 8; page++) {
      client.write(page, page + 1).await();
    }
    SimulatedNode[] all = scenario.cluster().nodes().toArray(SimulatedNode[]::new);
    scenario.crash(all);
    List<DiskAnatomy.Part> batches = scenario.disk(third).anatomy().logBatches();
    int middle = batches.size() - 5;
    scenario.disk(third).rot(batches.subList(middle, middle + 1));
    // In this order: the last has to be complete.
    for (SimulatedNode node : all) {
      scenario.restart(node);
      scenario.run(500);
    }
    scenario.until("the disk does not open", () -> !third.refusedDisks().isEmpty());
    scenario.run(3_000);
    // It was one of two that count as complete, and the other of three is stale: that is rebuilt
    // from
    // the one that is left.
    long group = volume.group(0).number();
    assertThat(scenario.inSync(group, third)).isFalse();
    scenario.until("two are in sync", () -> !Returns.frozen(scenario, group));
    for (int page = 0; page < 8; page++) {
      assertThat(volume.held(scenario.node(1), page)).isEqualTo(page + 1);
      assertThat(volume.held(scenario.node(2), page)).isEqualTo(page + 1);
    }
    assertThat(scenario.cluster().violations()).isEmpty();
  }

  /**
   * The image is of an earlier life, of a disk that RCD has as complete. Each opening raises its
   * generation, refused or not, so that some time it is above the last that RCD saw.
   */
  @Test
  void shouldNotBelieveAnImageOfThePastHoweverOftenItIsOpened() {
    Scenario scenario = Scenario.of(5, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    List<SimulatedNode> others =
        volume.members(0).stream().filter(node -> node != owner).limit(2).toList();
    SimulatedNode stale = others.get(0);
    SimulatedNode past = others.get(1);
    Client client = volume.client(owner);
    client.write(0, 1).await();
    EngineDisk disk = scenario.disk(past);
    Map<Long, byte[]> image = disk.image();
    for (int life = 0; life < 2; life++) {
      scenario.crash(past);
      scenario.untilExpired(past);
      scenario.restart(past);
      scenario.untilWhole();
    }
    scenario.crash(stale);
    scenario.untilExpired(stale);
    client.write(0, 2).await();
    scenario.told();
    long group = volume.group(0).number();
    scenario.crash(past);
    scenario.untilExpired(past);
    assertThat(Returns.eligible(scenario, group, past)).isTrue();
    disk.restore(image);
    // It may be rebuilt, but that doesn't end here.
    scenario.drop(messages(Append.class).to(past));
    for (int opening = 0; opening < 6; opening++) {
      scenario.restart(past);
      scenario.run(4_000);
      assertThat(scenario.inSync(group, past)).as("after %d openings", opening + 1).isFalse();
      scenario.crash(past);
      scenario.untilExpired(past);
    }
    assertThat(client.read(0).await()).isEqualTo(2);
    assertThat(scenario.cluster().violations()).isEmpty();
  }
}
