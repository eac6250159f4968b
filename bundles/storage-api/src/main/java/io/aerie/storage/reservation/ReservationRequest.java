package io.aerie.storage.reservation;

/**
 * A command that changes reservations: PERSISTENT RESERVE OUT, or RESERVE(6) and RELEASE(6).
 *
 * @param from the nexus that it came over
 * @param key the registered key that it proves to know
 * @param newKey to register, or of those to preempt: SERVICE ACTION RESERVATION KEY
 * @param type of the reservation; null with actions that have none
 * @param persistent APTPL; of the registering actions
 * @param move where the registration goes; null with actions that move none
 */
public record ReservationRequest(
    Action action,
    Nexus from,
    long key,
    long newKey,
    ReservationType type,
    boolean persistent,
    Move move) {
  /**
   * The service actions of PERSISTENT RESERVE OUT in their order, then the simple commands. In
   * RCD's log.
   */
  public enum Action {
    REGISTER,
    RESERVE,
    RELEASE,
    CLEAR,
    PREEMPT,
    PREEMPT_AND_ABORT,
    REGISTER_AND_IGNORE_EXISTING_KEY,
    REGISTER_AND_MOVE,
    /** RESERVE(6): the whole unit for one nexus, until it releases it or its attachment ends. */
    SIMPLE_RESERVE,
    /** RELEASE(6). */
    SIMPLE_RELEASE
  }

  /**
   * Where REGISTER AND MOVE puts the reservation.
   *
   * @param to the nexus that gets it
   * @param unregister whether who asks is registered no more
   */
  public record Move(Nexus to, boolean unregister) {}

  public ReservationRequest {
    boolean typed =
        switch (action) {
          case RESERVE, RELEASE, PREEMPT, PREEMPT_AND_ABORT -> true;
          default -> false;
        };
    if ((typed && type == null) || (action == Action.REGISTER_AND_MOVE && move == null)) {
      throw new IllegalArgumentException("incomplete: " + action);
    }
  }

  /** One that moves nothing. */
  public ReservationRequest(
      Action action, Nexus from, long key, long newKey, ReservationType type, boolean persistent) {
    this(action, from, key, newKey, type, persistent, null);
  }
}
