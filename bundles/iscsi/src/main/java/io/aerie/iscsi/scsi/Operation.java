package io.aerie.iscsi.scsi;

import io.aerie.storage.reservation.ReservationState.Access;
import java.util.HexFormat;

/**
 * The commands that are understood. The usage of each is the answer to REPORT SUPPORTED OPERATION
 * CODES: its opcode, then ones where a bit of the command is looked at (service actions: their
 * value); the control byte is never looked at, but shown as SPC-4 asks.
 */
enum Operation {
  TEST_UNIT_READY(0x00, -1, "000000000000"),
  REQUEST_SENSE(0x03, -1, "03010000ff00"),
  READ_6(0x08, -1, "081fffffff00"),
  WRITE_6(0x0a, -1, "0a1fffffff00"),
  INQUIRY(0x12, -1, "1201ffffff00"),
  MODE_SELECT_6(0x15, -1, "15110000ff00"),
  RESERVE_6(0x16, -1, "161f00000000"),
  RELEASE_6(0x17, -1, "171f00000000"),
  MODE_SENSE_6(0x1a, -1, "1a08ffffff00"),
  START_STOP_UNIT(0x1b, -1, "1b01000ff700"),
  READ_CAPACITY_10(0x25, -1, "25000000000000000000"),
  READ_10(0x28, -1, "28f8ffffffff1fffff00"),
  WRITE_10(0x2a, -1, "2af8ffffffff1fffff00"),
  WRITE_AND_VERIFY_10(0x2e, -1, "2ef6ffffffff1fffff00"),
  VERIFY_10(0x2f, -1, "2ff6ffffffff1fffff00"),
  PREFETCH_10(0x34, -1, "3402ffffffff1fffff00"),
  SYNCHRONIZE_CACHE_10(0x35, -1, "3502ffffffff1fffff00"),
  READ_DEFECT_DATA_10(0x37, -1, "37001f00000000ffff00"),
  WRITE_SAME_10(0x41, -1, "41f8ffffffff1fffff00"),
  UNMAP(0x42, -1, "42010000000000ffff00"),
  MODE_SELECT_10(0x55, -1, "55110000000000ffff00"),
  MODE_SENSE_10(0x5a, -1, "5a18ffff000000ffff00"),
  READ_KEYS(0x5e, 0x00, "5e000000000000ffff00"),
  READ_RESERVATION(0x5e, 0x01, "5e010000000000ffff00"),
  REPORT_RESERVATION_CAPABILITIES(0x5e, 0x02, "5e020000000000ffff00"),
  READ_FULL_STATUS(0x5e, 0x03, "5e030000000000ffff00"),
  REGISTER(0x5f, 0x00, "5f00000000ffffffff00"),
  RESERVE(0x5f, 0x01, "5f01ff0000ffffffff00"),
  RELEASE(0x5f, 0x02, "5f02ff0000ffffffff00"),
  CLEAR(0x5f, 0x03, "5f03000000ffffffff00"),
  PREEMPT(0x5f, 0x04, "5f04ff0000ffffffff00"),
  PREEMPT_AND_ABORT(0x5f, 0x05, "5f05ff0000ffffffff00"),
  REGISTER_AND_IGNORE_EXISTING_KEY(0x5f, 0x06, "5f06000000ffffffff00"),
  REGISTER_AND_MOVE(0x5f, 0x07, "5f07000000ffffffff00"),
  EXTENDED_COPY(0x83, 0x00, "83000000000000000000ffffffff0000"),
  RECEIVE_COPY_STATUS(0x84, 0x00, "8400ff00000000000000ffffffff0000"),
  RECEIVE_COPY_OPERATING_PARAMETERS(0x84, 0x03, "84030000000000000000ffffffff0000"),
  COMPARE_AND_WRITE(0x89, -1, "89f8ffffffffffffffff000000ff1f00"),
  READ_16(0x88, -1, "88f8ffffffffffffffffffffffff1f00"),
  WRITE_16(0x8a, -1, "8af8ffffffffffffffffffffffff1f00"),
  WRITE_AND_VERIFY_16(0x8e, -1, "8ef6ffffffffffffffffffffffff1f00"),
  VERIFY_16(0x8f, -1, "8ff6ffffffffffffffffffffffff1f00"),
  PREFETCH_16(0x90, -1, "9002ffffffffffffffffffffffff1f00"),
  SYNCHRONIZE_CACHE_16(0x91, -1, "9102ffffffffffffffffffffffff1f00"),
  WRITE_SAME_16(0x93, -1, "93f9ffffffffffffffffffffffff1f00"),
  READ_CAPACITY_16(0x9e, 0x10, "9e100000000000000000ffffffff0000"),
  GET_LBA_STATUS(0x9e, 0x12, "9e12ffffffffffffffffffffffff0000"),
  REPORT_LUNS(0xa0, -1, "a000ff000000ffffffff0000"),
  REPORT_TARGET_PORT_GROUPS(0xa3, 0x0a, "a3ea00000000ffffffff0000"),
  REPORT_SUPPORTED_OPERATION_CODES(0xa3, 0x0c, "a30c87ffffffffffffff0000"),
  REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS(0xa3, 0x0d, "a30d80000000ffffffff0000"),
  READ_12(0xa8, -1, "a8f8ffffffffffffffff1f00"),
  WRITE_12(0xaa, -1, "aaf8ffffffffffffffff1f00"),
  WRITE_AND_VERIFY_12(0xae, -1, "aef6ffffffffffffffff1f00"),
  VERIFY_12(0xaf, -1, "aff6ffffffffffffffff1f00"),
  READ_DEFECT_DATA_12(0xb7, -1, "b71f00000000ffffffff0000");

  private final int opcode;
  private final int serviceAction;
  private final byte[] usage;

  Operation(int opcode, int serviceAction, String usage) {
    this.opcode = opcode;
    this.serviceAction = serviceAction;
    this.usage = HexFormat.of().parseHex(usage);
  }

  int opcode() {
    return opcode;
  }

  boolean hasServiceAction() {
    return serviceAction >= 0;
  }

  int serviceAction() {
    return serviceAction;
  }

  byte[] usage() {
    return usage.clone();
  }

  /** What it does with the unit, as SPC-4 and SBC-3 tell which are allowed while it is reserved. */
  Access access() {
    return switch (this) {
      case TEST_UNIT_READY -> Access.ASKS;
      case MODE_SENSE_6,
          MODE_SENSE_10,
          PREFETCH_10,
          PREFETCH_16,
          GET_LBA_STATUS,
          READ_DEFECT_DATA_10,
          READ_DEFECT_DATA_12,
          REPORT_SUPPORTED_OPERATION_CODES,
          REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS ->
          Access.READS;
      case MODE_SELECT_6,
          MODE_SELECT_10,
          START_STOP_UNIT,
          SYNCHRONIZE_CACHE_10,
          SYNCHRONIZE_CACHE_16,
          EXTENDED_COPY,
          RECEIVE_COPY_STATUS,
          RECEIVE_COPY_OPERATING_PARAMETERS ->
          Access.WRITES;
      // What reads and writes blocks is checked by storage, and the rest is always allowed.
      default -> Access.NOTHING;
    };
  }

  /** Whether it changes blocks of its own unit, which a write-protected one refuses. */
  boolean changesBlocks() {
    return switch (this) {
      case WRITE_6,
          WRITE_10,
          WRITE_12,
          WRITE_16,
          WRITE_AND_VERIFY_10,
          WRITE_AND_VERIFY_12,
          WRITE_AND_VERIFY_16,
          WRITE_SAME_10,
          WRITE_SAME_16,
          COMPARE_AND_WRITE,
          UNMAP ->
          true;
      default -> false;
    };
  }

  /** Whether a host's reads and writes are made of it. */
  boolean movesData() {
    return changesBlocks()
        || switch (this) {
          case READ_6,
              READ_10,
              READ_12,
              READ_16,
              VERIFY_10,
              VERIFY_12,
              VERIFY_16,
              SYNCHRONIZE_CACHE_10,
              SYNCHRONIZE_CACHE_16,
              GET_LBA_STATUS,
              EXTENDED_COPY ->
              true;
          default -> false;
        };
  }

  /** Length of the command, bytes. */
  int cdbBytes() {
    return usage.length;
  }

  /** The operation of a command; null when there is none. */
  static Operation of(int opcode, int serviceAction) {
    for (Operation operation : values()) {
      if (operation.opcode == opcode
          && (!operation.hasServiceAction() || operation.serviceAction == serviceAction)) {
        return operation;
      }
    }
    return null;
  }

  /** The operations that share an opcode differ by their service action. */
  static boolean hasServiceActions(int opcode) {
    for (Operation operation : values()) {
      if (operation.opcode == opcode) {
        return operation.hasServiceAction();
      }
    }
    return false;
  }
}
