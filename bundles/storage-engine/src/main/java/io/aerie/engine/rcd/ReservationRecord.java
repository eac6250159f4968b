package io.aerie.engine.rcd;

import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reservations of a volume. Of a volume that nobody ever reserved there is none.
 *
 * @param volume number of the volume
 * @param asked by generation of the attachment: the last request of each that is there
 * @param abort RCD index of the last PREEMPT AND ABORT that ended attachments; 0 when none did
 * @param revision RCD index of the last change
 */
public record ReservationRecord(
    long volume, ReservationState state, SortedMap<Long, Asked> asked, long abort, long revision) {
  /**
   * A request that was decided, so that a repetition is answered and not done again.
   *
   * @param number of the request, counted by the attachment from 1
   * @param index of RCD at which it was decided
   */
  public record Asked(long number, Verdict verdict, long index) {}

  public ReservationRecord {
    asked = Collections.unmodifiableSortedMap(new TreeMap<>(asked));
  }

  static ReservationRecord none(long volume) {
    return new ReservationRecord(volume, ReservationState.NONE, Collections.emptySortedMap(), 0, 0);
  }

  ReservationRecord moved(long successor) {
    return new ReservationRecord(successor, state, asked, abort, revision);
  }

  ReservationRecord answered(long generation, Asked how, ReservationState after) {
    TreeMap<Long, Asked> all = new TreeMap<>(asked);
    all.put(generation, how);
    return new ReservationRecord(volume, after, all, abort, how.index());
  }

  ReservationRecord aborted(long index) {
    return new ReservationRecord(volume, state, asked, index, index);
  }

  ReservationRecord with(ReservationState after, long index) {
    return new ReservationRecord(volume, after, asked, abort, index);
  }

  /** What went with an attachment that ended; the record itself when nothing did. */
  ReservationRecord detached(AttachmentRecord attachment) {
    ReservationState left = attachment.nexus().map(state::detached).orElse(state);
    if (left.equals(state) && !asked.containsKey(attachment.generation())) {
      return this;
    }
    TreeMap<Long, Asked> others = new TreeMap<>(asked);
    others.remove(attachment.generation());
    return new ReservationRecord(volume, left, others, abort, revision);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(volume);
    ReservationFormat.writeState(state, out);
    out.writeInt(asked.size());
    for (var one : asked.entrySet()) {
      out.writeLong(one.getKey());
      out.writeLong(one.getValue().number());
      ReservationFormat.writeVerdict(one.getValue().verdict(), out);
      out.writeLong(one.getValue().index());
    }
    out.writeLong(abort);
    out.writeLong(revision);
  }

  static ReservationRecord read(DataInput in) throws IOException {
    long volume = in.readLong();
    ReservationState state = ReservationFormat.readState(in);
    TreeMap<Long, Asked> asked = new TreeMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      long generation = in.readLong();
      asked.put(
          generation, new Asked(in.readLong(), ReservationFormat.readVerdict(in), in.readLong()));
    }
    return new ReservationRecord(volume, state, asked, in.readLong(), in.readLong());
  }
}
