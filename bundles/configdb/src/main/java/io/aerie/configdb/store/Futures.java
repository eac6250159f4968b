package io.aerie.configdb.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What {@link CompletableFuture} lacks. */
public final class Futures {
  private Futures() {}

  /**
   * Begins something elsewhere than in the caller's thread. What the supplier throws, too, becomes
   * the future's failure.
   */
  public static <T> CompletableFuture<T> start(Supplier<CompletableFuture<T>> work) {
    return CompletableFuture.completedFuture(null).thenComposeAsync(nothing -> work.get());
  }

  /** Begins something here; what the supplier throws, too, becomes the future's failure. */
  public static <T> CompletableFuture<T> tried(Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The same as {@link #start} after a pause. */
  public static <T> CompletableFuture<T> after(long pauseMs, Supplier<CompletableFuture<T>> work) {
    return CompletableFuture.completedFuture(null)
        .thenComposeAsync(
            nothing -> work.get(),
            CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS));
  }
}
