package io.aerie.ardfs.host;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Completion;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Calls into the engine from other threads: onto its loop, and the result back as a future. */
final class LoopCalls {
  private final EventLoop loop;

  LoopCalls(EventLoop loop) {
    this.loop = loop;
  }

  EventLoop loop() {
    return loop;
  }

  /** Runs a call that completes later. */
  <T> CompletableFuture<T> call(Consumer<Completion<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(
        result,
        () ->
            call.accept(
                (value, failure) -> {
                  if (failure == null) {
                    result.complete(value);
                  } else {
                    result.completeExceptionally(failure);
                  }
                }));
    return result;
  }

  /** Runs a call that has its result at once. */
  <T> CompletableFuture<T> get(Supplier<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(result, () -> result.complete(call.get()));
    return result;
  }

  private void execute(CompletableFuture<?> result, Runnable task) {
    try {
      loop.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(
          new AerieException(
              ErrorCode.UNAVAILABLE, "Storage on this node was stopped", "", "Try again.", e));
    }
  }
}
