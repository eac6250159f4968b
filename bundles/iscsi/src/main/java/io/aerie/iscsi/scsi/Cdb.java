package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;

/** A command as it came, 16 bytes, the unused ones zero. */
final class Cdb {
  static final int BYTES = 16;

  private final ByteBuffer bytes;
  private final Operation operation;

  Cdb(byte[] cdb) {
    bytes = ByteBuffer.wrap(cdb);
    operation = Operation.of(u8(0), u8(1) & 0x1f);
  }

  /** Null when the command is not understood. */
  Operation operation() {
    return operation;
  }

  int u8(int offset) {
    return bytes.get(offset) & 0xff;
  }

  int u16(int offset) {
    return bytes.getShort(offset) & 0xffff;
  }

  long u32(int offset) {
    return bytes.getInt(offset) & 0xffff_ffffL;
  }

  boolean has(int offset, int mask) {
    return (u8(offset) & mask) != 0;
  }

  /** The allocation length at an offset, 4 bytes, as an int: nothing we answer is longer. */
  int allocation32(int offset) {
    return (int) Math.min(u32(offset), Integer.MAX_VALUE);
  }

  /** The first block, where the length of the command puts it; beyond 2^63: the largest number. */
  long firstBlock() {
    return switch (operation.cdbBytes()) {
      case 6 -> u32(0) & 0x1f_ffff;
      case 10, 12 -> u32(2);
      default -> bytes.getLong(2) < 0 ? Long.MAX_VALUE : bytes.getLong(2);
    };
  }

  /** How many blocks, where the length of the command puts it. */
  long blockCount() {
    if (operation == Operation.COMPARE_AND_WRITE) {
      return u8(13);
    }
    return switch (operation.cdbBytes()) {
      case 6 -> u8(4) == 0 ? 256 : u8(4);
      case 10 -> u16(7);
      case 12 -> u32(6);
      default -> u32(10);
    };
  }
}
