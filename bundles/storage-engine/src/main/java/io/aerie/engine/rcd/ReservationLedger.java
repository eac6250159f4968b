package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand.ChangeReservation;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.engine.rcd.RcdCommand.ReservationCommand;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationOutcome;
import io.aerie.storage.reservation.ReservationRules;
import java.util.List;
import java.util.Optional;

/**
 * Keeps reservations. Who is preempted and aborted loses his attachments in the same command: what
 * they have under way is over then (H21), also should he be let in again at once.
 */
final class ReservationLedger {
  private final RcdTables tables;

  ReservationLedger(RcdTables tables) {
    this.tables = tables;
  }

  RcdAnswer apply(long index, ReservationCommand command) {
    return command instanceof ChangeReservation c
        ? change(index, c)
        : clear(index, (ClearReservation) command);
  }

  private RcdAnswer change(long index, ChangeReservation command) {
    AttachmentRecord from = tables.attachments.get(command.generation());
    if (from == null) {
      throw new AerieException(ErrorCode.FENCED, "The attachment has ended");
    }
    if (!from.nexus().equals(Optional.of(command.request().from()))) {
      throw new AerieException(ErrorCode.INVALID_VALUE, "Another initiator has that attachment");
    }
    ReservationRecord before = tables.reservation(from.volume());
    ReservationRecord.Asked last = before.asked().get(command.generation());
    if (last != null && last.number() >= command.number()) {
      return RcdAnswer.done(last.index());
    }
    ReservationOutcome outcome = ReservationRules.apply(before.state(), command.request());
    ReservationRecord.Asked how =
        new ReservationRecord.Asked(command.number(), outcome.verdict(), index);
    ReservationRecord after = before.answered(command.generation(), how, outcome.state());
    boolean aborts = !outcome.aborted().isEmpty();
    tables.change(
        new RcdChange.Reservation(aborts ? after.aborted(index) : after, outcome.attentions()));
    outcome.aborted().forEach(nexus -> end(from.volume(), nexus));
    return RcdAnswer.done(index);
  }

  private void end(long volume, Nexus nexus) {
    for (long generation : List.copyOf(tables.index().attachmentsOfVolume.of(volume))) {
      AttachmentRecord attachment = tables.attachments.get(generation);
      if (attachment.nexus().filter(nexus::equals).isPresent()) {
        tables.change(new RcdChange.Detached(attachment));
      }
    }
  }

  private RcdAnswer clear(long index, ClearReservation command) {
    Long volume = tables.index().volumeOfId.get(command.volume());
    if (volume == null) {
      throw RcdRules.notFound("volume", command.volume());
    }
    ReservationRecord before = tables.reservation(volume);
    if (!before.state().kept()) {
      return RcdAnswer.done(before.revision());
    }
    if (command.expectedRevision() >= 0 && command.expectedRevision() != before.revision()) {
      throw RcdRules.precondition(
          "The volume's reservations have changed",
          "Their revision is " + before.revision() + ", not " + command.expectedRevision() + ".");
    }
    if (!command.force()) {
      requireGone(before);
    }
    ReservationOutcome outcome = ReservationRules.clear(before.state());
    tables.change(
        new RcdChange.Reservation(before.with(outcome.state(), index), outcome.attentions()));
    return RcdAnswer.done(index);
  }

  /** Who still has the volume open may rely on what he reserved. */
  private void requireGone(ReservationRecord record) {
    for (long generation : tables.index().attachmentsOfVolume.of(record.volume())) {
      AttachmentRecord attachment = tables.attachments.get(generation);
      if (attachment.nexus().filter(record.state()::keptFor).isPresent()) {
        throw new AerieException(
            ErrorCode.IN_USE,
            "An initiator that would lose its reservation or registration has the volume open",
            "It is " + attachment.nexus().get().initiator() + " on node " + attachment.node() + ".",
            "Let it release, or another one preempt it; by force it is cleared all the same.");
      }
    }
  }
}
