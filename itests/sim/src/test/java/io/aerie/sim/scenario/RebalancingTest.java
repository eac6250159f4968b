package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.engine.rcd.BalancePolicy;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.JobRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.GroupEmptied;
import io.aerie.engine.rcd.RcdCommand.ResynchronisationDone;
import io.aerie.engine.store.StreamKey;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedDisk;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Disks that are added get what they are due of what is there, while clients write. */
class RebalancingTest {
  private static final int BLOCKS = 12;
  private static final long PATIENCE = 120 * World.SECOND;

  private static UUID pool(Scenario scenario) {
    return scenario.log().committed().pools().values().iterator().next().id();
  }

  private static Optional<JobRecord> job(Scenario scenario) {
    return Optional.ofNullable(scenario.log().committed().jobs().get(pool(scenario)));
  }

  private static boolean is(Scenario scenario, JobRecord.State state) {
    return job(scenario).filter(job -> job.state() == state).isPresent();
  }

  private static long membersOn(Scenario scenario, UUID disk) {
    return scenario.log().committed().groups().values().stream()
        .filter(group -> group.members().contains(disk))
        .count();
  }

  /** By itself it is not rebalanced before it is told to. */
  private static void forbid(Scenario scenario) {
    scenario.command(new RcdCommand.AssignBalance(pool(scenario), BalancePolicy.MANUAL));
  }

  /** A second disk for each node, one after the other. */
  private static void addDisks(Scenario scenario) {
    for (SimulatedNode node : scenario.cluster().nodes()) {
      scenario.crash(node);
      scenario.cluster().insert(node);
      scenario.restart(node);
      UUID added = node.disks.get(1).id();
      scenario.until(
          "its disk is added", () -> scenario.log().committed().disks().containsKey(added));
      scenario.untilWhole();
    }
  }

  /** One page of each block, with the block's number from 1 on. */
  private static void writeEach(Client client, int blocks) {
    for (int block = 0; block < blocks; block++) {
      client.write(Volume.page(block), block + 1).await();
    }
  }

  private static void assertEqualShares(Scenario scenario) {
    int groups = scenario.log().committed().groups().size();
    for (SimulatedNode node : scenario.cluster().nodes()) {
      assertThat(membersOn(scenario, node.disks.get(0).id())).isEqualTo(groups / 2);
      assertThat(membersOn(scenario, node.disks.get(1).id())).isEqualTo(groups / 2);
    }
  }

  @Test
  void shouldMoveHalfToSecondDisksWhileAClientWrites() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          forbid(scenario);
          Volume volume = scenario.volume(3);
          addDisks(scenario);
          Client client = volume.client(volume.owner());
          writeEach(client, BLOCKS);
          scenario.command(new RcdCommand.RebalancePool(pool(scenario), false));
          int written = BLOCKS;
          while (!is(scenario, JobRecord.State.DONE)) {
            client.write(Volume.page(written % BLOCKS), written + 1).await();
            written++;
            assertThat(written).as("it comes to an end").isLessThan(20_000);
          }
          assertEqualShares(scenario);
          assertThat(job(scenario).orElseThrow().groupsDone())
              .as("half of all members, and none twice")
              .isEqualTo(3 * scenario.log().committed().groups().size() / 2);
          scenario.untilWhole();
          assertLeftIsDeleted(scenario, volume);
          SimulatedNode dead = scenario.cluster().others(volume.owner()).get(0);
          scenario.crash(dead);
          scenario.untilExpired(dead);
          for (int i = written - BLOCKS; i < written; i++) {
            assertThat(client.read(Volume.page(i % BLOCKS)).await()).isEqualTo(i + 1);
          }
        });
  }

  /** What was on first disks only is now either there or on second ones, and nowhere twice. */
  private static void assertLeftIsDeleted(Scenario scenario, Volume volume) {
    scenario.until(
        "what disks left is deleted",
        () ->
            scenario.log().committed().groups().values().stream()
                .allMatch(group -> group.former().isEmpty()));
    for (GroupRecord group : scenario.log().committed().groups().values()) {
      for (SimulatedNode node : scenario.cluster().nodes()) {
        for (SimulatedDisk disk : node.disks) {
          StreamKey stream = new StreamKey(volume.number, group.number());
          if (!group.members().contains(disk.id())) {
            assertThat(scenario.cluster().digest(disk, stream)).isEmpty();
          }
        }
      }
    }
  }

  @Test
  void shouldBeginByItselfWhenDisksAreThereForAMinute() {
    Scenario scenario = Scenario.of(3, DiskKind.MEMORY);
    Volume volume = scenario.volume(3);
    addDisks(scenario);
    Client client = volume.client(volume.owner());
    client.write(0, 1).await();
    scenario.run(30_000);
    assertThat(job(scenario)).isEmpty();
    scenario.until("it is done", PATIENCE, () -> is(scenario, JobRecord.State.DONE));
    assertEqualShares(scenario);
    assertThat(client.read(0).await()).isEqualTo(1);
    scenario.ends();
  }

  @Test
  void shouldGoOnWhenATargetGoesAwayInTheMiddleAndStopWhenItIsCalledOff() {
    Scenario scenario = Scenario.of(3, DiskKind.MEMORY);
    forbid(scenario);
    Volume volume = scenario.volume(3);
    addDisks(scenario);
    Client client = volume.client(volume.owner());
    client.write(0, 1).await();
    scenario.log().holdCommands(ResynchronisationDone.class::isInstance);
    scenario.command(new RcdCommand.RebalancePool(pool(scenario), false));
    SimulatedNode target = scenario.cluster().others(volume.owner()).get(0);
    UUID to = target.disks.get(1).id();
    scenario.until("it is a target", () -> moves(scenario, to));
    scenario.crash(target);
    scenario.untilExpired(target);
    assertThat(moves(scenario, to)).isFalse();
    scenario.release();
    scenario.restart(target);
    scenario.until("it is one again", PATIENCE, () -> moves(scenario, to));
    scenario.command(new RcdCommand.RebalancePool(pool(scenario), true));
    assertThat(is(scenario, JobRecord.State.FAILED)).isTrue();
    assertThat(scenario.log().committed().groups().values())
        .allMatch(group -> group.replacement().isEmpty());
    List<List<UUID>> members = members(scenario);
    client.write(0, 2).await();
    scenario.run(5_000);
    assertThat(members(scenario)).isEqualTo(members);
    assertThat(client.read(0).await()).isEqualTo(2);
    scenario.ends();
  }

  private static List<List<UUID>> members(Scenario scenario) {
    return scenario.log().committed().groups().values().stream().map(GroupRecord::members).toList();
  }

  private static GroupRecord group(Scenario scenario, long number) {
    return scenario.log().committed().group(number).orElseThrow();
  }

  private static void assign(Scenario scenario, UUID disk, DiskDuty duty) {
    scenario.command(new RcdCommand.AssignDuty(List.of(disk), duty));
  }

  @Test
  void shouldNotServeWhatADiskLeftToAnOwnerThatDoesNotKnow() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          forbid(scenario);
          Volume volume = scenario.volume(2);
          SimulatedNode owner = volume.owner();
          int block = 0;
          while (volume.members(Volume.page(block)).contains(owner)) {
            block++;
          }
          long page = Volume.page(block);
          Client client = volume.client(owner);
          client.write(page, 7).await();
          long number = volume.group(page).number();
          // The owner has no copy of its own, and asks the disk with the lowest id first.
          UUID asked = new TreeSet<>(volume.group(page).members()).first();
          AtomicBoolean proposed = new AtomicBoolean();
          scenario
              .log()
              .holdCommands(
                  command -> {
                    boolean its =
                        command instanceof ResynchronisationDone done && done.group() == number;
                    proposed.compareAndSet(false, its);
                    return its;
                  });
          assign(scenario, asked, DiskDuty.DRAINING);
          scenario.until("its successor has all", PATIENCE, proposed::get);
          owner.deaf(6 * World.SECOND);
          scenario.release();
          scenario.until(
              "it left and has deleted that",
              5 * World.SECOND,
              () ->
                  !group(scenario, number).members().contains(asked)
                      && group(scenario, number).former().isEmpty());
          assertThat(client.read(page).await()).isEqualTo(7);
        });
  }

  /** What it is about to delete it must not take: its node learns too late that it has it again. */
  @Test
  void shouldTakeNothingOfAGroupThatItIsToDelete() {
    Scenario scenario = Scenario.of(4, DiskKind.MEMORY);
    forbid(scenario);
    Volume volume = scenario.volume(3);
    Client client = volume.client(volume.owner());
    writeEach(client, 5 * BLOCKS);
    List<SimulatedNode> others = scenario.cluster().others(volume.owner());
    UUID drained = Scenario.diskOf(others.get(0));
    SimulatedNode late = others.get(1);
    UUID target = Scenario.diskOf(late);
    scenario.log().holdAnswers(GroupEmptied.class::isInstance);
    assign(scenario, drained, DiskDuty.DRAINING);
    scenario.until("it is a target", () -> moves(scenario, target));
    assign(scenario, drained, DiskDuty.SERVING);
    scenario.until(
        "it has deleted that, and does not know that it has said so",
        () -> scenario.log().committed().leftBy(target).isEmpty());
    assign(scenario, drained, DiskDuty.DRAINING);
    scenario.until("it is a target again", () -> moves(scenario, target));
    assign(scenario, drained, DiskDuty.SERVING);
    scenario.run(500);
    assertThat(scenario.log().committed().leftBy(target)).hasSize(1);
    late.deaf(4 * World.SECOND);
    assign(scenario, drained, DiskDuty.DRAINING);
    scenario.run(3_000);
    scenario.release();
    scenario.until("nothing is left to move", PATIENCE, () -> membersOn(scenario, drained) == 0);
    scenario.ends();
  }

  /** Its node learns that it left when it has long been given the group again, and copied to. */
  @Test
  void shouldNotDeleteWhatItWasGivenAgain() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          forbid(scenario);
          Volume volume = scenario.volume(3);
          Client client = volume.client(volume.owner());
          writeEach(client, 5 * BLOCKS);
          List<SimulatedNode> others = scenario.cluster().others(volume.owner());
          UUID drained = Scenario.diskOf(others.get(0));
          SimulatedNode late = others.get(1);
          UUID target = Scenario.diskOf(late);
          scenario.log().holdCommands(ResynchronisationDone.class::isInstance);
          assign(scenario, drained, DiskDuty.DRAINING);
          scenario.until("it is a target", () -> moves(scenario, target));
          scenario.run(500);
          late.deaf(10 * World.SECOND);
          assign(scenario, drained, DiskDuty.SERVING);
          assertThat(scenario.log().committed().leftBy(target)).hasSize(1);
          long number = scenario.log().committed().leftBy(target).first();
          assign(scenario, drained, DiskDuty.DRAINING);
          scenario.until("it is again", () -> group(scenario, number).replaces(target));
          scenario.release();
          scenario.until(
              "it has all",
              8 * World.SECOND,
              () -> group(scenario, number).inSync().contains(target));
          scenario.until(
              "nothing is left to move", PATIENCE, () -> membersOn(scenario, drained) == 0);
        });
  }

  /** The owner goes on with a copy that was called off, until it hears of it. */
  @Test
  void shouldTakeNothingThatItLeftFromAnOwnerThatDoesNotKnow() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          forbid(scenario);
          Volume volume = scenario.volume(3);
          Client client = volume.client(volume.owner());
          List<SimulatedNode> others = scenario.cluster().others(volume.owner());
          UUID drained = Scenario.diskOf(others.get(0));
          UUID target = Scenario.diskOf(others.get(1));
          scenario.log().holdCommands(ResynchronisationDone.class::isInstance);
          scenario.hold(messages(BaseRequest.class).to(others.get(1)));
          assign(scenario, drained, DiskDuty.DRAINING);
          scenario.until("it is a target", () -> moves(scenario, target));
          scenario.untilHeld(messages(BaseRequest.class).to(others.get(1)));
          volume.owner().deaf(3 * World.SECOND);
          assign(scenario, drained, DiskDuty.SERVING);
          scenario.until(
              "what it left is deleted", () -> scenario.log().committed().leftBy(target).isEmpty());
          scenario.release();
          writeEach(client, 5 * BLOCKS);
          scenario.run(5_000);
          assertLeftIsDeleted(scenario, volume);
        });
  }

  private static boolean moves(Scenario scenario, UUID to) {
    return scenario.log().committed().groups().values().stream()
        .anyMatch(group -> group.replaces(to));
  }
}
