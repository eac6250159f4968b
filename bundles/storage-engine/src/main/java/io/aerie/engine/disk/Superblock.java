package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.DiskIdentity;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * Says whose disk this is and from where to start. Kept twice; each change writes one copy,
 * flushes, then the other, so one good copy is always there and rot of either is harmless. The copy
 * with the higher sequence counts.
 *
 * <pre>
 *   0 magic "AERIEDSK"    8 | 8 format version   4 | 12 reserved        4
 *  16 cluster            16 | 32 disk           16
 *  48 generation          8 | 56 sequence        8
 *  64 capacity            8 | 72 ring offset     8 | 80 ring bytes      8
 *  88 table A offset      8 | 96 table B offset  8 | 104 table entries  4 | 108 table in use 4
 * 112 checksum offset     8 | 120 slot offset    8 | 128 slot count     4 | 132 reserved     4
 * 136 checkpoint LSN      8 | 144 tail LSN       8
 * 152 copy area offset    8 | 160 copy area bytes 8 (both 0: none)
 * 168 zero ... 4092 CRC32C of all before
 * </pre>
 *
 * All numbers are big-endian. Version 2 is version 1 and records of data in slots ({@link
 * DirectData}), version 3 that and records that delete one stream, version 4 that and blocks with a
 * second slot ({@link SlotTable}). The copy area came later within version 1: on an older disk its
 * two fields are zero.
 *
 * @param sequence raised with each write
 * @param tableInUse 0 (A) or 1 (B)
 * @param checkpointLsn the table holds all that was logged before; all of it was durable
 * @param tailLsn replay starts here: the oldest batch that holds an entry in doubt, or the
 *     checkpoint
 */
record Superblock(
    DiskIdentity identity,
    long sequence,
    DiskLayout layout,
    int tableInUse,
    long checkpointLsn,
    long tailLsn) {
  static final int FORMAT_VERSION = 4;

  /** The first one: a log without records of data in slots. Becomes the present one when opened. */
  private static final int FORMAT_VERSION_MIN = 1;

  private static final long MAGIC = 0x414552494544534bL;
  private static final int CRC_INDEX = Geometry.PAGE_BYTES - 4;

  Superblock withGeneration(long generation) {
    DiskIdentity raised = new DiskIdentity(identity.cluster(), identity.disk(), generation);
    return new Superblock(raised, sequence, layout, tableInUse, checkpointLsn, tailLsn);
  }

  Superblock withCheckpoint(int area, long checkpoint, long tail) {
    return new Superblock(identity, sequence, layout, area, checkpoint, tail);
  }

  Superblock next() {
    return new Superblock(identity, sequence + 1, layout, tableInUse, checkpointLsn, tailLsn);
  }

  void encode(ByteBuffer page) {
    zero(page);
    page.putLong(0, MAGIC).putInt(8, FORMAT_VERSION);
    putUuid(page, 16, identity.cluster());
    putUuid(page, 32, identity.disk());
    page.putLong(48, identity.generation()).putLong(56, sequence);
    page.putLong(64, layout.capacityBytes());
    page.putLong(72, layout.ringOffset()).putLong(80, layout.ringBytes());
    page.putLong(88, layout.tableOffsetA()).putLong(96, layout.tableOffsetB());
    page.putInt(104, layout.tableEntries()).putInt(108, tableInUse);
    page.putLong(112, layout.checksumOffset()).putLong(120, layout.slotOffset());
    page.putInt(128, layout.slotCount());
    page.putLong(136, checkpointLsn).putLong(144, tailLsn);
    page.putLong(152, layout.copyOffset()).putLong(160, layout.copyBytes());
    page.putInt(CRC_INDEX, Crc.of(page, 0, CRC_INDEX));
  }

  /** Whether a page claims to be a superblock of ours, of any version, whole or not. */
  static boolean isOurs(ByteBuffer page) {
    return page.getLong(0) == MAGIC;
  }

  /**
   * Empty when the page is not ours or damaged.
   *
   * @throws AerieException UNSUPPORTED_FORMAT for a version that this program does not know; a
   *     damaged page is not believed to be one when its checksum would say so for our own version
   */
  static Optional<Superblock> decode(ByteBuffer page) {
    if (!isOurs(page)) {
      return Optional.empty();
    }
    boolean whole = page.getInt(CRC_INDEX) == Crc.of(page, 0, CRC_INDEX);
    int version = page.getInt(8);
    boolean known = version >= FORMAT_VERSION_MIN && version <= FORMAT_VERSION;
    if (!known && whole) {
      throw new AerieException(
          ErrorCode.UNSUPPORTED_FORMAT,
          "The disk has format version " + version,
          "This program knows versions " + FORMAT_VERSION_MIN + " to " + FORMAT_VERSION + ".",
          "Use the program that wrote it, or a newer one.");
    }
    return whole ? Optional.of(fields(page)) : Optional.empty();
  }

  private static Superblock fields(ByteBuffer page) {
    DiskLayout layout =
        new DiskLayout(
            page.getLong(64),
            page.getLong(72),
            page.getLong(80),
            page.getLong(88),
            page.getLong(96),
            page.getInt(104),
            page.getLong(152),
            page.getLong(160),
            page.getLong(112),
            page.getLong(120),
            page.getInt(128));
    DiskIdentity identity = new DiskIdentity(uuid(page, 16), uuid(page, 32), page.getLong(48));
    return new Superblock(
        identity, page.getLong(56), layout, page.getInt(108), page.getLong(136), page.getLong(144));
  }

  static void putUuid(ByteBuffer page, int index, UUID uuid) {
    page.putLong(index, uuid.getMostSignificantBits());
    page.putLong(index + 8, uuid.getLeastSignificantBits());
  }

  static UUID uuid(ByteBuffer page, int index) {
    return new UUID(page.getLong(index), page.getLong(index + 8));
  }

  static void zero(ByteBuffer buffer) {
    for (int i = 0; i < buffer.limit(); i += Long.BYTES) {
      buffer.putLong(i, 0);
    }
  }
}
