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
  private static final long BATCH_BYTES_MAX = 1024 * 1024;

  /**
   * Data that goes straight to slots with one commit: small entries wait for it at the flush, and
   * the opening after a crash reads it.
   */
  static final long DIRECT_BYTES_MAX = 4L * 1024 * 1024;

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

  /**
   * A commit's usual size; a larger record goes alone. At most two milliseconds of a fast disk, and
   * less than a checkpoint can log again, or a batch full of entries in doubt would pin the tail.
   */
  long batchBytesMax() {
    return Math.min(BATCH_BYTES_MAX, ringBytes / 8);
  }

  /**
   * Most that a checkpoint logs again. Nothing when a checkpoint that died had already done so:
   * then those entries lie at the head, and the next one frees their old places without.
   */
  long againBytesMax(long usedBytes) {
    return Math.min(recordBytesMax(), ringBytes / 16 * 15 - usedBytes);
  }

  /** Most that one record takes. */
  long recordBytesMax() {
    return ringBytes / 6;
  }
}
