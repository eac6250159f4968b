package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A command that was found valid.
 *
 * @param outBytes data that it takes from the initiator
 * @param inBytes data that it gives at most, or holds meanwhile
 * @param exact whether the initiator must send just that much
 * @param action carries it out; given at most {@code outBytes}, fewer when the initiator sends
 *     fewer; they stay unchanged until completion
 * @param stop tells it, once it runs, that it is aborted: it completes soon. Any thread
 */
public record Work(
    int outBytes,
    int inBytes,
    boolean exact,
    Function<ByteBuffer, CompletableFuture<Outcome>> action,
    Runnable stop) {
  Work(
      int outBytes,
      int inBytes,
      boolean exact,
      Function<ByteBuffer, CompletableFuture<Outcome>> action) {
    this(outBytes, inBytes, exact, action, () -> {});
  }

  Work(int outBytes, int inBytes, Function<ByteBuffer, CompletableFuture<Outcome>> action) {
    this(outBytes, inBytes, /* exact= */ false, action);
  }

  /** The same, for what takes so long that aborting it must not wait for its end. */
  Work stoppedBy(Runnable stopping) {
    return new Work(outBytes, inBytes, exact, action, stopping);
  }

  /** The same, if a check still passes when it is carried out; the check throws why not. */
  Work checkedBy(Runnable check) {
    return new Work(
        outBytes,
        inBytes,
        exact,
        data -> {
          check.run();
          return action.apply(data);
        },
        stop);
  }

  static Work answer(Outcome outcome) {
    return new Work(
        0, outcome.data().remaining(), data -> CompletableFuture.completedFuture(outcome));
  }

  static Work failed(Sense sense) {
    return answer(Outcome.check(sense));
  }

  /** There is no answer; the session ends with this failure. */
  static Work unanswered(Throwable failure) {
    return new Work(0, 0, data -> CompletableFuture.failedFuture(failure));
  }

  /** Carries it out; failures become outcomes. The future fails only when there is no answer. */
  public CompletableFuture<Outcome> run(ByteBuffer data) {
    try {
      return action.apply(data);
    } catch (CheckCondition e) {
      return CompletableFuture.completedFuture(Outcome.check(e.sense()));
    }
  }
}
