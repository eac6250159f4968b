package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.AssignDuty;
import io.aerie.engine.rcd.RcdCommand.ResynchronisationDone;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.EngineDisk;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Members of disks that drain, or stay away, get successors; a successor that goes away in the
 * middle gets one of its own. What was acknowledged meanwhile is on the successors.
 */
class MovingMembersTest {
  /** Shorter than a node waits by itself: these minutes are long when they are simulated. */
  private static final long ABSENCE = 15 * World.SECOND;

  private static void assign(Scenario scenario, SimulatedNode node, DiskDuty duty) {
    scenario.command(new AssignDuty(List.of(Scenario.diskOf(node)), duty));
  }

  private static GroupRecord group(Scenario scenario, long number) {
    return scenario.log().committed().group(number).orElseThrow();
  }

  private static boolean has(Scenario scenario, SimulatedNode node) {
    UUID disk = Scenario.diskOf(node);
    return scenario.log().committed().groups().values().stream()
        .anyMatch(group -> group.disks().contains(disk));
  }

  private static void untilEmpty(Scenario scenario, SimulatedNode node, long patience) {
    scenario.until(node + " has no members", patience, () -> !has(scenario, node));
  }

  @Test
  void shouldMoveAllMembersOfADrainedDiskWhileItServes() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(3);
          Client client = volume.client(volume.owner());
          for (int block = 0; block < 12; block++) {
            client.write(Volume.page(block), block + 1).await();
          }
          SimulatedNode drained = scenario.cluster().others(volume.owner()).get(0);
          assign(scenario, drained, DiskDuty.DRAINING);
          untilEmpty(scenario, drained, 60 * World.SECOND);
          scenario.crash(drained);
          scenario.untilExpired(drained);
          for (int block = 0; block < 12; block++) {
            assertThat(client.read(Volume.page(block)).await()).isEqualTo(block + 1);
          }
          assertThat(scenario.log().committed().groups().values())
              .allMatch(group -> group.inSync().size() == 3 && !group.frozen());
        });
  }

  @Test
  void shouldRefuseToDrainWhatHasNowhereToGoAndSayWhy() {
    Scenario scenario = Scenario.of(3, DiskKind.MEMORY);
    scenario.volume(3);
    SimulatedNode node = scenario.node(1);
    assertThatThrownBy(() -> assign(scenario, node, DiskDuty.DRAINING))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.PROTECTION_IMPOSSIBLE);
              assertThat(refusal.why())
                  .contains("[node n2, node n3]")
                  .contains("node n1 lacks a disk that serves and stays");
            });
    assertThatThrownBy(() -> assign(scenario, node, DiskDuty.ABSENT))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED));
    assertThat(scenario.log().committed().disks().values())
        .allMatch(disk -> disk.duty() == DiskDuty.SERVING);
    scenario.ends();
  }

  @Test
  void shouldChooseAgainWhenTheSuccessorGoesAway() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(2);
          Client client = volume.client(volume.owner());
          client.write(0, 1).await();
          long group = volume.group(0).number();
          SimulatedNode drained =
              volume.members(0).stream().filter(n -> n != volume.owner()).findFirst().orElseThrow();
          scenario.log().holdCommands(ResynchronisationDone.class::isInstance);
          assign(scenario, drained, DiskDuty.DRAINING);
          scenario.until(
              "a successor",
              () ->
                  scenario.log().committed().groups().values().stream()
                      .anyMatch(g -> g.replacement().isPresent()));
          UUID chosen =
              scenario.log().committed().groups().values().stream()
                  .flatMap(g -> g.replacement().stream())
                  .map(GroupRecord.Replacement::to)
                  .filter(to -> scenario.cluster().nodeOf(to) != volume.owner())
                  .findFirst()
                  .orElseThrow();
          SimulatedNode target = scenario.cluster().nodeOf(chosen);
          scenario.crash(target);
          scenario.untilExpired(target);
          assertThat(scenario.log().committed().groups().values())
              .noneMatch(g -> g.replaces(chosen) || g.rebuilding().contains(chosen));
          scenario.release();
          untilEmpty(scenario, drained, 60 * World.SECOND);
          assertThat(client.read(0).await()).isEqualTo(1);
          assertThat(group(scenario, group).members()).doesNotContain(Scenario.diskOf(drained));
        });
  }

  @Test
  void shouldGiveUpADiskThatStaysAwayAndTakeItBack() {
    Scenario scenario = Scenario.of(4, DiskKind.MEMORY);
    scenario.cluster().nodes().forEach(node -> node.waitsForAbsent(ABSENCE));
    Volume volume = scenario.volume(3);
    SimulatedNode away = scenario.cluster().others(volume.owner()).get(0);
    Client client = volume.client(volume.owner());
    client.write(0, 1).await();
    scenario.crash(away);
    scenario.run(ABSENCE / World.MILLISECOND);
    assertThat(has(scenario, away)).isTrue();
    untilEmpty(scenario, away, ABSENCE + 60 * World.SECOND);
    assertThat(scenario.log().committed().groups().values())
        .allMatch(group -> group.inSync().size() == 3);
    client.write(0, 2).await();
    scenario.restart(away);
    UUID disk = Scenario.diskOf(away);
    scenario.until(
        "it serves", () -> scenario.log().committed().disks().get(disk).duty() == DiskDuty.SERVING);
    scenario.untilWhole();
    // It is as good as any other disk again: what is drained may come to it.
    assign(scenario, scenario.cluster().others(volume.owner(), away).get(0), DiskDuty.DRAINING);
    scenario.until("it has members again", () -> has(scenario, away));
    scenario.untilWhole();
    assertThat(client.read(0).await()).isEqualTo(2);
    scenario.ends();
  }

  /** A disk that broke is not waited for, as one is that is only away. */
  @Test
  void shouldReplaceADiskThatFailsAtOnce() {
    Scenario scenario = Scenario.of(4, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    Client client = volume.client(volume.owner());
    for (int block = 0; block < 12; block++) {
      client.write(Volume.page(block), block + 1).await();
    }
    SimulatedNode node =
        volume.members(0).stream().filter(n -> n != volume.owner()).findFirst().orElseThrow();
    EngineDisk disk = (EngineDisk) node.disks.get(0);
    disk.fail(/* reads= */ 0, /* writes= */ 0, /* flushes= */ 1);
    client.write(0, 100).await();
    untilEmpty(scenario, node, 60 * World.SECOND);
    assertThat(node.isUp()).isTrue();
    scenario.until(
        "all copies are there",
        () ->
            scenario.log().committed().groups().values().stream()
                .allMatch(group -> group.inSync().size() == 3 && !group.frozen()));
    assertThat(client.read(0).await()).isEqualTo(100);
    for (int block = 1; block < 12; block++) {
      assertThat(client.read(Volume.page(block)).await()).isEqualTo(block + 1);
    }
    scenario.crash(node);
    disk.mend();
    scenario.restart(node);
    scenario.until(
        "it serves again",
        () ->
            scenario.log().committed().disks().get(Scenario.diskOf(node)).duty()
                == DiskDuty.SERVING);
    scenario.ends();
  }

  @Test
  void shouldBeginAnewWhenADiskIsChosenAgainAtOnce() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(3);
          Client client = volume.client(volume.owner());
          client.write(0, 1).await();
          List<SimulatedNode> others = scenario.cluster().others(volume.owner());
          List<UUID> disks = others.stream().map(Scenario::diskOf).toList();
          scenario.command(new RcdCommand.AssignDuty(disks.subList(0, 1), DiskDuty.DRAINING));
          scenario.log().holdAnswers(ResynchronisationDone.class::isInstance);
          scenario.run(300);
          volume.owner().deaf(400 * World.MILLISECOND);
          scenario.command(new RcdCommand.AssignDuty(disks.subList(0, 1), DiskDuty.SERVING));
          scenario.command(new RcdCommand.AssignDuty(disks.subList(0, 1), DiskDuty.DRAINING));
          scenario.release();
          untilEmpty(scenario, others.get(0), 60 * World.SECOND);
          assertThat(client.read(0).await()).isEqualTo(1);
        });
  }
}
