package io.aerie.ardfs.host;

import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Commands to RCD, as objects. All are idempotent, so one that got no answer is sent again. */
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
public final class RcdClient {
  /**
   * The log itself waits a few seconds for a leader; three rounds outlast an election with room.
   */
  private static final int ATTEMPTS_MAX = 3;

  private final ReplicatedLog log;

  public RcdClient(ReplicatedLog log) {
    this.log = log;
  }

  /** Submits until answered; a refusal is the future's failure. */
  public CompletableFuture<RcdAnswer> submit(RcdCommand command) {
    return submit(RcdCommands.encode(command), ATTEMPTS_MAX)
        .thenApply(bytes -> RcdAnswer.decode(bytes).orThrow());
  }

  /**
   * Submits the deletion of something. Empty when it is not there any more when the log has come to
   * the command: it is gone, as was asked.
   */
  public CompletableFuture<Optional<RcdAnswer>> submitDeletion(RcdCommand command) {
    return submit(command)
        .thenApply(Optional::of)
        .exceptionallyCompose(
            failure ->
                isNotFound(failure)
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(failure));
  }

  /**
   * Looks something up in this node's replica, and once more when it is not there and the replica
   * has caught up with what was acknowledged anywhere before the call. Fails when the log does not
   * answer: then nobody knows.
   */
  public <T> CompletableFuture<Optional<T>> look(
      RcdReplica replica, Function<ObservedStorage, Optional<T>> reader) {
    Optional<T> here = replica.list(reader);
    return here.isPresent()
        ? CompletableFuture.completedFuture(here)
        : catchUp(replica).thenApply(done -> replica.list(reader));
  }

  /**
   * Looks something up, as above, and uses it. What a replica that is behind still shows may be
   * gone since long, and its name another's: when the use fails with NOT_FOUND it is looked up
   * again after the replica has caught up. NOT_FOUND then says that there was nothing, at some time
   * during the call, or as the use says it of what is there still.
   *
   * @param reader finds it; two finds are alike when they are equal
   * @param none the failure when there is nothing
   */
  <T, R> CompletableFuture<R> use(
      RcdReplica replica,
      Function<ObservedStorage, Optional<T>> reader,
      Supplier<AerieException> none,
      Function<T, CompletableFuture<R>> use) {
    return look(replica, reader)
        .thenApply(found -> found.orElseThrow(none))
        .thenCompose(
            found ->
                use.apply(found)
                    .exceptionallyCompose(
                        failure ->
                            isNotFound(failure)
                                ? catchUp(replica)
                                    .thenCompose(
                                        done ->
                                            replica.list(reader).equals(Optional.of(found))
                                                ? CompletableFuture.failedFuture(failure)
                                                : use(replica, reader, none, use))
                                : CompletableFuture.failedFuture(failure)));
  }

  /** Whether a future failed with NOT_FOUND. */
  private static boolean isNotFound(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.NOT_FOUND);
  }

  /** Whether a future failed because something is not as the command expects it. */
  public static boolean isPreconditionFailed(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.PRECONDITION_FAILED);
  }

  /** Done when the replica has what was acknowledged anywhere before the call. */
  public CompletableFuture<Void> catchUp(RcdReplica replica) {
    return replica.catchUp(log);
  }

  private CompletableFuture<byte[]> submit(byte[] command, int attemptsLeft) {
    return log.submit(command)
        .handle(
            (answer, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(answer);
              }
              return attemptsLeft > 1 && unanswered(failure)
                  ? submit(command, attemptsLeft - 1)
                  : CompletableFuture.<byte[]>failedFuture(failure);
            })
        .thenCompose(outcome -> outcome);
  }

  private static boolean unanswered(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.TIMED_OUT, ErrorCode.UNAVAILABLE);
  }
}
