package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Geometry;

/**
 * Where everything lies on the disk, in bytes from its start. Written into the superblock, never
 * computed again.
 *
 * <pre>
 * 0          superblock A            (4 KiB)
 * 512 KiB    superblock B            (4 KiB)
 * 1 MiB      log ring                (ringBytes)
 *            table area A            (tableEntries x 128 bytes)
 *            table area B            (as much)
 *            copy area               (copyBytes, maybe none: {@link CopyArea})
 *            page checksums          (slotCount x 4 KiB)
 *            slots                   (slotCount x 4 MiB)
 * </pre>
 *
 * <p>Entries and slots are allocated apart: a block that is only zero has an entry without a slot,
 * and streams have entries too, so there are a quarter and 1,024 more entries than slots.
 */
record DiskLayout(
    long capacityBytes,
    long ringOffset,
    long ringBytes,
    long tableOffsetA,
    long tableOffsetB,
    int tableEntries,
    long copyOffset,
    long copyBytes,
    long checksumOffset,
    long slotOffset,
    int slotCount) {
  static final long SUPERBLOCK_OFFSET_A = 0;
  static final long SUPERBLOCK_OFFSET_B = 512 * 1024;
  static final long HEAD_BYTES = 1024 * 1024;
  static final int ENTRY_BYTES = 128;
  static final int ENTRIES_PER_PAGE = Geometry.PAGE_BYTES / ENTRY_BYTES;

  /** Below this not even the smallest records of a test fit. */
  private static final long RING_BYTES_MIN = 256 * 1024;

  private static final int SPARE_ENTRIES = 1024;

  /** Uses all of a device. */
  static DiskLayout plan(long deviceBytes, FormatOptions options) {
    long ringBytes = options.ringBytes();
    long copyBytes = options.copyBytes();
    long capacity = deviceBytes / Geometry.PAGE_BYTES * Geometry.PAGE_BYTES;
    if (ringBytes < RING_BYTES_MIN || ringBytes % Geometry.PAGE_BYTES != 0) {
      throw new AerieException(
          ErrorCode.INVALID_SIZE,
          "A log ring of " + ringBytes + " bytes is not possible",
          "It is at least " + RING_BYTES_MIN + " bytes and whole pages of 4 KiB.",
          "");
    }
    if (copyBytes < 0 || copyBytes % (2 * Geometry.PAGE_BYTES) != 0) {
      throw new AerieException(
          ErrorCode.INVALID_SIZE,
          "A copy area of " + copyBytes + " bytes is not possible",
          "It is an even number of pages of 4 KiB.",
          "");
    }
    long perSlot = Geometry.BLOCK_BYTES + Geometry.PAGE_BYTES + 2 * ENTRY_BYTES;
    long slots =
        Math.min(Integer.MAX_VALUE / 2, (capacity - HEAD_BYTES - ringBytes - copyBytes) / perSlot);
    while (slots > 0) {
      DiskLayout layout = of(capacity, options, (int) slots);
      if (layout.slotOffset + slots * Geometry.BLOCK_BYTES <= capacity) {
        return layout;
      }
      slots -= Math.max(1, slots / 100_000);
    }
    throw new AerieException(
        ErrorCode.INVALID_SIZE,
        "The disk is too small: " + deviceBytes + " bytes",
        "Log ring and tables leave no room for a single block.",
        "Use a larger disk.");
  }

  private static DiskLayout of(long capacity, FormatOptions options, int slots) {
    long ringBytes = options.ringBytes();
    long wanted = slots + slots / 4L + SPARE_ENTRIES;
    int entries = (int) ((wanted + ENTRIES_PER_PAGE - 1) / ENTRIES_PER_PAGE * ENTRIES_PER_PAGE);
    long tableA = HEAD_BYTES + ringBytes;
    long tableB = tableA + (long) entries * ENTRY_BYTES;
    long copies = tableB + (long) entries * ENTRY_BYTES;
    long checksums = copies + options.copyBytes();
    long slotOffset = checksums + (long) slots * Geometry.PAGE_BYTES;
    return new DiskLayout(
        capacity,
        HEAD_BYTES,
        ringBytes,
        tableA,
        tableB,
        entries,
        options.copyBytes() == 0 ? 0 : copies,
        options.copyBytes(),
        checksums,
        slotOffset,
        slots);
  }

  /**
   * So many blocks may have a second slot while their data moves; as many slots are no blocks'
   * first ones, so that moving takes no room from what is new.
   */
  int secondSlotsMax() {
    return Math.min(slotCount / 8, Math.max(8, slotCount / 64));
  }

  /** Bytes of blocks that have room. */
  long usableBytes() {
    return (long) (slotCount - secondSlotsMax()) * Geometry.BLOCK_BYTES;
  }

  /** Where the log ring and the tables end, all of which begins as zeroes. */
  long tablesEnd() {
    return tableOffsetB + (long) tableEntries * ENTRY_BYTES;
  }

  int tablePages() {
    return tableEntries / ENTRIES_PER_PAGE;
  }

  long tablePageOffset(int area, int page) {
    return (area == 0 ? tableOffsetA : tableOffsetB) + (long) page * Geometry.PAGE_BYTES;
  }

  long checksumPageOffset(int slot) {
    return checksumOffset + (long) slot * Geometry.PAGE_BYTES;
  }

  long pageOffset(int slot, int page) {
    return slotOffset + (long) slot * Geometry.BLOCK_BYTES + (long) page * Geometry.PAGE_BYTES;
  }

  /** Where a place in the log lies on the disk. */
  long ringPosition(long lsn) {
    return ringOffset + lsn % ringBytes;
  }

  int lap(long lsn) {
    return (int) (lsn / ringBytes);
  }
}
