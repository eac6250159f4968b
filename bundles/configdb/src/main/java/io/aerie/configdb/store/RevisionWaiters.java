package io.aerie.configdb.store;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who wait until this replica has applied a revision. */
final class RevisionWaiters {
  private record Waiter(long revision, CompletableFuture<Void> future) {}

  private static final Logger log = LoggerFactory.getLogger(RevisionWaiters.class);

  private final LongSupplier localRevision;
  private final Executor executor;
  private final List<Waiter> waiters = new ArrayList<>();

  /**
   * @param executor completes the waiters, so that what hangs on them never runs in the thread that
   *     applies
   */
  RevisionWaiters(LongSupplier localRevision, Executor executor) {
    this.localRevision = localRevision;
    this.executor = executor;
  }

  /** Completes when the revision is applied here; TIMED_OUT else. */
  CompletableFuture<Void> await(long revision, long timeoutMs) {
    if (localRevision.getAsLong() >= revision) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> future = new CompletableFuture<>();
    Waiter waiter = new Waiter(revision, future);
    synchronized (this) {
      waiters.add(waiter);
    }
    // after adding, so that a revision that is applied just now is not overlooked
    if (localRevision.getAsLong() >= revision) {
      remove(waiter);
      return CompletableFuture.completedFuture(null);
    }
    return future
        .orTimeout(timeoutMs, TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            failure -> {
              remove(waiter);
              return CompletableFuture.failedFuture(
                  failure instanceof TimeoutException ? late(revision) : failure);
            });
  }

  private static AerieException late(long revision) {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "this node has not seen revision " + revision + " of the configuration in time",
        "Its replica is behind the others.",
        "Try again, or ask another node.");
  }

  private synchronized void remove(Waiter waiter) {
    waiters.remove(waiter);
  }

  /** The state has changed. Throws nothing: it is called by the thread that applies. */
  void wake() {
    long revision = localRevision.getAsLong();
    synchronized (this) {
      for (Iterator<Waiter> iterator = waiters.iterator(); iterator.hasNext(); ) {
        Waiter waiter = iterator.next();
        if (waiter.revision() <= revision) {
          iterator.remove();
          complete(waiter);
        }
      }
    }
  }

  private void complete(Waiter waiter) {
    try {
      executor.execute(() -> waiter.future().complete(null));
    } catch (RejectedExecutionException e) {
      log.debug("Who waits for revision {} is told that it took too long", waiter.revision(), e);
    }
  }
}
