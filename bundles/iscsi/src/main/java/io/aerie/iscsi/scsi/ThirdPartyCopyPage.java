package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is told of EXTENDED COPY in the page of vital product data 8F, SPC-4, section 7.8.17: the
 * same as RECEIVE COPY RESULTS tells, for initiators that look here first.
 *
 * <pre>
 * descriptors of: u16 type | u16 length of what follows, a multiple of 4 | that
 * </pre>
 */
final class ThirdPartyCopyPage {
  static final int CODE = 0x8f;

  private static final int SUPPORTED_COMMANDS = 0x0001;
  private static final int PARAMETER_DATA = 0x0004;
  private static final int SUPPORTED_DESCRIPTORS = 0x0008;
  private static final int SUPPORTED_UNIT_IDENTIFIERS = 0x000c;
  private static final int GENERAL_COPY_OPERATIONS = 0x8001;

  private static final int PARAMETER_DATA_BYTES = 28;
  private static final int GENERAL_COPY_OPERATIONS_BYTES = 32;
  private static final int BYTES_MAX = 256;

  private ThirdPartyCopyPage() {}

  /** All that follows the page's head. */
  static byte[] body(Unit unit) {
    ByteBuffer page = ByteBuffer.allocate(BYTES_MAX);
    descriptor(page, SUPPORTED_COMMANDS, counted(commands()));
    descriptor(page, PARAMETER_DATA, parameterData());
    descriptor(page, SUPPORTED_DESCRIPTORS, counted(CopyParameters.descriptorTypes()));
    // Units are named by their place in the list alone: none of the identifiers beyond those.
    descriptor(page, SUPPORTED_UNIT_IDENTIFIERS, new byte[Short.BYTES]);
    descriptor(page, GENERAL_COPY_OPERATIONS, generalCopyOperations(unit));
    return Arrays.copyOf(page.array(), page.position());
  }

  private static void descriptor(ByteBuffer page, int type, byte[] content) {
    int padded = (content.length + 3) / 4 * 4;
    page.putShort((short) type).putShort((short) padded).put(Arrays.copyOf(content, padded));
  }

  private static byte[] counted(byte[] list) {
    return ByteBuffer.allocate(1 + list.length).put((byte) list.length).put(list).array();
  }

  /** By opcode: u8 opcode | u8 number of service actions | those. */
  private static byte[] commands() {
    ByteBuffer list = ByteBuffer.allocate(BYTES_MAX);
    command(list, Operation.EXTENDED_COPY);
    command(list, Operation.RECEIVE_COPY_STATUS, Operation.RECEIVE_COPY_OPERATING_PARAMETERS);
    return Arrays.copyOf(list.array(), list.position());
  }

  private static void command(ByteBuffer list, Operation... ofOneOpcode) {
    list.put((byte) ofOneOpcode[0].opcode()).put((byte) ofOneOpcode.length);
    for (Operation operation : ofOneOpcode) {
      list.put((byte) operation.serviceAction());
    }
  }

  private static byte[] parameterData() {
    // Without inline data.
    return ByteBuffer.allocate(PARAMETER_DATA_BYTES)
        .putShort(4, (short) CopyParameters.UNITS_MAX)
        .putShort(6, (short) CopyParameters.SEGMENTS_MAX)
        .putInt(8, CopyParameters.DESCRIPTORS_BYTES_MAX)
        .array();
  }

  private static byte[] generalCopyOperations(Unit unit) {
    return ByteBuffer.allocate(GENERAL_COPY_OPERATIONS_BYTES)
        .putInt(0, CopyResults.CONCURRENT_MAX)
        .putInt(4, CopyResults.CONCURRENT_MAX)
        .putInt(8, CopyParameters.SEGMENT_BLOCKS_MAX * unit.blockBytes())
        .put(12, (byte) Integer.numberOfTrailingZeros(unit.blockBytes()))
        .array();
  }
}
