package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;

/**
 * How a command ended.
 *
 * @param status of SAM-5, table "Status codes"
 * @param data for the initiator, as much as the command says; empty when it has none
 * @param sense with CHECK CONDITION, else null
 */
public record Outcome(int status, ByteBuffer data, Sense sense) {
  public static final int GOOD = 0x00;
  public static final int CHECK_CONDITION = 0x02;
  public static final int BUSY = 0x08;
  public static final int RESERVATION_CONFLICT = 0x18;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  static final Outcome DONE = new Outcome(GOOD, EMPTY, null);

  /** The unit is reserved for others. */
  static final Outcome CONFLICT = new Outcome(RESERVATION_CONFLICT, EMPTY, null);

  /** The target can't take the command now; it may be sent again. */
  public static Outcome busy() {
    return new Outcome(BUSY, EMPTY, null);
  }

  static Outcome data(ByteBuffer data) {
    return new Outcome(GOOD, data, null);
  }

  /** As much of it as the command's allocation length admits. */
  static Outcome data(byte[] data, int allocationBytes) {
    return data(ByteBuffer.wrap(data, 0, Math.min(data.length, allocationBytes)).slice());
  }

  /** CHECK CONDITION. */
  public static Outcome check(Sense sense) {
    return new Outcome(CHECK_CONDITION, EMPTY, sense);
  }
}
