package io.aerie.storage.reservation;

import java.util.Optional;

/** Types of SPC-4, table "Persistent reservation TYPE field". */
public enum ReservationType {
  WRITE_EXCLUSIVE(1),
  EXCLUSIVE_ACCESS(3),
  WRITE_EXCLUSIVE_REGISTRANTS_ONLY(5),
  EXCLUSIVE_ACCESS_REGISTRANTS_ONLY(6),
  WRITE_EXCLUSIVE_ALL_REGISTRANTS(7),
  EXCLUSIVE_ACCESS_ALL_REGISTRANTS(8);

  private final int number;

  ReservationType(int number) {
    this.number = number;
  }

  /** As it stands in commands. */
  public int number() {
    return number;
  }

  /** The type of a number; empty when it is none. */
  public static Optional<ReservationType> of(int number) {
    for (ReservationType type : values()) {
      if (type.number == number) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** Whether who is shut out may not even read. */
  public boolean excludesReads() {
    return this == EXCLUSIVE_ACCESS
        || this == EXCLUSIVE_ACCESS_REGISTRANTS_ONLY
        || this == EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
  }

  /** Whether all who are registered have access, not the holder alone. */
  public boolean admitsRegistrants() {
    return this != WRITE_EXCLUSIVE && this != EXCLUSIVE_ACCESS;
  }

  /** Whether all who are registered hold it. */
  public boolean heldByAll() {
    return this == WRITE_EXCLUSIVE_ALL_REGISTRANTS || this == EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
  }
}
