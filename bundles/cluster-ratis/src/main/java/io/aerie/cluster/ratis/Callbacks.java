package io.aerie.cluster.ratis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callbacks whose own failure must not vanish in a future that nobody reads. */
final class Callbacks {
  private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

  private Callbacks() {}

  @SuppressWarnings("FutureReturnValueIgnored")
  static <T> void whenDone(
      CompletableFuture<T> future, BiConsumer<? super T, ? super Throwable> action) {
    future.whenComplete(
        (value, failure) -> {
          try {
            action.accept(value, failure);
          } catch (RuntimeException e) {
            log.error("A callback failed", e);
          }
        });
  }

  static Future<?> after(ScheduledExecutorService executor, Duration delay, Runnable task) {
    return executor.schedule(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            log.error("A task failed", e);
          }
        },
        delay.toNanos(),
        TimeUnit.NANOSECONDS);
  }
}
