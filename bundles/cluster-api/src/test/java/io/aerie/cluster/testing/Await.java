package io.aerie.cluster.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The one way in which tests wait: for a condition, never for a time. */
public final class Await {
  private static final long POLL_NS = Duration.ofMillis(5).toNanos();

  private Await() {}

  /**
   * Returns as soon as the condition holds.
   *
   * @param what the condition in words, for the error
   * @throws AssertionError when it doesn't hold within the bound
   */
  public static void until(String what, Duration bound, Condition condition) throws Exception {
    long startNs = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - startNs > bound.toNanos()) {
        throw new AssertionError("not within " + bound.toMillis() + " ms: " + what);
      }
      LockSupport.parkNanos(POLL_NS);
    }
  }

  /** Something that becomes true. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }
}
