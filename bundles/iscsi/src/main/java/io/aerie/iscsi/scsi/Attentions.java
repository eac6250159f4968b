package io.aerie.iscsi.scsi;

import io.aerie.storage.reservation.ReservationOutcome.Attention;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Unit attentions that one initiator has not been told yet, SAM-5, section 5.14. Any thread adds;
 * bounded, because each kind is kept once.
 */
public final class Attentions {
  private final Deque<Sense> pending = new ArrayDeque<>();

  /** Adds one; one that is pending already is told once. */
  public synchronized void add(Sense attention) {
    if (!pending.contains(attention)) {
      pending.add(attention);
    }
  }

  /** Adds what another initiator's reservations did to this one. */
  public void add(Attention what) {
    add(
        switch (what) {
          case RESERVATIONS_PREEMPTED -> Sense.RESERVATIONS_PREEMPTED;
          case RESERVATIONS_RELEASED -> Sense.RESERVATIONS_RELEASED;
          case REGISTRATIONS_PREEMPTED -> Sense.REGISTRATIONS_PREEMPTED;
        });
  }

  /** The oldest, which is told now; null when there is none. */
  synchronized Sense take() {
    return pending.poll();
  }
}
