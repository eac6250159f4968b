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
 * @param revision RCD index of the last change
 */
public record PoolRecord(long number, UUID id, String name, long revision) {
  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    RcdFormat.writeUuid(out, id);
    out.writeUTF(name);
    out.writeLong(revision);
  }

  static PoolRecord read(DataInput in) throws IOException {
    return new PoolRecord(in.readLong(), RcdFormat.readUuid(in), in.readUTF(), in.readLong());
  }
}
