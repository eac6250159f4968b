package io.aerie.cluster.atomix.log;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Tells whether the wall clock was set back, by a clock that nobody sets. */
final class SetBackClock {
  /**
   * A step up to this one does no harm: reads wait as long once, and no read is confirmed by what
   * came before another leader, who isn't elected so soon ({@link RaftGuards}).
   */
  static final Duration TOLERANCE = Duration.ofMillis(200);

  private final LongSupplier wallMillis;
  private final LongSupplier monotonicMillis;

  /** How far the wall clock was ahead of the other at most since the restart. */
  private long aheadMostMillis;

  SetBackClock(LongSupplier wallMillis, LongSupplier monotonicMillis) {
    this.wallMillis = wallMillis;
    this.monotonicMillis = monotonicMillis;
    restart();
  }

  static SetBackClock ofThisMachine() {
    return new SetBackClock(
        System::currentTimeMillis, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  /** What was before doesn't count any more. */
  synchronized void restart() {
    aheadMostMillis = aheadMillis();
  }

  /** Whether it shows less than it would if it had gone on from any earlier look. */
  synchronized boolean isSetBack() {
    long ahead = aheadMillis();
    aheadMostMillis = Math.max(aheadMostMillis, ahead);
    return aheadMostMillis - ahead > TOLERANCE.toMillis();
  }

  private long aheadMillis() {
    return wallMillis.getAsLong() - monotonicMillis.getAsLong();
  }
}
