package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * A scrub that somebody asked for, or the time did.
 *
 * @param number never reused
 * @param id the asker's, makes a repeated command harmless
 * @param scope of what
 * @param subject number of the pool or volume; 0 of all
 * @param state what became of it
 * @param volumesDone volumes that were looked at as a whole
 * @param volumesTotal volumes that it is to look at; fewer when some are deleted, or another job
 *     took them over
 * @param counts of the volumes that are done
 * @param startedAtMs by the asker's clock, milliseconds since 1970
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record ScrubJobRecord(
    long number,
    UUID id,
    Scope scope,
    long subject,
    State state,
    int volumesDone,
    int volumesTotal,
    ScrubRecord.Counts counts,
    long startedAtMs,
    long revision) {
  /** What is looked at. The order is on disk and in commands. */
  public enum Scope {
    ALL,
    POOL,
    VOLUME
  }

  /** What became of it. The order is on disk. */
  public enum State {
    RUNNING,
    PAUSED,
    DONE,
    CANCELLED
  }

  /** Whether it still wants something. */
  public boolean open() {
    return state == State.RUNNING || state == State.PAUSED;
  }

  ScrubJobRecord with(State newState, long index) {
    return with(newState, volumesDone, volumesTotal, counts, index);
  }

  ScrubJobRecord with(
      State newState, int done, int total, ScrubRecord.Counts newCounts, long index) {
    return new ScrubJobRecord(
        number, id, scope, subject, newState, done, total, newCounts, startedAtMs, index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    RcdFormat.writeUuid(out, id);
    out.writeByte(scope.ordinal());
    out.writeLong(subject);
    out.writeByte(state.ordinal());
    out.writeInt(volumesDone);
    out.writeInt(volumesTotal);
    counts.write(out);
    out.writeLong(startedAtMs);
    out.writeLong(revision);
  }

  static ScrubJobRecord read(DataInput in) throws IOException {
    return new ScrubJobRecord(
        in.readLong(),
        RcdFormat.readUuid(in),
        Scope.values()[in.readByte()],
        in.readLong(),
        State.values()[in.readByte()],
        in.readInt(),
        in.readInt(),
        ScrubRecord.Counts.read(in),
        in.readLong(),
        in.readLong());
  }
}
