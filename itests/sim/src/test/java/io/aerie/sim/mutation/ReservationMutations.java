package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;

/** Bugs of reservations. */
final class ReservationMutations {
  private static final String SCENARIO = "H21PreemptedWritesAreSettledTest";
  private static final String LEDGER = "io.aerie.engine.rcd.ReservationLedgerTest";

  private ReservationMutations() {}

  static List<Mutation> all() {
    return List.of(
        mutation(
                "reservation-not-asked-when-numbered", "H21: reservations are checked at numbering")
            .in("owner/WriteOperation", "if (session.excluded(Access.WRITES)) {", "if (false) {")
            .seenBy(SCENARIO),
        mutation("reservation-not-asked-for-stripes", "H21: reservations are checked at numbering")
            .in(
                "owner/RowWrite",
                "part.session().ended() || excluded(part)",
                "part.session().ended()")
            .seenBy(SCENARIO),
        mutation("reads-not-excluded", "exclusive access excludes reads")
            .in(
                "owner/Session",
                "request.operation().reads() ? Access.READS",
                "request.operation().reads() ? Access.NOTHING")
            .in("owner/ReadOperation", "if (session.excluded(Access.READS)) {", "if (false) {")
            .seenBy(SCENARIO),
        mutation("reservation-without-the-owner", "H21: answered when the owner knows of it")
            .in(
                "client/ReservationCalls",
                "confirm(asked.index(), settled, index -> end(Verdict.DONE, null));",
                "end(Verdict.DONE, null);")
            .seenBy(SCENARIO),
        mutation("clearing-without-the-owner", "H21: answered when the owner knows of it")
            .in(
                "client/ReservationClearing",
                "confirm(index, /* settled= */ false, known -> end(null)));",
                "end(null));")
            .seenBy(SCENARIO),
        mutation("cleared-of-who-is-there", "only by force, of who has the volume open")
            .in("rcd/ReservationLedger", "if (!command.force()) {", "if (false) {")
            .seenBy(LEDGER),
        mutation("owner-answers-for-a-later-state", "H21: answered when the owner knows of it")
            .in("owner/OwnedVolume", "index >= question.index() &&", "")
            .seenBy(SCENARIO),
        mutation("former-owner-not-sealed-out", "H21: no owner of before numbers what is excluded")
            .in("owner/OwnedVolume", "question.index() == 0 || settled();", "true;")
            .seenBy(SCENARIO),
        mutation("aborted-writes-not-settled", "H21: PREEMPT AND ABORT answers when all is settled")
            .in(
                "owner/OwnedVolume",
                "known && excluded && (!question.settled() || orphans.isEmpty());",
                "known && excluded;")
            .seenBy(SCENARIO),
        mutation("aborted-stay-attached", "H21: what was under way is over, also when let in again")
            .in(
                "rcd/ReservationLedger",
                "outcome.aborted().forEach(nexus -> end(from.volume(), nexus));",
                "")
            .seenBy(SCENARIO, LEDGER),
        mutation("reservation-request-done-twice", "a repeated request is answered, not done again")
            .in(
                "rcd/ReservationLedger",
                "if (last != null && last.number() >= command.number()) {",
                "if (false) {")
            .seenBy(LEDGER),
        mutation("simple-reservation-stays", "RESERVE(6) ends with its attachment")
            .in(
                "rcd/RcdTables",
                "(volume, of) -> of.detached(c.attachment())",
                "(volume, of) -> of")
            .seenBy(LEDGER));
  }
}
