package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What is known of a volume's scrubs.
 *
 * @param volume its number
 * @param job that wants it looked at now; 0 when none does
 * @param counts of the run that goes on, else of the last one
 * @param doneIndex RCD index at which it was last looked at as a whole; 0 never
 * @param doneAtMs the same by the owner's clock, milliseconds since 1970, for people
 * @param revision RCD index of the last change
 */
public record ScrubRecord(
    long volume, long job, Counts counts, long doneIndex, long doneAtMs, long revision) {
  /**
   * What was looked at, and what was found.
   *
   * @param blocks looked at, with all their copies or fragments
   * @param pagesFound pages that were not what they are to be
   * @param pagesRepaired of those, made good
   * @param pagesUnrepairable of those, without a good source
   */
  public record Counts(long blocks, long pagesFound, long pagesRepaired, long pagesUnrepairable) {
    public static final Counts NONE = new Counts(0, 0, 0, 0);

    /** The sum. */
    public Counts plus(Counts other) {
      return new Counts(
          blocks + other.blocks,
          pagesFound + other.pagesFound,
          pagesRepaired + other.pagesRepaired,
          pagesUnrepairable + other.pagesUnrepairable);
    }

    void write(DataOutput out) throws IOException {
      out.writeLong(blocks);
      out.writeLong(pagesFound);
      out.writeLong(pagesRepaired);
      out.writeLong(pagesUnrepairable);
    }

    static Counts read(DataInput in) throws IOException {
      return new Counts(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(volume);
    out.writeLong(job);
    counts.write(out);
    out.writeLong(doneIndex);
    out.writeLong(doneAtMs);
    out.writeLong(revision);
  }

  static ScrubRecord read(DataInput in) throws IOException {
    return new ScrubRecord(
        in.readLong(), in.readLong(), Counts.read(in), in.readLong(), in.readLong(), in.readLong());
  }
}
