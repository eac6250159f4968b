package io.aerie.configdb.users;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.concurrent.TimeUnit;

/**
 * Failures of one kind, of one address for example: some are free, then come waits of 1, 2, 4, 8,
 * 16 s, always 16 s from there on. One failure is forgiven each 30 s. Guarded by its owner.
 */
final class FailureCount {
  static final long WAIT_MAX_S = 16;
  static final long FORGIVEN_NS = TimeUnit.SECONDS.toNanos(30);

  /** Steps from the first wait to the longest; more failures are not counted. */
  private static final int STEPS = Long.numberOfTrailingZeros(WAIT_MAX_S);

  private final int free;
  private int failures;
  private int inFlight;
  private long lastFailureNs;
  private long forgivenUpToNs;

  /**
   * @param free failures after which nobody waits
   */
  FailureCount(int free) {
    this.free = free;
  }

  /** Those that are not forgiven. */
  int failures() {
    return failures;
  }

  /** Forgives what time has forgiven. */
  void forgive(long now) {
    long forgiven = (now - forgivenUpToNs) / FORGIVEN_NS;
    if (failures == 0 || forgiven >= failures) {
      failures = 0;
      forgivenUpToNs = now;
    } else if (forgiven > 0) {
      failures -= (int) forgiven;
      forgivenUpToNs += forgiven * FORGIVEN_NS;
    }
  }

  /** An attempt begins, and ends or is withdrawn; where there were too many one at a time may. */
  void begin() {
    inFlight++;
  }

  void withdraw() {
    inFlight--;
  }

  void end(long now, boolean succeeded) {
    inFlight--;
    forgive(now);
    if (!succeeded) {
      failures = Math.min(failures + 1, free + STEPS + 1);
      lastFailureNs = now;
    }
  }

  /** Refuses while there is something to wait for; TOO_MANY_ATTEMPTS with these texts. */
  void check(long now, String what, String why) {
    long leftNs = waitLeftNs(now);
    if (leftNs > 0) {
      long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(leftNs + 999_999_999L));
      throw new AerieException(
          ErrorCode.TOO_MANY_ATTEMPTS, what, why, "Try again in " + seconds + " s.");
    }
  }

  private long waitLeftNs(long now) {
    if (failures < free) {
      return 0;
    }
    long waitNs = TimeUnit.SECONDS.toNanos(1L << Math.min(STEPS, failures - free));
    long leftNs = waitNs - (now - lastFailureNs);
    return leftNs <= 0 && inFlight > 0 ? TimeUnit.SECONDS.toNanos(1) : leftNs;
  }
}
