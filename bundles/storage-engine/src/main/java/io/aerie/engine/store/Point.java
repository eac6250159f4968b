package io.aerie.engine.store;

/**
 * A place in a stream's history, and the version of a block: the last change that touched it.
 *
 * @param epoch the volume's epoch under which the change was numbered
 * @param sequence its dense number within stream and epoch, from 1; 0 is the place before the first
 */
public record Point(long epoch, long sequence) implements Comparable<Point> {
  /** Before everything. */
  public static final Point NONE = new Point(0, 0);

  @Override
  public int compareTo(Point other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
  }
}
