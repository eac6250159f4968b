package io.aerie.engine.reservation;

/**
 * A PERSISTENT RESERVE OUT command.
 *
 * @param from the nexus that it came over
 * @param key the registered key that it proves to know
 * @param newKey to register, or of those to preempt: SERVICE ACTION RESERVATION KEY
 * @param type of the reservation; null with actions that have none
 * @param persistent APTPL; of the registering actions
 */
public record ReservationRequest(
    Action action, Nexus from, long key, long newKey, ReservationType type, boolean persistent) {
  /** Service actions, by their number. */
  public enum Action {
    REGISTER,
    RESERVE,
    RELEASE,
    CLEAR,
    PREEMPT,
    PREEMPT_AND_ABORT,
    REGISTER_AND_IGNORE_EXISTING_KEY
  }
}
