package io.aerie.configdb.move;

import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.configdb.state.Answer;
import io.aerie.configdb.state.LogFeed;
import io.aerie.configdb.state.LogName;
import io.aerie.configdb.state.MoveEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A log that ConfigDB moves to, open or being opened on this node beside the one that it is in. */
final class NextLog implements AutoCloseable {
  /** Half of what a log takes at once. */
  private static final int PART_BYTES = 512 * 1024;

  private final LogName name;
  private final LogFeed feed;
  private final CompletableFuture<ReplicatedLog> opening;

  /**
   * Begins to open it.
   *
   * @param found make it when there is none; else it is joined
   */
  NextLog(LogRoom room, LogName name, LogFeed feed, boolean found, List<NodeId> seeds) {
    this.name = name;
    this.feed = feed;
    this.opening = room.provider(name).open(new LogSpecification(name.name(), feed, found, seeds));
  }

  LogName name() {
    return name;
  }

  LogFeed feed() {
    return feed;
  }

  /** The log when it is open. */
  Optional<ReplicatedLog> open() {
    return opening.isDone() && !opening.isCompletedExceptionally()
        ? Optional.of(opening.join())
        : Optional.empty();
  }

  boolean failed() {
    return opening.isCompletedExceptionally();
  }

  /** Puts the state into it, part by part, going on where others have come to. */
  static CompletableFuture<Void> install(ReplicatedLog log, byte[] state) {
    return install(log, state, 0);
  }

  private static CompletableFuture<Void> install(ReplicatedLog log, byte[] state, int offset) {
    return log.submit(MoveEntry.Part.of(state, offset, PART_BYTES).encode())
        .thenCompose(
            bytes -> {
              long received = receivedOf(Answer.decode(bytes));
              return received >= state.length
                  ? CompletableFuture.completedFuture(null)
                  : install(log, state, (int) received);
            });
  }

  private static long receivedOf(Answer answer) {
    if (answer instanceof Answer.Committed committed) {
      return committed.revision();
    }
    throw new java.io.UncheckedIOException(new IOException("the next log answered " + answer));
  }

  /** Stops its replica, or its opening; the data stays. */
  @Override
  public void close() {
    if (!opening.cancel(false)) {
      open().ifPresent(ReplicatedLog::close);
    }
  }
}
