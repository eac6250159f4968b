package io.aerie.configdb.move;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.LogFeed;
import io.aerie.configdb.store.Futures;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the log that carries ConfigDB, as this node's record has it. Meanwhile the others are asked
 * for theirs: a node that was away while ConfigDB moved may be the last that has the old log, and
 * would wait for a majority of it for ever.
 */
public final class LogOpening implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogOpening.class);
  private static final long ASK_PAUSE_MS = 1_000;

  private final LogRoom room;
  private final String configuredProvider;
  private final ConfigStateMachine state;
  private CompletableFuture<ReplicatedLog> opening;
  private boolean closed;
  private boolean told;
  private volatile boolean overtaken;

  /**
   * What was opened.
   *
   * @param feed through which the log drives the state
   */
  public record Opened(LogRecord record, SwitchedLog log, LogFeed feed) {}

  /**
   * @param configuredProvider counts where ConfigDB never moved
   */
  public LogOpening(LogRoom room, String configuredProvider, ConfigStateMachine state) {
    this.room = room;
    this.configuredProvider = configuredProvider;
    this.state = state;
  }

  /**
   * Opens it. Is cancelled when another log turns out to be the right one: that is recorded then,
   * so the next attempt opens it.
   *
   * @param anew whether to found ConfigDB again in that log
   * @param founder whether this node makes a log that nobody has
   */
  public CompletableFuture<Opened> open(
      List<NodeId> seeds, Function<LogRecord, CompletableFuture<Boolean>> anew, boolean founder) {
    LogRecord record = room.file().read(configuredProvider);
    LogFeed feed =
        record.isMoved()
            ? LogFeed.next(state, record.log(), Optional.empty())
            : LogFeed.first(state, record.log());
    return anew.apply(record)
        .thenCompose(
            again -> {
              boolean founds = again || founder;
              String name = record.log().name();
              boolean fresh = founds && !room.provider(record.log()).holds(name);
              return open(record, new LogSpecification(name, feed, founds, seeds))
                  .thenCompose(opened -> filled(opened, feed, fresh));
            })
        .thenApply(opened -> new Opened(record, new SwitchedLog(opened), feed));
  }

  private CompletableFuture<ReplicatedLog> open(LogRecord record, LogSpecification specification) {
    CompletableFuture<ReplicatedLog> newOpening = room.provider(record.log()).open(specification);
    boolean late;
    synchronized (this) {
      opening = newOpening;
      late = closed;
    }
    if (late) {
      newOpening.cancel(false);
    }
    CompletableFuture<Void> unused = lookRound(record, newOpening);
    return newOpening;
  }

  /** A moved log has the state that it began with; one that is founded anew begins empty. */
  private static CompletableFuture<ReplicatedLog> filled(
      ReplicatedLog opened, LogFeed feed, boolean fresh) {
    if (feed.isWhole()) {
      return CompletableFuture.completedFuture(opened);
    }
    if (!fresh) {
      opened.close();
      throw new AerieException(
          ErrorCode.UNAVAILABLE, "ConfigDB's log doesn't have the state that moves to it yet");
    }
    return NextLog.install(opened, LogFeed.stateOf(new ConfigStateMachine()))
        .thenApply(done -> opened)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                opened.close();
              }
            });
  }

  /** While it is opened. */
  private CompletableFuture<Void> lookRound(
      LogRecord record, CompletableFuture<ReplicatedLog> newOpening) {
    if (newOpening.isDone()) {
      return CompletableFuture.completedFuture(null);
    }
    return room.peers()
        .askAll(room.others().get())
        .thenAccept(
            answers ->
                answers.values().stream()
                    .max(Comparator.comparingLong(LogPeers.Status::generation))
                    .ifPresent(newest -> compare(record, newest, newOpening)))
        .exceptionally(
            failure -> {
              log.warn("Whether ConfigDB moved meanwhile isn't known", failure);
              return null;
            })
        .thenCompose(done -> Futures.after(ASK_PAUSE_MS, () -> lookRound(record, newOpening)));
  }

  private void compare(
      LogRecord record, LogPeers.Status newest, CompletableFuture<ReplicatedLog> newOpening) {
    if (newOpening.isDone()) {
      return;
    }
    if (newest.generation() > record.generation()) {
      log.info("ConfigDB moved to {} while this node was away", newest.log());
      room.file().write(record.movedTo(newest.generation(), newest.log()));
      overtaken = true;
      newOpening.cancel(false);
    } else if (!told
        && newest.generation() == record.generation()
        && !newest.log().equals(record.log())) {
      told = true;
      log.error(
          "Others have ConfigDB in {}, this node looks for it in {}: is its configuration of"
              + " io.aerie.configdb that of the others?",
          newest.log(),
          record.log());
    }
  }

  /** Whether ConfigDB turned out to have moved: the next attempt opens what is recorded now. */
  public boolean isOvertaken() {
    return overtaken;
  }

  /** How a node is whose ConfigDB isn't open. */
  public static LogPeers.Status closedStatus(LogRoom room, String configuredProvider) {
    LogRecord record = room.file().read(configuredProvider);
    return new LogPeers.Status(
        record.generation(),
        record.log(),
        false,
        new TreeSet<>(room.providers().get().keySet()),
        Optional.empty(),
        false,
        record.former().isPresent());
  }

  /** Ends an opening that is under way. */
  @Override
  public void close() {
    CompletableFuture<ReplicatedLog> underway;
    synchronized (this) {
      closed = true;
      underway = opening;
    }
    if (underway != null) {
      underway.cancel(false);
    }
  }
}
