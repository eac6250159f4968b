package io.aerie.engine.reservation;

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
 */
public record ReservationState(
    int generation,
    boolean persistent,
    SortedMap<Nexus, Long> keys,
    ReservationType type,
    Nexus holder) {
  /** Nobody. */
  public static final ReservationState NONE =
      new ReservationState(0, false, Collections.emptySortedMap(), null, null);

  /** What a command does with a volume, as far as reservations care. */
  public enum Access {
    NOTHING,
    READS,
    WRITES
  }

  public ReservationState {
    keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
  }

  public Optional<ReservationType> reserved() {
    return Optional.ofNullable(type);
  }

  /** Whether a nexus is a holder of the reservation. */
  public boolean holds(Nexus nexus) {
    return type != null && (type.heldByAll() ? keys.containsKey(nexus) : nexus.equals(holder));
  }

  /** Whether a command gets RESERVATION CONFLICT. */
  public boolean conflicts(Nexus nexus, Access access) {
    if (type == null || holds(nexus) || (type.admitsRegistrants() && keys.containsKey(nexus))) {
      return false;
    }
    return access == Access.WRITES || (access == Access.READS && type.excludesReads());
  }

  ReservationState withKeys(SortedMap<Nexus, Long> present) {
    return new ReservationState(generation, persistent, present, type, holder);
  }

  ReservationState withReservation(ReservationType of, Nexus by) {
    Nexus alone = of == null || of.heldByAll() ? null : by;
    return new ReservationState(generation, persistent, keys, of, alone);
  }

  ReservationState counted() {
    return new ReservationState(generation + 1, persistent, keys, type, holder);
  }

  ReservationState withPersistence(boolean wanted) {
    return new ReservationState(generation, wanted, keys, type, holder);
  }
}
