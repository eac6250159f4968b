package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Initiator.assertConflict;
import static io.aerie.sim.scenario.Initiator.assertDone;
import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message.Append;
import io.aerie.engine.protocol.Message.Beat;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Seal;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationType;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A host is fenced by another one with PREEMPT AND ABORT. When that is answered nothing of it takes
 * effect any more, whatever way it came; and who is excluded by a reservation is so from its answer
 * on, at every owner.
 */
class H21PreemptedWritesAreSettledTest {
  private static final ReservationType REGISTRANTS =
      ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;

  /** Two hosts that are registered, on the nodes that don't own the volume. */
  private static List<Initiator> registered(Scenario scenario, Volume volume) {
    List<SimulatedNode> others = scenario.cluster().others(volume.owner());
    Initiator a = new Initiator(volume, others.get(0), "a", 1, 10);
    Initiator b = new Initiator(volume, others.get(1), "b", 2, 20);
    a.register();
    b.register();
    return List.of(a, b);
  }

  private static void assertReserved(Operation operation) {
    Throwable failure = operation.awaitFailure();
    assertThat(((AerieException) failure).code()).isEqualTo(ErrorCode.RESERVED);
  }

  /** Whether a write that is on its way to members when it is preempted is over at the answer. */
  private static void settlesWhatIsNumbered(Scenario scenario, Volume volume) {
    List<Initiator> hosts = registered(scenario, volume);
    Initiator a = hosts.get(0);
    Initiator b = hosts.get(1);
    assertDone(a.reserve(REGISTRANTS));
    a.client().write(0, 1, 2).await();
    Messages entries =
        messages(Append.class)
            .from(volume.owner())
            .where(message -> !((Append) message).entries().isEmpty());
    scenario.hold(entries);
    Operation write = a.client().write(0, 2, 2);
    scenario.untilHeld(entries);
    Operation preempted = b.preempt(Action.PREEMPT_AND_ABORT, a, REGISTRANTS);
    scenario.run(2_000);
    assertThat(write.over()).as("its attachment has ended").isTrue();
    assertThat(preempted.over()).as("answered while it may still take effect").isFalse();
    scenario.release();
    assertDone(preempted);
    long seen = b.client().read(0).await();
    scenario.run(1_000);
    assertThat(b.client().read(0).await()).isEqualTo(seen);
    assertThat(write.done()).isFalse();
    assertThat(a.aborts()).isEqualTo(1);
  }

  @Test
  void shouldAnswerWhenWhatWasNumberedIsSettled() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          settlesWhatIsNumbered(scenario, scenario.volume(3));
          settlesWhatIsNumbered(scenario, scenario.volume(Redundancy.erasure(2, 1)));
        });
  }

  /** Also when the host is let in again before what it had sent arrives. */
  @Test
  void shouldNotLetAWriteLandThatWasSentBefore() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          List<Initiator> hosts = registered(scenario, volume);
          SimulatedNode second = scenario.cluster().others(volume.owner()).get(1);
          Initiator b = hosts.get(1);
          Initiator otherWay = new Initiator(volume, second, "a", 2, hosts.get(0).key());
          otherWay.register();
          otherWay.client().write(0, 1).await();
          Messages late = messages(ClientRequest.class).from(second);
          scenario.hold(late);
          Operation write = otherWay.client().write(0, 2);
          scenario.untilHeld(late);
          assertDone(b.preempt(Action.PREEMPT_AND_ABORT, otherWay, REGISTRANTS));
          assertThat(hosts.get(0).aborts() + otherWay.aborts()).as("both ways").isEqualTo(2);
          otherWay.attachAgain();
          otherWay.register();
          scenario.release();
          scenario.run(2_000);
          assertThat(write.done()).isFalse();
          assertThat(b.client().read(0).await()).isEqualTo(1);
        });
  }

  /** A reservation is no promise before the owner knows of it. */
  private static void isAnsweredWhenTheOwnerKnows(Scenario scenario, Volume volume) {
    List<Initiator> hosts = registered(scenario, volume);
    Initiator a = hosts.get(0);
    Initiator b = hosts.get(1);
    volume.owner().deaf(3 * World.SECOND);
    Operation reserved = b.reserve(ReservationType.EXCLUSIVE_ACCESS);
    scenario.run(1_000);
    a.client().write(0, 1).await();
    assertThat(reserved.over()).isFalse();
    assertDone(reserved);
    assertReserved(a.client().write(0, 2));
    assertReserved(a.client().read(0));
    assertThat(b.client().read(0).await()).isEqualTo(1);
    assertThat(b.client().generationOfReservations().await()).isEqualTo(2);
  }

  @Test
  void shouldAnswerWhenTheOwnerKeepsTheOthersOut() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          isAnsweredWhenTheOwnerKnows(scenario, scenario.volume(3));
          isAnsweredWhenTheOwnerKnows(scenario, scenario.volume(Redundancy.erasure(2, 1)));
        });
  }

  /** An administrator's clearing lets everybody in from its answer on, and tells who lost. */
  @Test
  void shouldAnswerAClearingWhenTheOwnerLetsAllIn() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          List<Initiator> hosts = registered(scenario, volume);
          Initiator a = hosts.get(0);
          Initiator b = hosts.get(1);
          assertDone(a.reserve(ReservationType.WRITE_EXCLUSIVE));
          a.client().write(0, 1).await();
          SimulatedNode node = scenario.cluster().others(volume.owner()).get(1);
          volume.owner().deaf(3 * World.SECOND);
          Operation cleared = volume.clearReservation(node);
          scenario.run(1_000);
          assertReserved(b.client().write(0, 2));
          assertThat(cleared.over()).isFalse();
          cleared.await();
          b.client().write(0, 3).await();
          assertThat(a.told).containsExactly(Attention.RESERVATIONS_PREEMPTED);
          assertThat(b.told).containsExactly(Attention.RESERVATIONS_PREEMPTED);
          assertThat(a.aborts()).isZero();
          assertConflict(a.reserve(ReservationType.WRITE_EXCLUSIVE));
        });
  }

  /** It is looked at when a write is numbered, not only when it comes. */
  private static void excludesWhatWaits(Scenario scenario, Volume volume) {
    List<Initiator> hosts = registered(scenario, volume);
    Initiator a = hosts.get(0);
    Initiator b = hosts.get(1);
    a.client().write(0, 1).await();
    Messages entries =
        messages(Append.class)
            .from(volume.owner())
            .where(message -> !((Append) message).entries().isEmpty());
    scenario.hold(entries);
    Operation first = b.client().write(0, 2);
    scenario.untilHeld(entries);
    Operation waits = a.client().write(0, 3);
    scenario.run(100);
    assertDone(b.reserve(ReservationType.WRITE_EXCLUSIVE));
    assertThat(waits.over()).as("it waits for the other's").isFalse();
    scenario.release();
    first.await();
    assertReserved(waits);
    assertThat(a.client().read(0).await()).isEqualTo(2);
  }

  @Test
  void shouldExcludeWhatWaitsToBeNumbered() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          excludesWhatWaits(scenario, scenario.volume(3));
          excludesWhatWaits(scenario, scenario.volume(Redundancy.erasure(2, 1)));
        });
  }

  /**
   * Rows are copied up before a write of a stripe is numbered: a reservation may come meanwhile.
   */
  @Test
  void shouldExcludeWhatWaitsForACopyUp() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(Redundancy.erasure(2, 1));
          List<Initiator> hosts = registered(scenario, volume);
          Client a = hosts.get(0).client();
          Client b = hosts.get(1).client();
          b.write(0, 1, 32).await();
          new Layers(scenario, volume).take("s");
          Messages entries =
              messages(Append.class)
                  .from(volume.owner())
                  .where(message -> !((Append) message).entries().isEmpty());
          scenario.hold(entries);
          Operation write = a.write(0, 2);
          scenario.untilHeld(entries);
          assertDone(hosts.get(1).reserve(ReservationType.WRITE_EXCLUSIVE));
          assertThat(write.over()).as("its rows are being copied up").isFalse();
          scenario.release();
          assertReserved(write);
          assertThat(b.read(0, 32).await()).isEqualTo(1);
        });
  }

  /** A new owner answers for nobody else before members take nothing of the former one any more. */
  @Test
  void shouldNotAnswerWhileAFormerOwnerIsNotSealedOut() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          Initiator b = registered(scenario, volume).get(1);
          scenario.log().lead(scenario.cluster().others(owner).get(0).id);
          scenario.drop(messages(Beat.class).from(owner));
          scenario.hold(messages(Seal.class));
          owner.deaf(20 * World.SECOND);
          scenario.untilExpired(owner);
          Operation reserved = b.reserve(ReservationType.WRITE_EXCLUSIVE);
          scenario.run(3_000);
          assertThat(reserved.over()).isFalse();
          scenario.release();
          assertDone(reserved);
        });
  }

  @Test
  void shouldHoldAtTheNextOwner() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          SimulatedNode owner = volume.owner();
          List<Initiator> hosts = registered(scenario, volume);
          Initiator a = hosts.get(0);
          Initiator b = hosts.get(1);
          a.client().write(0, 1).await();
          assertDone(b.reserve(ReservationType.WRITE_EXCLUSIVE));
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          assertReserved(a.client().write(0, 2));
          assertReserved(volume.client(volume.owner()).write(0, 2));
          assertThat(a.client().read(0).await()).isEqualTo(1);
          assertConflict(a.reserve(ReservationType.WRITE_EXCLUSIVE));
          assertDone(a.preempt(Action.PREEMPT, b, ReservationType.WRITE_EXCLUSIVE));
          assertThat(b.told).containsExactly(Attention.REGISTRATIONS_PREEMPTED);
          assertThat(b.aborts()).isZero();
          assertReserved(b.client().write(0, 3));
          a.client().write(0, 4).await();
          a.release(ReservationType.WRITE_EXCLUSIVE);
          b.client().write(0, 5).await();
        });
  }
}
