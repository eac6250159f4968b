package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameter list of EXTENDED COPY(LID1), SPC-4, section 6.4: what is copied, between which
 * units.
 *
 * <pre>
 * u8 list identifier | u8 flags | u16 length of the units' descriptors | 4 reserved
 * | u32 length of the segments' descriptors | u32 length of inline data
 * | units' descriptors, 32 bytes each | segments' descriptors, 28 bytes each
 * </pre>
 *
 * @param listId by which RECEIVE COPY RESULTS asks; negative: it can't
 * @param units in the order of their descriptors
 * @param segments in the order in which they are copied
 */
record CopyParameters(int listId, List<CopyUnit> units, List<Segment> segments) {
  static final int HEAD_BYTES = 16;
  static final int UNIT_BYTES = 32;
  static final int SEGMENT_BYTES = 28;
  static final int UNITS_MAX = 16;
  static final int SEGMENTS_MAX = 32;

  /** As many as the segment's field holds. */
  static final int SEGMENT_BLOCKS_MAX = 0xffff;

  static final int DESCRIPTORS_BYTES_MAX = UNITS_MAX * UNIT_BYTES + SEGMENTS_MAX * SEGMENT_BYTES;

  /** Lists up to this are read, so that what is wrong with one that is too long can be told. */
  static final int BYTES_MAX = 8 << 10;

  /** Type codes of the descriptors that are understood. */
  private static final int BLOCK_TO_BLOCK = 0x02;

  private static final int IDENTIFICATION = 0xe4;

  private static final int NO_LIST_ID = 3;
  private static final int RESERVED_USAGE = 1;
  private static final int NULL_DEVICE = 0x20;
  private static final int UNIT_ASSOCIATION_NAA = 0x03;
  private static final int COUNTS_DESTINATION = 0x02;

  CopyParameters {
    units = List.copyOf(units);
    segments = List.copyOf(segments);
  }

  /** Type codes of all descriptors that are understood, ascending. */
  static byte[] descriptorTypes() {
    return new byte[] {(byte) BLOCK_TO_BLOCK, (byte) IDENTIFICATION};
  }

  /**
   * A unit.
   *
   * @param naa its NAA identifier
   * @param blockBytes length of its blocks as the initiator knows it; 0: it doesn't say
   */
  record CopyUnit(long naa, int blockBytes) {
    /** Whether what the initiator knows is so. */
    boolean hasBlocksOf(int bytes) {
      return blockBytes == 0 || blockBytes == bytes;
    }
  }

  /**
   * Block device to block device, SPC-4, section 6.4.6.3.
   *
   * @param source index of the unit
   * @param destination index of the unit
   * @param countsDestination whether what is counted are blocks of the destination, or else of the
   *     source
   * @param sourceBlock the first
   * @param destinationBlock the first
   */
  record Segment(
      int source,
      int destination,
      int blockCount,
      boolean countsDestination,
      long sourceBlock,
      long destinationBlock) {}

  /** Reads a list; refuses what can't be carried out before anything is. */
  static CopyParameters of(ByteBuffer list) {
    ByteBuffer data = list.slice();
    if (data.remaining() < HEAD_BYTES) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    int unitsBytes = data.getShort(2) & 0xffff;
    long segmentsBytes = data.getInt(8) & 0xffff_ffffL;
    checkLengths(unitsBytes, segmentsBytes, data.getInt(12));
    if (HEAD_BYTES + unitsBytes + segmentsBytes > data.remaining()) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    int listId = listId(data.get(0) & 0xff, (data.get(1) >> 3) & 0x03);
    List<CopyUnit> units = new ArrayList<>();
    for (int at = HEAD_BYTES; at < HEAD_BYTES + unitsBytes; at += UNIT_BYTES) {
      units.add(unit(data.slice(at, UNIT_BYTES)));
    }
    List<Segment> segments = new ArrayList<>();
    int end = HEAD_BYTES + unitsBytes + (int) segmentsBytes;
    for (int at = HEAD_BYTES + unitsBytes; at < end; at += SEGMENT_BYTES) {
      segments.add(segment(data.slice(at, Math.min(SEGMENT_BYTES, end - at)), units.size()));
    }
    return new CopyParameters(listId, units, segments);
  }

  private static void checkLengths(int unitsBytes, long segmentsBytes, int inlineBytes) {
    if (inlineBytes != 0) {
      throw new CheckCondition(Sense.INLINE_DATA_LENGTH);
    }
    if (unitsBytes + segmentsBytes > DESCRIPTORS_BYTES_MAX) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    if (unitsBytes / UNIT_BYTES > UNITS_MAX) {
      throw new CheckCondition(Sense.TOO_MANY_COPY_UNITS);
    }
    if (segmentsBytes / SEGMENT_BYTES > SEGMENTS_MAX) {
      throw new CheckCondition(Sense.TOO_MANY_SEGMENTS);
    }
    if (unitsBytes % UNIT_BYTES != 0) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
  }

  private static int listId(int listId, int usage) {
    if (usage == RESERVED_USAGE || (usage == NO_LIST_ID && listId != 0)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
    return usage == NO_LIST_ID ? -1 : listId;
  }

  /** An identification descriptor of a block device that names it by NAA: SPC-4, 6.4.5.2. */
  private static CopyUnit unit(ByteBuffer unit) {
    if ((unit.get(0) & 0xff) != IDENTIFICATION) {
      throw new CheckCondition(Sense.UNSUPPORTED_COPY_UNIT);
    }
    // The type of a LUN (bits 6 and 7) says nothing here: the designator is none.
    if ((unit.get(1) & 0x1f) != 0) {
      throw new CheckCondition(Sense.COPY_UNIT_TYPE);
    }
    boolean ours =
        (unit.get(1) & NULL_DEVICE) == 0
            && (unit.get(4) & 0x0f) == 1
            && (unit.get(5) & 0x3f) == UNIT_ASSOCIATION_NAA
            && unit.get(7) == Long.BYTES;
    if (!ours) {
      throw new CheckCondition(Sense.COPY_UNIT_UNREACHABLE);
    }
    return new CopyUnit(unit.getLong(8), unit.getInt(28) & 0xff_ffff);
  }

  private static Segment segment(ByteBuffer segment, int unitCount) {
    if (segment.get(0) != BLOCK_TO_BLOCK) {
      throw new CheckCondition(Sense.UNSUPPORTED_SEGMENT);
    }
    if (segment.remaining() < SEGMENT_BYTES || segment.getShort(2) != SEGMENT_BYTES - 4) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
    int source = segment.getShort(4) & 0xffff;
    int destination = segment.getShort(6) & 0xffff;
    if (source >= unitCount || destination >= unitCount) {
      throw new CheckCondition(Sense.COPY_UNIT_UNREACHABLE);
    }
    return new Segment(
        source,
        destination,
        segment.getShort(10) & 0xffff,
        (segment.get(1) & COUNTS_DESTINATION) != 0,
        segment.getLong(12),
        segment.getLong(20));
  }
}
