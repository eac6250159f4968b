package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * MODE SENSE and MODE SELECT, SPC-4, sections 6.11 to 6.14 and 7.5; SBC-3, 6.5. Nothing can be
 * changed, so selecting succeeds only with what is so already.
 */
final class ModePages {
  private static final int ALL = 0x3f;
  private static final int ALL_SUBPAGES = 0xff;

  /** DPO and FUA are understood (SBC-3, 6.5.2): every answered write is durable. */
  private static final int DEVICE_SPECIFIC = 0x10;

  private static final int WRITE_PROTECTED = 0x80;

  private static final byte[] ERROR_RECOVERY = page(0x01, 10);
  private static final byte[] CACHING = page(0x08, 18);
  private static final byte[] CONTROL = page(0x0a, 10);
  private static final byte[] EXCEPTIONS = page(0x1c, 10);

  static {
    CONTROL[3] = 0x10; // commands are reordered freely
  }

  private static final byte[][] PAGES = {ERROR_RECOVERY, CACHING, CONTROL, EXCEPTIONS};

  private ModePages() {}

  private static byte[] page(int code, int bodyBytes) {
    byte[] page = new byte[2 + bodyBytes];
    page[0] = (byte) code;
    page[1] = (byte) bodyBytes;
    return page;
  }

  /**
   * @param blockCount of the unit
   * @param blockBytes length of a block
   * @param readOnly whether the unit is write-protected
   */
  static Outcome sense(Cdb cdb, long blockCount, int blockBytes, boolean readOnly) {
    boolean six = cdb.operation() == Operation.MODE_SENSE_6;
    int control = cdb.u8(2) >> 6;
    if (control == 3) {
      throw new CheckCondition(Sense.SAVING_NOT_SUPPORTED);
    }
    byte[] pages = pages(cdb.u8(2) & ALL, cdb.u8(3), /* changeable= */ control == 1);
    boolean described = !cdb.has(1, 0x08);
    boolean large = !six && cdb.has(1, 0x10);
    byte[] descriptor = described ? descriptor(blockCount, blockBytes, large) : new byte[0];
    byte deviceSpecific = (byte) (DEVICE_SPECIFIC | (readOnly ? WRITE_PROTECTED : 0));
    int headBytes = six ? 4 : 8;
    ByteBuffer data = ByteBuffer.allocate(headBytes + descriptor.length + pages.length);
    if (six) {
      data.put(0, (byte) (data.capacity() - 1)).put(2, deviceSpecific);
      data.put(3, (byte) descriptor.length);
    } else {
      data.putShort(0, (short) (data.capacity() - 2)).put(3, deviceSpecific);
      data.put(4, (byte) (described && large ? 1 : 0)).putShort(6, (short) descriptor.length);
    }
    data.position(headBytes).put(descriptor).put(pages);
    return Outcome.data(data.array(), six ? cdb.u8(4) : cdb.u16(7));
  }

  private static byte[] descriptor(long blockCount, int blockBytes, boolean large) {
    if (large) {
      return ByteBuffer.allocate(16).putLong(blockCount).putInt(12, blockBytes).array();
    }
    int count = (int) Math.min(blockCount, 0xffff_ffffL);
    return ByteBuffer.allocate(8).putInt(count).putInt(blockBytes).array();
  }

  private static byte[] pages(int code, int subpage, boolean changeable) {
    if (subpage != 0 && !(subpage == ALL_SUBPAGES)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    ByteBuffer all = ByteBuffer.allocate(256);
    for (byte[] page : PAGES) {
      if (code == ALL || code == page[0]) {
        byte[] shown = page.clone();
        if (changeable) {
          Arrays.fill(shown, 2, shown.length, (byte) 0);
        }
        all.put(shown);
      }
    }
    if (all.position() == 0) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    return Arrays.copyOf(all.array(), all.position());
  }

  /**
   * @param blockCount of the unit
   * @param blockBytes length of a block
   */
  static Work select(Cdb cdb, long blockCount, int blockBytes) {
    boolean six = cdb.operation() == Operation.MODE_SELECT_6;
    if (!cdb.has(1, 0x10) || cdb.has(1, 0x01)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    int length = six ? cdb.u8(4) : cdb.u16(7);
    return new Work(
        length,
        0,
        data -> {
          if (length > 0) {
            check(data.duplicate(), six, blockCount, blockBytes);
          }
          return java.util.concurrent.CompletableFuture.completedFuture(Outcome.DONE);
        });
  }

  private static void check(ByteBuffer data, boolean six, long blockCount, int blockBytes) {
    int headBytes = six ? 4 : 8;
    if (data.remaining() < headBytes) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    int at = data.position();
    int descriptorBytes = six ? data.get(at + 3) & 0xff : data.getShort(at + 6) & 0xffff;
    if (data.remaining() < headBytes + descriptorBytes) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    if (descriptorBytes > 0) {
      boolean large = !six && (data.get(at + 4) & 1) != 0;
      byte[] present = descriptor(blockCount, blockBytes, large);
      byte[] given = new byte[descriptorBytes];
      data.get(at + headBytes, given);
      if (!Arrays.equals(given, present)) {
        throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
      }
    }
    data.position(at + headBytes + descriptorBytes);
    while (data.hasRemaining()) {
      checkPage(data);
    }
  }

  private static void checkPage(ByteBuffer data) {
    int code = data.get(data.position()) & 0x3f;
    for (byte[] page : PAGES) {
      if (page[0] == code) {
        if (data.remaining() < page.length) {
          throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
        }
        byte[] given = new byte[page.length];
        data.get(given);
        if (!Arrays.equals(given, page)) {
          throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
        }
        return;
      }
    }
    throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
  }
}
