package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * The resynchronisation of a disk, from its return until it is in sync everywhere; the replacement
 * of its members by others, until no group has it any more; or the rebalancing of a pool.
 *
 * @param number never reused
 * @param kind what is done
 * @param subject id of the disk that is the target; of a replacement the disk that is replaced; of
 *     a rebalancing the pool
 * @param state what became of it
 * @param groupsDone groups in which the disk is in sync again, or which it left; moves of a
 *     rebalancing that came to their end
 * @param groupsTotal groups in which it was stale, or which it had, when the job began; moves of a
 *     rebalancing as far as they are known
 * @param copiedBytes reported by the owners, block data only
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record JobRecord(
    long number,
    Kind kind,
    UUID subject,
    State state,
    int groupsDone,
    int groupsTotal,
    long copiedBytes,
    long revision) {
  /** What is done. The order is on disk. */
  public enum Kind {
    RESYNCHRONISATION,
    REPLACEMENT,
    REBALANCING
  }

  /** What became of a job. The order is on disk. */
  public enum State {
    RUNNING,
    DONE,
    /** The disk went away again; or what was being done was called off. */
    FAILED
  }

  /** Further, or at its end. */
  JobRecord went(State newState, int moreGroups, long moreBytes, long index) {
    return new JobRecord(
        number,
        kind,
        subject,
        newState,
        groupsDone + moreGroups,
        groupsTotal,
        copiedBytes + moreBytes,
        index);
  }

  /** With as much to do as is known by now. */
  JobRecord of(int newTotal, long index) {
    return new JobRecord(number, kind, subject, state, groupsDone, newTotal, copiedBytes, index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    out.writeByte(kind.ordinal());
    RcdFormat.writeUuid(out, subject);
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
