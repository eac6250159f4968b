package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The ways to a unit: each node is one group of one port, and all of them reach the volume. The one
 * of the volume's owner does so without another hop (SPC-4, section 5.15).
 *
 * @param tags of all nodes' groups, 1 to 65535
 * @param optimised the owner's; 0 while there is none
 */
public record PortGroups(List<Integer> tags, int optimised) {
  private static final int OPTIMISED = 0x00;
  private static final int NOT_OPTIMISED = 0x01;
  private static final int PREFERRED = 0x80;

  /** Both states occur, and no other one. */
  private static final int SUPPORTED = 0x03;

  /** Only the target changes them: implicitly. */
  private static final int CHANGED_IMPLICITLY = 2;

  private static final int EXTENDED_HEADER = 1;
  private static final int GROUP_BYTES = 12;

  public PortGroups {
    tags = tags.stream().distinct().sorted().toList();
  }

  /** REPORT TARGET PORT GROUPS, SPC-4, section 6.37. */
  Outcome report(Cdb cdb) {
    int format = cdb.u8(1) >> 5;
    int allocation = cdb.allocation32(6);
    if (format > EXTENDED_HEADER || allocation < 4) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    int header = format == EXTENDED_HEADER ? 8 : 4;
    ByteBuffer data = ByteBuffer.allocate(header + GROUP_BYTES * tags.size());
    data.putInt(data.capacity() - 4);
    if (format == EXTENDED_HEADER) {
      data.putInt(EXTENDED_HEADER << 28);
    }
    for (int tag : tags) {
      boolean best = tag == optimised;
      data.put((byte) (best ? PREFERRED | OPTIMISED : NOT_OPTIMISED)).put((byte) SUPPORTED);
      data.putShort((short) tag).put((byte) 0).put((byte) CHANGED_IMPLICITLY);
      // One port: its number is the group's.
      data.put((byte) 0).put((byte) 1).putShort((short) 0).putShort((short) tag);
    }
    return Outcome.data(data.array(), allocation);
  }
}
