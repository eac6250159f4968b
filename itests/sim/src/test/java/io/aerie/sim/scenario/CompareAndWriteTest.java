package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message.ClientAnswer;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Hosts that take a lock by comparing and writing, each through a node of its own: one of them gets
 * it, the others are told that they did not, and nobody gets it twice.
 */
class CompareAndWriteTest {
  private static final int LAST_BYTE_OF_WORD = 7;

  /** So many pages are the rows whose checksums share a page, in EC 2+1. */
  private static final int ROWS_OF_SUM_PAGE = 2 * 64;

  private static final int SUM_PAGE = 1008;

  @Test
  void shouldLetOneOfManyHaveIt() {
    Scenario.onBothDisks(4, scenario -> contest(scenario, scenario.volume(3), false));
  }

  @Test
  void shouldLetOneOfManyHaveItInAStripe() {
    Scenario scenario = Scenario.of(4, DiskKind.ENGINE);
    contest(scenario, scenario.volume(Redundancy.erasure(2, 1)), false);
    scenario.ends();
  }

  /** The page lies in a frozen layer: it is compared there and copied up. */
  @Test
  void shouldLetOneOfManyHaveItAboveASnapshot() {
    Scenario.onBothDisks(4, scenario -> contest(scenario, scenario.volume(3), true));
  }

  private static void contest(Scenario scenario, Volume volume, boolean layered) {
    List<Client> hosts = new ArrayList<>();
    scenario.cluster().nodes().forEach(node -> hosts.add(volume.client(node)));
    hosts.get(0).write(7, 0).await();
    if (layered) {
      new Layers(scenario, volume).take("s");
    }
    for (int round = 0; round < 5; round++) {
      List<Operation> all = new ArrayList<>();
      for (int host = 0; host < hosts.size(); host++) {
        all.add(hosts.get(host).compareAndWrite(7, round, round + 1));
      }
      List<Long> answers = all.stream().map(Operation::await).toList();
      assertThat(answers).as("one has it in round %d", round).containsOnlyOnce(-1L);
      assertThat(answers.stream().filter(answer -> answer != -1))
          .as("the others hear where it differs")
          .containsOnly((long) LAST_BYTE_OF_WORD);
    }
    assertThat(hosts.get(1).compareAndWrite(7, 5, 0).await()).isEqualTo(-1);
    assertThat(hosts.get(2).read(7).await()).as("the rest of the page is untouched").isZero();
  }

  /**
   * It was done, its answer got lost, another host has given the lock back, and the owner dies: who
   * asked first is not given the lock by the next owner, behind his own back.
   */
  @Test
  void shouldNotBeDoneBySecondOwner() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<SimulatedNode> others = scenario.cluster().others(owner);
          Client first = volume.client(others.get(0));
          Client second = volume.client(others.get(1));
          first.write(7, 0).await();
          scenario.drop(messages(ClientAnswer.class).from(owner).to(others.get(0)));
          Operation lost = first.compareAndWrite(7, 0, 1);
          scenario.told();
          assertThat(lost.over()).isFalse();
          assertThat(second.compareAndWrite(7, 1, 0).await()).isEqualTo(-1);
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          assertThat(lost.awaitFailure())
              .isInstanceOfSatisfying(
                  AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));
          scenario.run(2_000);
          assertThat(second.read(7).await()).isZero();
          assertThat(first.compareAndWrite(7, 0, 1).await()).isEqualTo(-1);
        });
  }

  /**
   * It was as expected; but then the lock was let go for a repair, and another write was faster.
   */
  @Test
  void shouldCompareAgainAfterARepair() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(Redundancy.erasure(2, 1));
    Client client = volume.client(volume.owner());
    client.write(0, 1, ROWS_OF_SUM_PAGE).await();
    new Layers(scenario, volume).take("s");
    client.write(0, 1, ROWS_OF_SUM_PAGE).await();
    volume.rot(scenario.cluster().nodeOf(volume.group(0).members().get(2)), SUM_PAGE);
    Operation compared = client.compareAndWrite(0, 1, 9);
    Operation faster = client.write(0, 5, ROWS_OF_SUM_PAGE);
    faster.await();
    assertThat(compared.await()).isEqualTo(LAST_BYTE_OF_WORD);
    assertThat(client.read(0, ROWS_OF_SUM_PAGE).await()).isEqualTo(5);
    scenario.ends();
  }

  /** What was refused stays refused, though it would do now. */
  @Test
  void shouldRememberADifference() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          SimulatedNode outside = scenario.cluster().others(owner).get(0);
          Client first = volume.client(outside);
          Client second = volume.client(owner);
          scenario.copy(messages(ClientRequest.class).from(outside));
          assertThat(first.compareAndWrite(0, 1, 2).await()).isEqualTo(LAST_BYTE_OF_WORD);
          second.write(0, 1).await();
          scenario.release();
          scenario.run(500);
          assertThat(second.read(0).await()).isEqualTo(1);
        });
  }

  /** An owner that others have replaced tells nobody that the lock is taken: it was given back. */
  @Test
  void shouldNotTellOfADifferenceAfterTheLease() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          long page = volume.pageNotOn(owner);
          Client own = volume.client(owner);
          Client other = volume.client(scenario.cluster().others(owner).get(0));
          own.write(page, 1).await();
          scenario.run(300);
          Messages answers = messages(ReadAnswer.class).to(owner);
          scenario.copy(answers);
          Operation late = own.compareAndWrite(page, 2, 3);
          scenario.untilHeld(answers);
          assertThat(late.over()).isFalse();
          owner.pause();
          volume.untilOwnedByAnother(owner);
          other.write(page, 2).await();
          owner.deaf(50 * World.MILLISECOND);
          owner.resume();
          late.awaitEnd();
          assertThat(late.done() && late.await() != -1).as("stale").isFalse();
          long present = other.compareAndWrite(page, 2, 4).await();
          assertThat(present == -1 || late.done()).isTrue();
        });
  }
}
