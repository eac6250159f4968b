package io.aerie.storage.reservation;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who is registered with a volume, and who has it reserved.
 *
 * @param generation PRGENERATION, 32 bits
 * @param persistent APTPL of the last registration
 * @param keys by nexus, never 0
 * @param type null when nothing is reserved
 * @param holder null when nothing is reserved, and when all who are registered hold it
 * @param simple who has it by RESERVE(6); null: nobody. Only while nobody is registered
 */
public record ReservationState(
    int generation,
    boolean persistent,
    SortedMap<Nexus, Long> keys,
    ReservationType type,
    Nexus holder,
    Nexus simple) {
  /** Nobody. */
  public static final ReservationState NONE =
      new ReservationState(0, false, Collections.emptySortedMap(), null, null, null);

  /** What a command does with a volume, as far as reservations care. */
  public enum Access {
    NOTHING,
    /** Asks how the unit is: TEST UNIT READY, which only RESERVE(6) of others excludes. */
    ASKS,
    READS,
    WRITES
  }

  public ReservationState {
    keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
  }

  public Optional<ReservationType> reserved() {
    return Optional.ofNullable(type);
  }

  /** Whether a nexus is a holder of the reservation; null is a client that is no initiator. */
  public boolean holds(Nexus nexus) {
    return type != null && (type.heldByAll() ? registered(nexus) : holder.equals(nexus));
  }

  /** Whether a nexus is registered; null is a client that is no initiator, and never is. */
  public boolean registered(Nexus nexus) {
    return nexus != null && keys.containsKey(nexus);
  }

  /** Whether there is anybody who is registered, or has it by RESERVE(6). */
  public boolean kept() {
    return !keys.isEmpty() || simple != null;
  }

  /** Whether a nexus is one of them; null is a client that is no initiator. */
  public boolean keptFor(Nexus nexus) {
    return registered(nexus) || (simple != null && simple.equals(nexus));
  }

  /**
   * Whether a command gets RESERVATION CONFLICT.
   *
   * @param nexus null for a client that is no initiator, such as one of NBD
   */
  public boolean conflicts(Nexus nexus, Access access) {
    if (simple != null) {
      return access != Access.NOTHING && !simple.equals(nexus);
    }
    if (type == null || holds(nexus) || (type.admitsRegistrants() && registered(nexus))) {
      return false;
    }
    return access == Access.WRITES || (access == Access.READS && type.excludesReads());
  }

  /** The attachment of a nexus has ended, and with it what RESERVE(6) gave it. */
  public ReservationState detached(Nexus nexus) {
    return simple == null || !simple.equals(nexus) ? this : withSimple(null);
  }

  ReservationState withKeys(SortedMap<Nexus, Long> present) {
    return new ReservationState(generation, persistent, present, type, holder, simple);
  }

  ReservationState withReservation(ReservationType of, Nexus by) {
    Nexus alone = of == null || of.heldByAll() ? null : by;
    return new ReservationState(generation, persistent, keys, of, alone, simple);
  }

  ReservationState counted() {
    return new ReservationState(generation + 1, persistent, keys, type, holder, simple);
  }

  ReservationState withPersistence(boolean wanted) {
    return new ReservationState(generation, wanted, keys, type, holder, simple);
  }

  ReservationState withSimple(Nexus by) {
    return new ReservationState(generation, persistent, keys, type, holder, by);
  }
}
