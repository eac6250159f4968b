package io.aerie.engine.owner;

/**
 * Lets so many through in a second. What was not used is kept for one second: after a rest so much
 * may come at once. It is kept as a time, the moment at which the bucket was empty: it has filled
 * from then on. Something larger than the bucket goes when it is full, and what comes next waits
 * for the rest of it.
 */
final class TokenBucket {
  private static final long BURST_NANOS = 1_000_000_000L;

  /** 0: all goes through. */
  private long perSecond;

  /** May lie ahead: then more went through than there was. */
  private long emptyNanos;

  /** Another rate from now on; a bucket that was none begins empty. */
  void rate(long newPerSecond, long nowNanos) {
    if (perSecond == newPerSecond) {
      return;
    }
    if (perSecond == 0) {
      emptyNanos = nowNanos;
    } else if (newPerSecond != 0) {
      // As many as before are in it, or owed, if so many still fit.
      long filledNanos = Math.min(nowNanos - emptyNanos, BURST_NANOS);
      double newNanos = (double) filledNanos * perSecond / newPerSecond;
      emptyNanos = nowNanos - Math.min((long) newNanos, BURST_NANOS);
    }
    perSecond = newPerSecond;
  }

  /** How long so many have to wait; 0 or less when they needn't. */
  long waitNanos(long count, long nowNanos) {
    if (perSecond == 0) {
      return 0;
    }
    emptyNanos = Math.max(emptyNanos, nowNanos - BURST_NANOS);
    return emptyNanos + Math.min(BURST_NANOS, nanos(count)) - nowNanos;
  }

  /** So many went through; asked {@link #waitNanos} at the same time. */
  void take(long count) {
    if (perSecond != 0) {
      emptyNanos += nanos(count);
    }
  }

  /** In which so many go through. */
  private long nanos(long count) {
    return (long) ((double) count * BURST_NANOS / perSecond);
  }
}
