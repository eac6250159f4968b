package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * A disk.
 *
 * @param id from its superblock
 * @param node where it is
 * @param path the device or file there
 * @param capacityBytes bytes that slots can hold
 * @param generation of its last opening that RCD knows
 * @param pool name of the pool it was added for; the pool may not exist yet
 * @param up whether it serves in its node's present incarnation
 * @param speedPercent how fast it was measured to be, 100 as its peers
 * @param duty what it is meant for
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record DiskRecord(
    UUID id,
    NodeId node,
    String path,
    long capacityBytes,
    long generation,
    String pool,
    boolean up,
    int speedPercent,
    DiskDuty duty,
    long revision) {
  /** A disk that was not measured yet. */
  static final int SPEED_PERCENT = 100;

  DiskRecord down(long index) {
    return new DiskRecord(
        id, node, path, capacityBytes, generation, pool, false, speedPercent, duty, index);
  }

  DiskRecord measured(int percent, long index) {
    return new DiskRecord(
        id, node, path, capacityBytes, generation, pool, up, percent, duty, index);
  }

  /** A removed one no longer serves. */
  DiskRecord meantFor(DiskDuty newDuty, long index) {
    boolean stays = up && newDuty != DiskDuty.REMOVED;
    return new DiskRecord(
        id, node, path, capacityBytes, generation, pool, stays, speedPercent, newDuty, index);
  }

  /** Whether it belonged to the cluster once. */
  public boolean removed() {
    return duty == DiskDuty.REMOVED;
  }

  /** Whether it may get members. */
  boolean takesMembers() {
    return up && duty == DiskDuty.SERVING;
  }

  void write(DataOutput out) throws IOException {
    RcdFormat.writeUuid(out, id);
    out.writeUTF(node.value());
    out.writeUTF(path);
    out.writeLong(capacityBytes);
    out.writeLong(generation);
    out.writeUTF(pool);
    out.writeBoolean(up);
    out.writeInt(speedPercent);
    out.writeByte(duty.ordinal());
    out.writeLong(revision);
  }

  static DiskRecord read(DataInput in) throws IOException {
    return new DiskRecord(
        RcdFormat.readUuid(in),
        new NodeId(in.readUTF()),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readUTF(),
        in.readBoolean(),
        in.readInt(),
        DiskDuty.values()[in.readByte()],
        in.readLong());
  }
}
