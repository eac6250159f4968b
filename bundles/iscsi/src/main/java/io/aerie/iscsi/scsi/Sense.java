package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;

/**
 * Why a command failed, SPC-4, section 4.5. Numbers are those of its tables.
 *
 * @param key the class of failure, 0 to 15
 * @param code additional sense code in the high byte, its qualifier in the low one
 * @param information of the command, such as the offset of a difference; negative: none
 * @param segment of a copy that failed, from 0; negative: none
 */
public record Sense(int key, int code, long information, int segment) {
  public static final Sense NONE = new Sense(0x0, 0x0000);
  public static final Sense BECOMING_READY = new Sense(0x2, 0x0401);
  public static final Sense INTERVENTION_REQUIRED = new Sense(0x2, 0x0403);
  public static final Sense UNRECOVERED_READ_ERROR = new Sense(0x3, 0x1100);
  public static final Sense WRITE_ERROR = new Sense(0x3, 0x0c00);
  public static final Sense INTERNAL_FAILURE = new Sense(0x4, 0x4400);
  public static final Sense INVALID_OPCODE = new Sense(0x5, 0x2000);
  public static final Sense OUT_OF_RANGE = new Sense(0x5, 0x2100);
  public static final Sense INVALID_FIELD_IN_CDB = new Sense(0x5, 0x2400);
  public static final Sense UNIT_NOT_SUPPORTED = new Sense(0x5, 0x2500);
  public static final Sense INVALID_FIELD_IN_PARAMETERS = new Sense(0x5, 0x2600);
  public static final Sense PARAMETER_LIST_LENGTH = new Sense(0x5, 0x1a00);
  public static final Sense SAVING_NOT_SUPPORTED = new Sense(0x5, 0x3900);
  static final Sense TOO_MANY_COPY_UNITS = new Sense(0x5, 0x2606);
  static final Sense UNSUPPORTED_COPY_UNIT = new Sense(0x5, 0x2607);
  static final Sense TOO_MANY_SEGMENTS = new Sense(0x5, 0x2608);
  static final Sense UNSUPPORTED_SEGMENT = new Sense(0x5, 0x2609);
  static final Sense INLINE_DATA_LENGTH = new Sense(0x5, 0x260b);
  static final Sense OPERATION_IN_PROGRESS = new Sense(0x5, 0x0016);
  static final Sense INSUFFICIENT_RESOURCES = new Sense(0x5, 0x5503);
  static final Sense COPY_ABORTED = new Sense(0xa, 0x0000);
  static final Sense THIRD_PARTY_FAILURE = new Sense(0xa, 0x0d01);
  static final Sense COPY_UNIT_UNREACHABLE = new Sense(0xa, 0x0d02);
  static final Sense COPY_UNIT_TYPE = new Sense(0xa, 0x0d03);
  static final Sense INVALID_RELEASE = new Sense(0x5, 0x2604);
  static final Sense TOO_MANY_REGISTRATIONS = new Sense(0x5, 0x5504);
  static final Sense INEXACT_SEGMENT = new Sense(0xa, 0x260a);
  public static final Sense POWER_ON = new Sense(0x6, 0x2900);
  public static final Sense RESET_OCCURRED = new Sense(0x6, 0x2903);
  public static final Sense MODES_CHANGED = new Sense(0x6, 0x2a01);
  static final Sense RESERVATIONS_PREEMPTED = new Sense(0x6, 0x2a03);
  static final Sense RESERVATIONS_RELEASED = new Sense(0x6, 0x2a04);
  public static final Sense REGISTRATIONS_PREEMPTED = new Sense(0x6, 0x2a05);
  public static final Sense PATHS_CHANGED = new Sense(0x6, 0x2a06);
  public static final Sense CAPACITY_CHANGED = new Sense(0x6, 0x2a09);
  public static final Sense COMMANDS_CLEARED = new Sense(0x6, 0x2f00);
  public static final Sense UNITS_CHANGED = new Sense(0x6, 0x3f0e);
  public static final Sense WRITE_PROTECTED = new Sense(0x7, 0x2700);
  public static final Sense SPACE_ALLOCATION_FAILED = new Sense(0x7, 0x2707);
  public static final Sense ABORTED = new Sense(0xb, 0x0000);
  public static final Sense DATA_PHASE_ERROR = new Sense(0xb, 0x4b00);
  public static final Sense MISCOMPARE = new Sense(0xe, 0x1d00);

  /** Length of the fixed format, bytes. */
  static final int BYTES = 18;

  private Sense(int key, int code) {
    this(key, code, -1, -1);
  }

  Sense at(long offset) {
    return new Sense(key, code, offset, segment);
  }

  Sense inSegment(int number) {
    return new Sense(key, code, information, number);
  }

  /** The fixed format, 18 bytes. */
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    boolean valid = information >= 0 && information <= 0xffff_ffffL;
    bytes.put((byte) (0x70 | (valid ? 0x80 : 0)));
    bytes.put(2, (byte) key);
    bytes.putInt(3, valid ? (int) information : 0);
    bytes.put(7, (byte) (BYTES - 8));
    // Command-specific information: of a copy the last two bytes, SPC-4, section 5.16.7.4.
    bytes.putShort(10, (short) Math.max(0, segment));
    bytes.putShort(12, (short) code);
    return bytes.array();
  }
}
