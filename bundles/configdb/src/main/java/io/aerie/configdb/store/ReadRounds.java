package io.aerie.configdb.store;

import io.aerie.base.Causes;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Shares questions for the current revision among reads. A question is good for a read that came
 * before it was asked, never for one that came while it was under way: the answer may be older than
 * what others were told in between. So whoever comes then waits for the next, which is asked once
 * for all of them.
 */
final class ReadRounds {
  private final Supplier<CompletableFuture<Long>> question;
  private CompletableFuture<Long> next;
  private boolean underway;

  /**
   * @param question the newest committed revision, asked when this is called or later
   */
  ReadRounds(Supplier<CompletableFuture<Long>> question) {
    this.question = question;
  }

  /** A revision that has everything that was acknowledged before this call. */
  CompletableFuture<Long> join() {
    CompletableFuture<Long> mine;
    synchronized (this) {
      if (next == null) {
        next = new CompletableFuture<>();
      }
      mine = next;
    }
    askNext();
    return mine;
  }

  private void askNext() {
    CompletableFuture<Long> round;
    synchronized (this) {
      if (underway || next == null) {
        return;
      }
      underway = true;
      round = next;
      next = null;
    }
    // whatever becomes of it, those behind it must not wait for ever
    CompletableFuture<Long> unused =
        Futures.tried(question)
            .whenComplete(
                (revision, failure) -> {
                  synchronized (this) {
                    underway = false;
                  }
                  askNext();
                  if (failure != null) {
                    round.completeExceptionally(Causes.of(failure));
                  } else {
                    round.complete(revision);
                  }
                });
  }
}
