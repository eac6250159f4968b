package io.aerie.upgrade.apply.cluster;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for other subsystems, for callers that have a thread of their own. */
public final class Waiting {
  private Waiting() {}

  /** The result within a time; fails with AerieException only. */
  public static <T> T on(CompletableFuture<T> future, Duration limit) {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (Causes.of(e) instanceof AerieException refusal) {
        throw refusal;
      }
      throw new AerieException(
          ErrorCode.INTERNAL, "An unexpected failure happened", e.toString(), "", e);
    } catch (TimeoutException e) {
      throw new AerieException(
          ErrorCode.TIMED_OUT, "No answer within " + limit.toSeconds() + " s", "", "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AerieException(ErrorCode.UNAVAILABLE, "This node is stopping", "", "", e);
    }
  }
}
