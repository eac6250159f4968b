package io.aerie.cluster.node.store;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for ConfigDB, for callers that have a thread of their own. */
public final class Waiting {
  /** Longer than ConfigDB itself tries, so that its own error is the one that is told. */
  private static final long TIMEOUT_S = 40;

  private Waiting() {}

  /** The result; fails with AerieException only. */
  public static <T> T on(CompletableFuture<T> future) {
    try {
      return future.get(TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AerieException refusal) {
        throw refusal;
      }
      throw new AerieException(
          ErrorCode.INTERNAL, "ConfigDB failed", String.valueOf(e.getCause()), "", e);
    } catch (TimeoutException e) {
      throw new AerieException(ErrorCode.TIMED_OUT, "ConfigDB did not answer in time", "", "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AerieException(ErrorCode.UNAVAILABLE, "this node is stopping", "", "", e);
    }
  }
}
