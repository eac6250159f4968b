package io.aerie.configdb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who waits for a revision, and the thread that applies. */
class RevisionWaitersTest {
  private static final long LONG_MS = 60_000;

  private final AtomicLong revision = new AtomicLong(1);

  @Test
  void shouldCompleteWhoWaitsInTheExecutorOnly() {
    Deque<Runnable> tasks = new ArrayDeque<>();
    RevisionWaiters waiters = new RevisionWaiters(revision::get, tasks::add);
    assertThat(waiters.await(1, LONG_MS)).isCompleted();
    CompletableFuture<Void> second = waiters.await(2, LONG_MS);
    CompletableFuture<Void> third = waiters.await(3, LONG_MS);
    revision.set(2);
    waiters.wake();
    assertThat(second).isNotDone();
    tasks.remove().run();
    assertThat(second).isCompleted();
    assertThat(third).isNotDone();
    assertThat(tasks).isEmpty();
  }

  /** A store that closes refuses tasks; what applies is the log's, and goes on. */
  @Test
  void shouldNotFailTheThreadThatApplies() {
    RevisionWaiters waiters =
        new RevisionWaiters(
            revision::get,
            task -> {
              throw new RejectedExecutionException("closed");
            });
    CompletableFuture<Void> waiting = waiters.await(2, LONG_MS);
    revision.set(2);
    assertThatCode(waiters::wake).doesNotThrowAnyException();
    assertThat(waiting).isNotDone();
    assertThatCode(waiters::wake).doesNotThrowAnyException();
  }
}
