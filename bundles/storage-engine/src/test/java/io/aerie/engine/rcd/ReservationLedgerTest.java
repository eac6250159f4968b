package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationState.Access;
import io.aerie.storage.reservation.ReservationType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What RCD keeps of reservations, and what goes with an attachment. */
class ReservationLedgerTest {
  private static final UUID ID = new UUID(4, 1);
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final Nexus A = new Nexus("a", 1);
  private static final Nexus B = new Nexus("b", 2);

  private final RcdState state = new RcdState();
  private final RcdState mirror = new RcdState();
  private List<RcdChange> changes = List.of();
  private long index;
  private long volume;
  private int attached;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    RcdState.Applied applied = state.apply(index, RcdCommands.encode(command));
    changes = applied.changes();
    mirror.mirror(index, changes);
    return RcdAnswer.decode(applied.answer());
  }

  @BeforeEach
  void makeVolume() {
    for (NodeId node : List.of(N1, N2)) {
      apply(new RcdCommand.JoinNode(node, "here", 1, new UUID(node.hashCode(), 1))).orThrow();
      UUID disk = new UUID(7, node.hashCode());
      apply(new RcdCommand.AddDisk(disk, node, 1, "/d", 1L << 30, 1, "p")).orThrow();
    }
    apply(new RcdCommand.CreatePool(new UUID(3, 1), "p")).orThrow();
    volume =
        apply(new RcdCommand.CreateVolume(ID, "v", 1 << 22, "p", Redundancy.copies(2), 1))
            .orThrow()
            .number();
  }

  private long attach(NodeId node, Nexus nexus) {
    UUID session = new UUID(9, ++attached);
    Optional<Nexus> of = Optional.ofNullable(nexus);
    return apply(new RcdCommand.Attach(volume, node, 1, session, "c", of)).orThrow().number();
  }

  private Verdict ask(long generation, long number, ReservationRequest request) {
    long at = apply(new RcdCommand.ChangeReservation(generation, number, request)).number();
    ReservationRecord.Asked asked = record().asked().get(generation);
    assertThat(asked.index()).isEqualTo(at);
    assertThat(asked.number()).isEqualTo(number);
    return asked.verdict();
  }

  private static ReservationRequest register(Nexus from, long key) {
    return new ReservationRequest(Action.REGISTER, from, 0, key, null, false);
  }

  private static ReservationRequest of(Action action, Nexus from, long key, long newKey) {
    return new ReservationRequest(
        action, from, key, newKey, ReservationType.EXCLUSIVE_ACCESS, false);
  }

  private ReservationRecord record() {
    assertThat(mirror.reservation(volume)).isEqualTo(state.reservation(volume));
    return state.reservation(volume);
  }

  private static void assertRefused(RcdAnswer answer, ErrorCode code) {
    assertThatThrownBy(answer::orThrow)
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldExcludeWhoIsNotTheHolder() {
    long a = attach(N1, A);
    long b = attach(N2, B);
    assertThat(ask(a, 1, register(A, 10))).isEqualTo(Verdict.DONE);
    assertThat(state.conflicts(volume, B, Access.WRITES)).isFalse();
    assertThat(ask(a, 2, of(Action.RESERVE, A, 10, 0))).isEqualTo(Verdict.DONE);
    assertThat(state.conflicts(volume, A, Access.WRITES)).isFalse();
    assertThat(state.conflicts(volume, B, Access.READS)).isTrue();
    assertThat(state.conflicts(volume, null, Access.READS)).isTrue();
    assertThat(ask(b, 1, of(Action.RESERVE, B, 10, 0))).isEqualTo(Verdict.CONFLICT);
    assertThat(state.attachments()).containsOnlyKeys(a, b);
  }

  @Test
  void shouldDoARepeatedRequestOnce() {
    long a = attach(N1, A);
    long at = apply(new RcdCommand.ChangeReservation(a, 1, register(A, 10))).orThrow().number();
    RcdAnswer again = apply(new RcdCommand.ChangeReservation(a, 1, register(A, 10)));
    assertThat(again.orThrow().number()).isEqualTo(at);
    assertThat(changes).isEmpty();
    assertThat(record().asked().get(a).verdict()).isEqualTo(Verdict.DONE);
    assertThat(ask(a, 2, register(A, 10))).as("asked anew").isEqualTo(Verdict.CONFLICT);
  }

  @Test
  void shouldRefuseWhoseAttachmentItIsNot() {
    long a = attach(N1, A);
    long nobody = attach(N1, null);
    assertRefused(
        apply(new RcdCommand.ChangeReservation(a, 1, register(B, 10))), ErrorCode.INVALID_VALUE);
    assertRefused(
        apply(new RcdCommand.ChangeReservation(nobody, 1, register(A, 10))),
        ErrorCode.INVALID_VALUE);
    apply(new RcdCommand.Detach(a)).orThrow();
    assertRefused(apply(new RcdCommand.ChangeReservation(a, 1, register(A, 10))), ErrorCode.FENCED);
    assertThat(record().state()).isEqualTo(ReservationState.NONE);
  }

  @Test
  void shouldEndTheAttachmentsOfWhoIsAbortedInTheSameCommand() {
    long a = attach(N1, A);
    long again = attach(N1, A);
    long other = attach(N1, new Nexus("a", 2));
    long b = attach(N2, B);
    ask(a, 1, register(A, 10));
    ask(b, 1, register(B, 20));
    ask(a, 2, of(Action.RESERVE, A, 10, 0));
    assertThat(ask(b, 2, of(Action.PREEMPT, B, 20, 99))).isEqualTo(Verdict.CONFLICT);
    assertThat(ask(b, 3, of(Action.PREEMPT_AND_ABORT, B, 20, 10))).isEqualTo(Verdict.DONE);
    assertThat(state.attachments()).containsOnlyKeys(other, b);
    assertThat(mirror.attachments()).isEqualTo(state.attachments());
    assertThat(record().abort()).isEqualTo(index);
    assertThat(record().asked()).as("went with the attachment").containsOnlyKeys(b);
    assertThat(changes)
        .filteredOn(RcdChange.Reservation.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            RcdChange.Reservation.class,
            c ->
                assertThat(c.attentions()).isEqualTo(Map.of(A, Attention.REGISTRATIONS_PREEMPTED)));
    assertThat(changes).contains(new RcdChange.Detached(attachmentOf(again)));
  }

  private AttachmentRecord attachmentOf(long generation) {
    return changes.stream()
        .filter(RcdChange.Detached.class::isInstance)
        .map(change -> ((RcdChange.Detached) change).attachment())
        .filter(attachment -> attachment.generation() == generation)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldKeepTheAttachmentsOfWhoIsOnlyPreempted() {
    long a = attach(N1, A);
    long b = attach(N2, B);
    ask(a, 1, register(A, 10));
    ask(b, 1, register(B, 20));
    assertThat(ask(b, 2, of(Action.PREEMPT, B, 20, 10))).isEqualTo(Verdict.DONE);
    assertThat(state.attachments()).containsOnlyKeys(a, b);
    assertThat(record().abort()).isZero();
  }

  @Test
  void shouldGiveBackWithTheAttachment() {
    long a = attach(N1, A);
    ask(a, 1, of(Action.SIMPLE_RESERVE, A, 0, 0));
    assertThat(state.conflicts(volume, B, Access.READS)).isTrue();
    apply(new RcdCommand.LeaveNode(N1, 1)).orThrow();
    assertThat(state.attachments()).isEmpty();
    assertThat(state.conflicts(volume, B, Access.READS)).isFalse();
    assertThat(record().asked()).isEmpty();
  }

  @Test
  void shouldKeepRegistrationsLongerThanAttachments() {
    long a = attach(N1, A);
    ask(a, 1, register(A, 10));
    ask(a, 2, of(Action.RESERVE, A, 10, 0));
    apply(new RcdCommand.Detach(a)).orThrow();
    assertThat(state.conflicts(volume, B, Access.READS)).isTrue();
    long next = attach(N1, A);
    assertThat(ask(next, 1, of(Action.RELEASE, A, 10, 0))).isEqualTo(Verdict.DONE);
    assertThat(state.conflicts(volume, B, Access.READS)).isFalse();
  }

  @Test
  void shouldClearByForce() {
    long a = attach(N1, A);
    ask(a, 1, register(A, 10));
    ask(a, 2, of(Action.RESERVE, A, 10, 0));
    long revision = record().revision();
    assertRefused(clear(true, revision - 1), ErrorCode.PRECONDITION_FAILED);
    assertRefused(
        apply(new RcdCommand.ClearReservation(new UUID(1, 1), true, -1)), ErrorCode.NOT_FOUND);
    clear(true, revision).orThrow();
    assertThat(changes)
        .hasSize(1)
        .first()
        .isInstanceOfSatisfying(
            RcdChange.Reservation.class,
            told ->
                assertThat(told.attentions())
                    .isEqualTo(Map.of(A, Attention.RESERVATIONS_PREEMPTED)));
    assertThat(record().state().keys()).isEmpty();
    assertThat(state.conflicts(volume, B, Access.WRITES)).isFalse();
    ReservationRecord cleared = record();
    clear(true, revision).orThrow();
    assertThat(record()).as("nothing to clear").isEqualTo(cleared);
  }

  private RcdAnswer clear(boolean force, long expectedRevision) {
    return apply(new RcdCommand.ClearReservation(ID, force, expectedRevision));
  }

  @Test
  void shouldClearOfWhoIsThereByForceOnly() {
    long a = attach(N1, A);
    attach(N2, B);
    attach(N2, null);
    ask(a, 1, register(A, 10));
    ReservationRecord registered = record();
    assertRefused(clear(false, -1), ErrorCode.IN_USE);
    assertThat(record()).isEqualTo(registered);
    apply(new RcdCommand.Detach(a)).orThrow();
    clear(false, -1).orThrow();
    assertThat(record().state().kept()).as("others have it open").isFalse();
    long again = attach(N1, A);
    ask(again, 1, of(Action.SIMPLE_RESERVE, A, 0, 0));
    assertRefused(clear(false, -1), ErrorCode.IN_USE);
    clear(true, -1).orThrow();
    assertThat(state.conflicts(volume, B, Access.WRITES)).isFalse();
  }

  @Test
  void shouldGoWithTheVolumeAndComeBackFromASnapshot() throws IOException {
    long a = attach(N1, A);
    ask(a, 1, register(A, 10));
    ask(a, 2, of(Action.RESERVE, A, 10, 0));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.writeSnapshot(new DataOutputStream(bytes));
    RcdState read = new RcdState();
    read.readSnapshot(index, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(read.reservation(volume)).isEqualTo(record());
    assertThat(read.attachments()).isEqualTo(state.attachments());
    assertThat(state.copy().reservation(volume)).isEqualTo(record());
    apply(new RcdCommand.Detach(a)).orThrow();
    apply(new RcdCommand.DeleteVolume(ID, -1)).orThrow();
    assertThat(record().state()).isEqualTo(ReservationState.NONE);
  }
}
