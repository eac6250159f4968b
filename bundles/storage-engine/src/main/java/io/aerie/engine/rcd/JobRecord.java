package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * The resynchronisation of a disk, from its return until it is in sync everywhere; or the
 * replacement of its members by others, until no group has it any more.
 *
 * @param number never reused
 * @param kind what is done
 * @param disk the target; of a replacement the disk that is replaced
 * @param state what became of it
 * @param groupsDone groups in which the disk is in sync again, or which it left
 * @param groupsTotal groups in which it was stale, or which it had, when the job began
 * @param copiedBytes reported by the owners, block data only
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record JobRecord(
    long number,
    Kind kind,
    UUID disk,
    State state,
    int groupsDone,
    int groupsTotal,
    long copiedBytes,
    long revision) {
  /** What is done. The order is on disk. */
  public enum Kind {
    RESYNCHRONISATION,
    REPLACEMENT
  }

  /** What became of a job. The order is on disk. */
  public enum State {
    RUNNING,
    DONE,
    /** The disk went away again; or it was being emptied, and is to serve again. */
    FAILED
  }

  /** Further, or at its end. */
  JobRecord went(State newState, int moreGroups, long moreBytes, long index) {
    return new JobRecord(
        number,
        kind,
        disk,
        newState,
        groupsDone + moreGroups,
        groupsTotal,
        copiedBytes + moreBytes,
        index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    out.writeByte(kind.ordinal());
    RcdFormat.writeUuid(out, disk);
    out.writeByte(state.ordinal());
    out.writeInt(groupsDone);
    out.writeInt(groupsTotal);
    out.writeLong(copiedBytes);
    out.writeLong(revision);
  }

  static JobRecord read(DataInput in) throws IOException {
    return new JobRecord(
        in.readLong(),
        Kind.values()[in.readByte()],
        RcdFormat.readUuid(in),
        State.values()[in.readByte()],
        in.readInt(),
        in.readInt(),
        in.readLong(),
        in.readLong());
  }
}
