package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a target says about its units and commands: SPC-4, sections 6.33, 6.34, 6.35 and 6.39;
 * SBC-3, sections 5.16 and 5.17.
 */
public final class Reports {
  /** Numbers up to this are written the simple way, SAM-5, section 4.7.6. */
  private static final int PERIPHERAL_MAX = 255;

  private Reports() {}

  /** REPORT LUNS. */
  static Outcome units(Cdb cdb, List<Integer> numbers) {
    int selected = cdb.u8(2);
    int allocation = cdb.allocation32(6);
    if (selected > 2 || allocation < 16) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    List<Integer> listed = selected == 1 ? List.of() : numbers;
    ByteBuffer data = ByteBuffer.allocate(8 + 8 * listed.size());
    data.putInt(0, 8 * listed.size()).position(8);
    listed.forEach(number -> data.putLong(toWire(number)));
    return Outcome.data(data.array(), allocation);
  }

  private static long toWire(int number) {
    return (number > PERIPHERAL_MAX ? 0x4000L | number : number) << 48;
  }

  /** The number of a unit as it stands in a command; -1 when it is written in no known way. */
  public static int fromWire(long lun) {
    int method = (int) (lun >>> 62);
    boolean single = (lun & 0x0000_ffff_ffff_ffffL) == 0;
    int number = (int) (lun >>> 48) & 0x3fff;
    return !single || method > 1 || (method == 0 && number > PERIPHERAL_MAX) ? -1 : number;
  }

  static Outcome operations(Cdb cdb) {
    boolean timed = cdb.has(2, 0x80);
    int allocation = cdb.allocation32(6);
    return switch (cdb.u8(2) & 0x07) {
      case 0 -> all(timed, allocation);
      case 1 -> one(cdb, timed, allocation, /* withAction= */ false);
      case 2 -> one(cdb, timed, allocation, /* withAction= */ true);
      case 3 -> one(cdb, timed, allocation, Operation.hasServiceActions(cdb.u8(3)));
      default -> throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    };
  }

  private static Outcome all(boolean timed, int allocation) {
    int each = timed ? 20 : 8;
    Operation[] operations = Operation.values();
    ByteBuffer data = ByteBuffer.allocate(4 + each * operations.length);
    data.putInt(each * operations.length);
    for (Operation operation : operations) {
      data.put((byte) operation.opcode()).put((byte) 0);
      data.putShort((short) Math.max(0, operation.serviceAction())).put((byte) 0);
      data.put((byte) ((timed ? 2 : 0) | (operation.hasServiceAction() ? 1 : 0)));
      data.putShort((short) operation.cdbBytes());
      timeouts(data, timed);
    }
    return Outcome.data(data.array(), allocation);
  }

  /** No command has a time limit of its own. */
  private static void timeouts(ByteBuffer data, boolean timed) {
    if (timed) {
      data.putShort((short) 10).put(new byte[10]);
    }
  }

  private static Outcome one(Cdb cdb, boolean timed, int allocation, boolean withAction) {
    int opcode = cdb.u8(3);
    boolean known = Operation.of(opcode, 0) != null || Operation.hasServiceActions(opcode);
    if (known && Operation.hasServiceActions(opcode) != withAction) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    Operation operation = Operation.of(opcode, withAction ? cdb.u16(4) : -1);
    if (operation == null) {
      return Outcome.data(new byte[] {0, 1, 0, 0}, allocation);
    }
    byte[] usage = operation.usage();
    ByteBuffer data = ByteBuffer.allocate(4 + usage.length + (timed ? 12 : 0));
    data.put((byte) 0).put((byte) (3 | (timed ? 0x80 : 0))).putShort((short) usage.length);
    data.put(usage);
    timeouts(data, timed);
    return Outcome.data(data.array(), allocation);
  }

  /** READ DEFECT DATA: lists of defects are asked for, and are empty. */
  static Outcome defects(Cdb cdb) {
    boolean ten = cdb.operation() == Operation.READ_DEFECT_DATA_10;
    // Which lists, and in which format: they are told back.
    int wanted = cdb.u8(ten ? 2 : 1) & 0x1f;
    byte[] data = new byte[ten ? 4 : 8];
    data[1] = (byte) wanted;
    return Outcome.data(data, ten ? cdb.u16(7) : cdb.allocation32(6));
  }

  static Outcome taskManagement(Cdb cdb) {
    int allocation = cdb.allocation32(6);
    if (allocation < 4) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    boolean extended = cdb.has(2, 0x80);
    byte[] data = new byte[extended ? 16 : 4];
    // Abort task and task set, clear task set, unit reset, target reset.
    data[0] = (byte) (0x80 | 0x40 | 0x10 | 0x08 | 0x02);
    data[3] = (byte) (extended ? 12 : 0);
    return Outcome.data(data, allocation);
  }
}
