package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** INQUIRY and its pages of vital product data, SPC-4, sections 6.6 and 7.8; SBC-3, 6.6. */
final class Inquiry {
  private static final int PAGES = 0x00;
  private static final int SERIAL = 0x80;
  private static final int IDENTIFICATION = 0x83;
  private static final int EXTENDED = 0x86;
  private static final int BLOCK_LIMITS = 0xb0;
  private static final int CHARACTERISTICS = 0xb1;
  private static final int PROVISIONING = 0xb2;

  /**
   * The largest range that WRITE SAME writes, and of UNMAP: long enough to clear, short against
   * time limits, bytes.
   */
  private static final int CLEARED_BYTES_MAX = 512 << 20;

  static final int UNMAP_DESCRIPTORS_MAX = 256;

  /** More than one could lie in two blocks of storage, which are not changed together. */
  static final int COMPARE_AND_WRITE_BLOCKS_MAX = 1;

  private static final int OPTIMAL_TRANSFER_BYTES = 1 << 20;

  private static final int STANDARD_BYTES = 96;

  private Inquiry() {}

  /** The most blocks of one range that WRITE SAME writes, or UNMAP unmaps. */
  static long clearedBlocksMax(int blockBytes) {
    return CLEARED_BYTES_MAX / blockBytes;
  }

  static Outcome answer(Cdb cdb, Unit unit) {
    int allocation = cdb.u16(3);
    if (cdb.has(1, 0xfe)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    if (!cdb.has(1, 1)) {
      if (cdb.u8(2) != 0) {
        throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
      }
      return Outcome.data(standard(0x00), allocation);
    }
    byte[] body =
        switch (cdb.u8(2)) {
          case PAGES ->
              new byte[] {
                PAGES,
                (byte) SERIAL,
                (byte) IDENTIFICATION,
                (byte) EXTENDED,
                (byte) ThirdPartyCopyPage.CODE,
                (byte) BLOCK_LIMITS,
                (byte) CHARACTERISTICS,
                (byte) PROVISIONING
              };
          case SERIAL -> unit.volumeId().getBytes(StandardCharsets.US_ASCII);
          case IDENTIFICATION -> identification(unit);
          case EXTENDED -> extended();
          case ThirdPartyCopyPage.CODE -> ThirdPartyCopyPage.body(unit);
          case BLOCK_LIMITS -> blockLimits(unit);
          // Not rotating; form factor not reported.
          case CHARACTERISTICS -> ByteBuffer.allocate(60).putShort((short) 1).array();
          // Unmapping by UNMAP and both WRITE SAME; unmapped blocks read as zeroes; thin.
          case PROVISIONING -> new byte[] {0, (byte) 0xe4, 2, 0};
          default -> throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
        };
    ByteBuffer page = ByteBuffer.allocate(4 + body.length);
    page.put(1, (byte) cdb.u8(2)).putShort(2, (short) body.length).position(4).put(body);
    return Outcome.data(page.array(), allocation);
  }

  /** For a number that no logical unit has; at number 0 the target itself still answers. */
  static Outcome answerAbsent(Cdb cdb, boolean zero) {
    if (cdb.has(1, 1) || cdb.u8(2) != 0) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    return Outcome.data(standard(zero ? 0x3f : 0x7f), cdb.u16(3));
  }

  private static byte[] standard(int peripheral) {
    ByteBuffer data = ByteBuffer.allocate(STANDARD_BYTES);
    data.put((byte) peripheral).put((byte) 0);
    // SPC-4; hierarchical numbers, response format 2.
    data.put((byte) 0x06).put((byte) 0x12).put((byte) (STANDARD_BYTES - 5));
    // The target alone decides which ways are good; third-party copy; command queueing.
    data.put(5, (byte) (peripheral == 0 ? 0x18 : 0)).put(7, (byte) 0x02);
    data.position(8).put(ascii(Unit.VENDOR + Unit.PRODUCT + Unit.REVISION));
    data.position(58);
    for (int version : new int[] {0x00a0, 0x0960, 0x0460, 0x04c0}) {
      data.putShort((short) version);
    }
    return data.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] identification(Unit unit) {
    ByteBuffer page = ByteBuffer.allocate(1024);
    // The unit: NAA, then vendor and volume.
    designator(page, 0x01, 0x03, ByteBuffer.allocate(8).putLong(unit.naa()).array());
    designator(page, 0x02, 0x01, ascii(Unit.VENDOR + unit.volumeId()));
    // The port: its number, its group, then its name; the target's name.
    int tag = unit.portalGroupTag();
    byte[] number = ByteBuffer.allocate(4).putShort(2, (short) tag).array();
    designator(page, 0x51, 0x14, number);
    designator(page, 0x51, 0x15, number);
    designator(page, 0x53, 0x18, name(unit.targetName() + ",t,0x" + String.format("%04x", tag)));
    designator(page, 0x53, 0x28, name(unit.targetName()));
    return Arrays.copyOf(page.array(), page.position());
  }

  /** A name string is ended by a zero and padded to four bytes. */
  private static byte[] name(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(text, (text.length + 4) / 4 * 4);
  }

  private static void designator(ByteBuffer page, int codeSet, int type, byte[] value) {
    boolean port = (type & 0x30) != 0;
    page.put((byte) codeSet).put((byte) (port ? type | 0x80 : type));
    page.put((byte) 0).put((byte) value.length).put(value);
  }

  private static byte[] extended() {
    byte[] page = new byte[60];
    page[1] = 0x07; // simple, ordered and head of queue
    page[2] = 0x00; // no volatile cache
    page[3] = 0x01; // a unit attention on one port doesn't clear it for others
    return page;
  }

  private static byte[] blockLimits(Unit unit) {
    int blockBytes = unit.blockBytes();
    ByteBuffer page = ByteBuffer.allocate(60);
    page.put(0, (byte) 1); // WRITE SAME of 0 blocks is refused
    page.put(1, (byte) COMPARE_AND_WRITE_BLOCKS_MAX);
    page.putShort(2, (short) (1 << unit.physicalExponent()));
    page.putInt(4, Unit.TRANSFER_BYTES_MAX / blockBytes);
    page.putInt(8, OPTIMAL_TRANSFER_BYTES / blockBytes);
    page.putInt(16, (int) clearedBlocksMax(blockBytes));
    page.putInt(20, UNMAP_DESCRIPTORS_MAX);
    page.putInt(24, Unit.UNMAP_UNIT_BYTES / blockBytes);
    page.putInt(28, 0x8000_0000); // aligned to 0, and that is known
    page.putLong(32, clearedBlocksMax(blockBytes));
    return page.array();
  }
}
