package io.aerie.shell.commands;

import io.aerie.face.Await;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The steps of long work, told by any thread and printed by the command's own: to every other one
 * Karaf's {@code System.out} is the process', not the session's.
 */
final class Steps {
  private final PrintStream out;
  private final boolean silent;
  private final Duration limit;

  /**
   * @param silent only the result is wanted
   * @param limit the longest that is waited for it
   */
  Steps(PrintStream out, boolean silent, Duration limit) {
    this.out = out;
    this.silent = silent;
    this.limit = limit;
  }

  /**
   * Begins work, prints its steps as they are told, a line each, and waits for its result.
   *
   * @param line what to print; called by this thread only
   * @param work begins; is given whom to tell the steps
   */
  <S, T> T follow(Function<S, String> line, Function<Consumer<S>, CompletableFuture<T>> work) {
    long begunNanos = System.nanoTime();
    BlockingQueue<Optional<S>> told = new LinkedBlockingQueue<>();
    CompletableFuture<T> result = work.apply(step -> told.add(Optional.of(step)));
    var unused = result.whenComplete((done, failure) -> told.add(Optional.empty()));
    try {
      Optional<S> step = next(told, begunNanos);
      while (step.isPresent()) {
        print(line.apply(step.get()));
        step = next(told, begunNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Await.result(result, left(begunNanos));
  }

  private void print(String line) {
    if (!silent) {
      out.println(line);
      // seen now, not with the result
      out.flush();
    }
  }

  /** The next step; none when the work has ended, or after the limit. */
  private <S> Optional<S> next(BlockingQueue<Optional<S>> told, long begunNanos)
      throws InterruptedException {
    Optional<S> step = told.poll(left(begunNanos).toNanos(), TimeUnit.NANOSECONDS);
    return step == null ? Optional.empty() : step;
  }

  private Duration left(long begunNanos) {
    return limit.minusNanos(System.nanoTime() - begunNanos);
  }
}
