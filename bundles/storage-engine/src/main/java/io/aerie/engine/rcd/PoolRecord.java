package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * A pool: the disks that were added under its name.
 *
 * @param number never reused
 * @param id for users
 * @param name for users
 * @param spread no two members of a group are in one failure domain of this level
 * @param balance whether it is rebalanced without being asked for
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record PoolRecord(
    long number, UUID id, String name, FailureDomain spread, BalancePolicy balance, long revision) {
  /** A pool as it is made. */
  static PoolRecord made(long number, UUID id, String name, long index) {
    return new PoolRecord(number, id, name, FailureDomain.NODE, BalancePolicy.AUTOMATIC, index);
  }

  PoolRecord spreadOver(FailureDomain level, long index) {
    return new PoolRecord(number, id, name, level, balance, index);
  }

  PoolRecord balanced(BalancePolicy policy, long index) {
    return new PoolRecord(number, id, name, spread, policy, index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    RcdFormat.writeUuid(out, id);
    out.writeUTF(name);
    out.writeByte(spread.ordinal());
    out.writeByte(balance.ordinal());
    out.writeLong(revision);
  }

  static PoolRecord read(DataInput in) throws IOException {
    return new PoolRecord(
        in.readLong(),
        RcdFormat.readUuid(in),
        in.readUTF(),
        FailureDomain.values()[in.readByte()],
        BalancePolicy.values()[in.readByte()],
        in.readLong());
  }
}
