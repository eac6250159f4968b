package io.aerie.engine.disk;

import io.aerie.engine.store.Geometry;

/**
 * What can be chosen when a disk is formatted.
 *
 * @param ringBytes size of the log ring, whole pages. A record is at most a sixth of it, so copies
 *     of whole blocks need 32 MiB; smaller ones are for tests
 * @param copyBytes size of the {@link CopyArea}, an even number of pages; 0 for none
 */
public record FormatOptions(long ringBytes, long copyBytes) {
  /**
   * What is logged stays in memory until a checkpoint, at a third of the ring, brings it to its
   * slots: this bounds a disk's memory as well as the time of replay.
   */
  private static final long RING_BYTES_MAX = 64L * 1024 * 1024;

  /** Holds seven copies of whole blocks. */
  private static final long RING_BYTES_MIN = 32L * 1024 * 1024;

  /** The ring is at most this part of a small disk. */
  private static final int RING_PART = 16;

  /**
   * Two generations of the largest ConfigDB, should nothing of it compress: 64 MiB and what frames
   * its documents.
   */
  private static final long COPY_BYTES_MAX = 2L * 68 * 1024 * 1024;

  /** The copy area is at most this part of a small disk. */
  private static final int COPY_PART = 32;

  /** A disk without a copy area. */
  public FormatOptions(long ringBytes) {
    this(ringBytes, 0);
  }

  /** The usual choice for a disk of this size. */
  public static FormatOptions defaults(long capacityBytes) {
    long part = capacityBytes / RING_PART / Geometry.PAGE_BYTES * Geometry.PAGE_BYTES;
    long copyUnit = 2L * Geometry.PAGE_BYTES;
    long copyPart = capacityBytes / COPY_PART / copyUnit * copyUnit;
    return new FormatOptions(
        Math.max(RING_BYTES_MIN, Math.min(RING_BYTES_MAX, part)),
        Math.min(COPY_BYTES_MAX, copyPart));
  }
}
