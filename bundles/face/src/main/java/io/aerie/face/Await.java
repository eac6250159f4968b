package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what a subsystem promised, and turns every outcome but success into one exception. */
public final class Await {
  /**
   * How long a face waits. A change of leader takes up to 5 s on a slow machine and the subsystems
   * retry over it; beyond twice that nobody will answer soon.
   */
  public static final Duration LIMIT = Duration.ofSeconds(10);

  private Await() {}

  /** The result within {@link #LIMIT}; fails with {@link AerieException} only. */
  public static <T> T result(CompletableFuture<T> future) {
    return result(future, LIMIT);
  }

  /** The result within a time; fails with {@link AerieException} only. */
  public static <T> T result(CompletableFuture<T> future, Duration limit) {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    } catch (TimeoutException e) {
      throw new AerieException(
          ErrorCode.TIMED_OUT,
          "No answer within " + limit.toMillis() + " ms",
          "It may still be carried out.",
          "Look at the object before you try again.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AerieException(
          ErrorCode.UNAVAILABLE, "This node is stopping", "", "Ask another node.", e);
    }
  }

  private static AerieException unwrapped(Throwable failure) {
    Throwable cause = Causes.of(failure);
    if (cause instanceof AerieException known) {
      return known;
    }
    return new AerieException(
        ErrorCode.INTERNAL,
        "An unexpected failure happened",
        "",
        "The node's log tells more.",
        cause);
  }
}
