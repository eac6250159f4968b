package io.aerie.storage.reservation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What came of a request.
 *
 * @param state afterwards; the one before when it was refused
 * @param attentions whom to tell what
 * @param aborted nexuses whose tasks end
 */
public record ReservationOutcome(
    Verdict verdict,
    ReservationState state,
    SortedMap<Nexus, Attention> attentions,
    SortedSet<Nexus> aborted) {
  public ReservationOutcome {
    attentions = Collections.unmodifiableSortedMap(new TreeMap<>(attentions));
    aborted = Collections.unmodifiableSortedSet(new TreeSet<>(aborted));
  }

  /** Done, or why not. The order is in RCD's snapshots. */
  public enum Verdict {
    DONE,
    /** Status RESERVATION CONFLICT. */
    CONFLICT,
    /** ILLEGAL REQUEST, invalid field in parameter list. */
    INVALID_PARAMETERS,
    /** ILLEGAL REQUEST, invalid release of persistent reservation. */
    INVALID_RELEASE,
    /** ILLEGAL REQUEST, insufficient registration resources. */
    TOO_MANY
  }

  /** Unit attentions, additional sense codes 2A/03 to 2A/05. */
  public enum Attention {
    RESERVATIONS_PREEMPTED,
    RESERVATIONS_RELEASED,
    REGISTRATIONS_PREEMPTED
  }
}
