package io.aerie.engine.disk;

/**
 * How much of the ring may be filled by whom, so that there is always room for what lets go of it.
 *
 * <pre>
 * 0        1/3            5/8         3/4         1
 * |---------|--------------|-----------|-----------|
 *  entries may fill         bases, deletions and    the checkpoint's commit: watermarks and
 *  up to here, in doubt     flushes up to here      old entries in doubt, logged again (1/6)
 *  at most 1/2
 * </pre>
 *
 * <p>When an entry waits for the ring and not for the in-doubt limit, at least an eighth of the
 * ring is dead, so a checkpoint gains something; each also carries the oldest sixth of what is in
 * doubt to the head, so after four of them every dead byte is free. Nothing ever pins the tail.
 */
record RingSpace(long ringBytes) {
  /** A checkpoint begins when this much of the ring holds what it could let go. */
  boolean worthCheckpoint(long usedBytes, long inDoubtBytes) {
    return usedBytes - inDoubtBytes > ringBytes / 3;
  }

  boolean admitsInDoubt(long inDoubtBytes) {
    return inDoubtBytes <= ringBytes / 2;
  }

  boolean admitsEntries(long usedBytes) {
    return usedBytes <= ringBytes / 8 * 5;
  }

  boolean admitsControl(long usedBytes) {
    return usedBytes <= ringBytes / 4 * 3;
  }

  /** Most that one record takes, and that a checkpoint logs again (at least one record). */
  long recordBytesMax() {
    return ringBytes / 6;
  }
}
