package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.node.NodeStatus.Damage;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a read finds damaged is written anew by its owner, from what is right and never over
 * something newer; and what nobody has is an error, not a guess.
 */
class H13CorruptionIsRepairedTest {
  private static Damage damage(Volume volume) {
    return volume.owner().engine().orElseThrow().status().damage();
  }

  @Test
  void shouldRepairWhatAReadFinds() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    Client client = volume.client(owner);
    client.write(0, 1, 8).await();
    volume.rot(owner, 3);
    assertThat(volume.damaged(owner, 3).get(3)).isTrue();
    assertThat(client.read(0, 8).await()).isEqualTo(1);
    scenario.until("a repair", () -> volume.damaged(owner, 3).isEmpty());
    assertThat(damage(volume)).isEqualTo(new Damage(1, 1, 0));
    // The copy was repaired, not only the page in memory: all the same after a new start.
    scenario.run(10_000);
    scenario.crash(owner);
    scenario.restart(owner);
    scenario.untilWhole();
    assertThat(volume.damaged(owner, 3).isEmpty()).isTrue();
    scenario.ends();
  }

  /** Each copy has lost another page: no copy is whole, and nothing is lost. */
  @Test
  void shouldPutTogetherWhatNoCopyHasWhole() {
    Scenario scenario = Scenario.of(2, DiskKind.ENGINE);
    Volume volume = scenario.volume(2);
    Client client = volume.client(volume.owner());
    client.write(0, 1, 8).await();
    volume.rot(scenario.node(1), 2);
    volume.rot(scenario.node(2), 5);
    assertThat(client.read(0, 8).await()).isEqualTo(1);
    for (SimulatedNode node : scenario.cluster().nodes()) {
      scenario.until("a repair", () -> volume.damaged(node, 0).isEmpty());
    }
    // An unaligned write reads what is around it.
    volume.rot(scenario.node(1), 2);
    volume.rot(scenario.node(2), 3);
    client.writeBytes(2 * 4096 + 512, 4096, 1).await();
    assertThat(client.read(0, 8).await()).isEqualTo(1);
    scenario.ends();
  }

  @Test
  void shouldFailWhereNoCopyIsGood() {
    Scenario scenario = Scenario.of(2, DiskKind.ENGINE);
    Volume volume = scenario.volume(2);
    Client client = volume.client(volume.owner());
    client.write(0, 1, 8).await();
    volume.rot(scenario.node(1), 2);
    volume.rot(scenario.node(2), 2);
    volume.rot(scenario.node(2), 6);
    assertThat(client.read(2).awaitFailure())
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    assertThat(damage(volume)).isEqualTo(new Damage(2, 1, 1));
    assertThat(client.read(6).await()).isEqualTo(1);
    client.write(2, 2).await();
    assertThat(client.read(2).await()).isEqualTo(2);
    for (SimulatedNode node : scenario.cluster().nodes()) {
      scenario.until("a repair", () -> volume.damaged(node, 0).isEmpty());
    }
    scenario.ends();
  }

  /** What was read for a repair before a client's write must not be written after it. */
  @Test
  void shouldNotRepairOverANewerWrite() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    Client client = volume.client(owner);
    client.write(0, 1).await();
    volume.rot(owner, 0);
    scenario.hold(messages(ReadAnswer.class).to(owner));
    Operation read = client.read(0);
    // One is for the client, another for the repair.
    scenario.until(
        "a repair reads", () -> scenario.cluster().network().held((f, t, m) -> true) > 1);
    Operation newer = client.write(0, 2);
    scenario.run(100);
    scenario.release();
    newer.await();
    assertThat(read.await()).isBetween(1L, 2L);
    scenario.until("a repair", () -> damage(volume).pagesRepaired() == 1);
    scenario.run(500);
    assertThat(client.read(0).await()).isEqualTo(2);
    scenario.ends();
  }

  @Test
  void shouldBringFragmentsBack() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(Redundancy.erasure(2, 1));
    Client client = volume.client(volume.owner());
    client.write(0, 1, 32).await();
    List<SimulatedNode> nodes = scenario.cluster().nodes();
    // Of one stripe, each of another row.
    for (int i = 0; i < 3; i++) {
      volume.rot(nodes.get(i), 2 + 4 * i);
    }
    assertThat(client.read(0, 32).await()).isEqualTo(1);
    for (SimulatedNode node : nodes) {
      scenario.until("a repair", () -> volume.damaged(node, 0).isEmpty());
    }
    assertThat(damage(volume)).isEqualTo(new Damage(3, 3, 0));
    assertThat(client.read(0, 32).await()).isEqualTo(1);
    scenario.ends();
  }
}
