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
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record PoolRecord(long number, UUID id, String name, FailureDomain spread, long revision) {
  PoolRecord spreadOver(FailureDomain level, long index) {
    return new PoolRecord(number, id, name, level, index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    RcdFormat.writeUuid(out, id);
    out.writeUTF(name);
    out.writeByte(spread.ordinal());
    out.writeLong(revision);
  }

  static PoolRecord read(DataInput in) throws IOException {
    return new PoolRecord(
        in.readLong(),
        RcdFormat.readUuid(in),
        in.readUTF(),
        FailureDomain.values()[in.readByte()],
        in.readLong());
  }
}
