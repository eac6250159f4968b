package io.aerie.ardfs.lists;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Ids that say when they were made: UUIDs of version 7 (RFC 9562, section 5.7). So RCD needs no
 * clock, and its records no field for people only.
 *
 * <pre>
 *  u48 milliseconds since 1970 | 4 bits: 7 | 12 random bits || 2 bits: 2 | 62 random bits
 * </pre>
 */
public final class TimedIds {
  private static final int VERSION = 7;
  private static final int VARIANT = 2;

  private TimedIds() {}

  /** A new one. */
  public static UUID make(long epochMs, RandomGenerator random) {
    long high = epochMs << 16 | VERSION << 12 | (random.nextLong() & 0xfff);
    return new UUID(high, random.nextLong() >>> 2 | (long) VARIANT << 62);
  }

  /** When it was made; empty for ids of other kinds. */
  static Optional<Instant> timeOf(UUID id) {
    return id.version() == VERSION && id.variant() == VARIANT
        ? Optional.of(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
        : Optional.empty();
  }
}
