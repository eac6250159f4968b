package io.aerie.storage.reservation;

import io.aerie.storage.reservation.ReservationOutcome.Attention;

/** Learns what reservations do to an open volume. On storage's loop: must not wait. */
public interface ReservationListener {
  /** Nobody to tell. */
  ReservationListener NONE =
      new ReservationListener() {
        @Override
        public void attention(Attention what) {}

        @Override
        public void aborted() {}
      };

  /** Another initiator did something that this one is to be told. */
  void attention(Attention what);

  /**
   * Another initiator preempted this one's registration and aborts its tasks: the attachment has
   * ended, and with it all that was under way. To open the volume again is allowed. May come before
   * the opening is complete.
   */
  void aborted();
}
