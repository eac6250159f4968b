package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.AnswerThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Brings a request to the leader, whoever that is, and tries again until the time is over. A
 * request that waits for a leader which is replaced meanwhile is tried again at once: a frozen
 * leader costs its election, no more. What a try means is the caller's: it may be carried out
 * twice.
 */
final class LeaderCalls {
  /** For a whole call: several elections, and below the patience of a person. */
  static final Duration CALL_LIMIT = Duration.ofSeconds(8);

  /** For one try, when no other leader shows up: the leader may be busy with a slow disk. */
  private static final Duration TRY_LIMIT = Duration.ofSeconds(3);

  /** Between tries: short against an election. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final AnswerThreads answers =
      new AnswerThreads("atomix-log-answer-", LeaderCalls.class.getClassLoader());
  private final ScheduledExecutorService timer;
  private final Supplier<Optional<NodeId>> leader;
  private final Set<CompletableFuture<byte[]>> tries = ConcurrentHashMap.newKeySet();
  private final Set<CompletableFuture<byte[]>> pending = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  LeaderCalls(ScheduledExecutorService timer, Supplier<Optional<NodeId>> leader) {
    this.timer = timer;
    this.leader = leader;
  }

  /**
   * @param atLeader sends the request to a node, with a limit of time
   */
  CompletableFuture<byte[]> call(BiFunction<NodeId, Duration, CompletableFuture<byte[]>> atLeader) {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    pending.add(result);
    CompletableFuture<byte[]> unused =
        result.whenComplete((answer, error) -> pending.remove(result));
    attempt(atLeader, System.nanoTime() + CALL_LIMIT.toNanos(), result, null);
    return result;
  }

  private void attempt(
      BiFunction<NodeId, Duration, CompletableFuture<byte[]>> atLeader,
      long deadlineNs,
      CompletableFuture<byte[]> result,
      AerieException before) {
    long leftNs = deadlineNs - System.nanoTime();
    if (result.isDone()) {
      return;
    }
    if (closed) {
      result.completeExceptionally(closed());
      return;
    }
    if (leftNs <= 0) {
      result.completeExceptionally(before != null ? before : noLeader());
      return;
    }
    NodeId to = leader.get().orElse(null);
    if (to == null) {
      again(atLeader, deadlineNs, result, before != null ? before : noLeader());
      return;
    }
    Duration limit = Duration.ofNanos(Math.min(leftNs, TRY_LIMIT.toNanos()));
    CompletableFuture<byte[]> attempt = atLeader.apply(to, limit);
    tries.add(attempt);
    CompletableFuture<byte[]> unused =
        attempt
            .orTimeout(limit.toMillis() + 1, TimeUnit.MILLISECONDS)
            .whenComplete(
                (answer, error) -> {
                  tries.remove(attempt);
                  if (error == null) {
                    answers.handOver(() -> result.complete(answer));
                    return;
                  }
                  AerieException failure = failure(Causes.of(error));
                  if (retriable(failure)) {
                    again(atLeader, deadlineNs, result, failure);
                  } else {
                    answers.handOver(() -> result.completeExceptionally(failure));
                  }
                });
  }

  private void again(
      BiFunction<NodeId, Duration, CompletableFuture<byte[]>> atLeader,
      long deadlineNs,
      CompletableFuture<byte[]> result,
      AerieException before) {
    if (closed) {
      result.completeExceptionally(closed());
      return;
    }
    try {
      var unused =
          timer.schedule(
              () -> attempt(atLeader, deadlineNs, result, before),
              PAUSE.toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.RejectedExecutionException e) {
      result.completeExceptionally(closed());
    }
  }

  /** Another leader is known, or none: whoever waits for the former tries again. */
  void leaderChanged() {
    for (CompletableFuture<byte[]> attempt : tries) {
      attempt.completeExceptionally(noLeader());
    }
  }

  /** Fails all calls at once: the timer that would try them again may be gone the next moment. */
  void close() {
    closed = true;
    for (CompletableFuture<byte[]> result : pending) {
      result.completeExceptionally(closed());
    }
    leaderChanged();
    answers.close();
  }

  private static boolean retriable(AerieException failure) {
    return failure.code() == ErrorCode.UNAVAILABLE || failure.code() == ErrorCode.TIMED_OUT;
  }

  private static AerieException failure(Throwable error) {
    if (error instanceof AerieException known) {
      return known;
    }
    if (error instanceof java.util.concurrent.TimeoutException) {
      return new AerieException(
          ErrorCode.TIMED_OUT,
          "The log's leader did not answer in time",
          "No majority may be up. The request may still be carried out.",
          "",
          error);
    }
    return new AerieException(
        ErrorCode.INTERNAL, "The log's leader failed", String.valueOf(error), "", error);
  }

  private static AerieException noLeader() {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        "The log has no leader",
        "No majority of its members is up, or an election is under way.",
        "Try again.");
  }

  static AerieException closed() {
    return new AerieException(ErrorCode.UNAVAILABLE, "The log is closed on this node");
  }
}
