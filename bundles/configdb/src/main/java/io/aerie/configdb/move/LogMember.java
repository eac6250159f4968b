package io.aerie.configdb.move;

import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.LogFeed;
import io.aerie.configdb.state.LogMove;
import io.aerie.configdb.state.LogName;
import io.aerie.configdb.state.MoveEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in a move. It does what the log says that carries ConfigDB, whoever wrote it
 * there, and so goes on by itself after any crash:
 *
 * <pre>
 *  the log has     begin   open the next log beside it
 *                  cancel  close it, remove its data
 *                  seal    put the sealed state into the next log: the coordinator at once, others
 *                          when it isn't there after some seconds
 *  the next log has all of the state      record it, use it, close the former
 *  all others use it, too                 remove the data of the former
 * </pre>
 */
public final class LogMember implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogMember.class);

  /** Changes in the log wake it at once; this is for what has to be tried again. */
  private static final long PAUSE_MS = 500;

  /** How long others let the coordinator put the state into the next log. */
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);

  /** Until a log that could not be opened is tried again. */
  private static final long REOPEN_PAUSE_NS = TimeUnit.SECONDS.toNanos(2);

  private static final long CONFIRM_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

  private final LogRoom room;
  private final ConfigStateMachine state;
  private final SwitchedLog present;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread newThread = new Thread(task, "aerie-configdb-log");
            newThread.setDaemon(true);
            return newThread;
          });
  private final Set<UUID> coordinating = ConcurrentHashMap.newKeySet();
  // read from others, written by the one thread
  private volatile LogRecord record;
  private volatile LogFeed feed;
  private volatile NextLog next;
  private volatile boolean closed;
  // of the one thread
  private boolean installing;
  private long sealedSinceNs;
  private long askedNs;
  private long openedNs;
  private String reported = "";

  /**
   * @param record what counts now
   * @param present the open log that it names
   * @param feed what that log drives
   */
  public LogMember(
      LogRoom room, LogRecord record, SwitchedLog present, LogFeed feed, ConfigStateMachine state) {
    this.room = room;
    this.record = record;
    this.present = present;
    this.feed = feed;
    this.state = state;
  }

  /** Begins. */
  public void start() {
    feed.onMove(this::wake);
    askedNs = System.nanoTime() - CONFIRM_PAUSE_NS;
    openedNs = System.nanoTime() - REOPEN_PAUSE_NS;
    var unused = thread.scheduleWithFixedDelay(this::settle, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  private void wake() {
    try {
      thread.execute(this::settle);
    } catch (RejectedExecutionException e) {
      log.debug("The log's member is closed", e);
    }
  }

  private void settle() {
    try {
      if (!closed) {
        step();
      }
    } catch (RuntimeException e) {
      if (!e.toString().equals(reported)) {
        reported = e.toString();
        log.warn("The move of ConfigDB's log can't go on yet; it is tried again", e);
      }
    }
  }

  private void step() {
    NextLog opened = next;
    if (opened != null && opened.feed().isWhole() && opened.open().isPresent()) {
      switchTo(opened, opened.open().get());
    }
    Optional<LogMove> move = feed.move();
    if (next != null && (next.failed() || move.filter(this::isPrepared).isEmpty())) {
      next.close();
      next = null;
    }
    forget(move);
    if (move.isPresent()) {
      prepare(move.get());
    }
    if (record.former().isPresent() && System.nanoTime() - askedNs > CONFIRM_PAUSE_NS) {
      askedNs = System.nanoTime();
      confirm();
    }
  }

  private boolean isPrepared(LogMove move) {
    return next.name().equals(move.to());
  }

  /** Removes what was prepared for a move that will never be. */
  private void forget(Optional<LogMove> move) {
    record
        .prepared()
        .filter(name -> move.filter(present -> present.to().equals(name)).isEmpty())
        .ifPresent(
            name -> {
              room.provider(name).remove(name.name());
              store(record.withPrepared(Optional.empty()));
            });
  }

  private void prepare(LogMove move) {
    boolean own = move.coordinator().equals(room.self().value());
    if (own && !feed.isSealed() && !coordinating.contains(move.id())) {
      // its coordinator was this node in a former life
      cancel(move.id());
      return;
    }
    if (next == null && System.nanoTime() - openedNs > REOPEN_PAUSE_NS) {
      openedNs = System.nanoTime();
      store(record.withPrepared(Optional.of(move.to())));
      boolean found = own && coordinating.contains(move.id()) && !feed.isSealed();
      LogFeed nextFeed = LogFeed.next(state, move.to(), Optional.of(feed));
      nextFeed.onMove(this::wake);
      next = new NextLog(room, move.to(), nextFeed, found, List.copyOf(seeds(move)));
    }
    if (next == null || !feed.isSealed()) {
      sealedSinceNs = 0;
      return;
    }
    sealedSinceNs = sealedSinceNs == 0 ? System.nanoTime() : sealedSinceNs;
    boolean mine = own && coordinating.contains(move.id());
    if (mine || System.nanoTime() - sealedSinceNs > PATIENCE_NS) {
      install();
    }
  }

  private void cancel(UUID id) {
    CompletableFuture<byte[]> unused =
        present
            .submit(new MoveEntry.Cancel(id).encode())
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null) {
                    log.info("The move {} of a former life isn't cancelled yet", id, failure);
                  }
                });
  }

  /** The coordinator, who founds it, first. */
  private List<NodeId> seeds(LogMove move) {
    List<NodeId> seeds = new ArrayList<>(members());
    seeds.remove(room.self());
    seeds.sort(Comparator.comparing((NodeId node) -> !node.value().equals(move.coordinator())));
    return seeds;
  }

  /** Those of the log, and all others that this node knows. */
  Set<NodeId> members() {
    Set<NodeId> members = new TreeSet<>(present.status().members());
    members.addAll(room.others().get());
    members.add(room.self());
    return members;
  }

  private void install() {
    Optional<ReplicatedLog> open = next.open();
    Optional<byte[]> sealed = feed.sealedState();
    if (installing || open.isEmpty() || sealed.isEmpty()) {
      return;
    }
    installing = true;
    CompletableFuture<Void> unused =
        NextLog.install(open.get(), sealed.get())
            .whenCompleteAsync(
                (done, failure) -> {
                  installing = false;
                  if (failure != null) {
                    log.warn(
                        "ConfigDB's state isn't in its next log yet; it is tried again", failure);
                  }
                },
                thread);
  }

  private void switchTo(NextLog opened, ReplicatedLog nextLog) {
    // first on disk: a node that uses the next log finds it again after a crash
    store(record.movedTo(record.generation() + 1, opened.name()));
    ReplicatedLog former = present.present();
    present.become(nextLog);
    feed = opened.feed();
    next = null;
    former.close();
    log.info(
        "ConfigDB moved from {} to {} at revision {}",
        record.former().orElseThrow(),
        record.log(),
        state.revision());
  }

  /** Once all use the log that this node uses, the former is of no use to anybody. */
  private void confirm() {
    long generation = record.generation();
    Set<NodeId> others = members();
    others.remove(room.self());
    CompletableFuture<Void> unused =
        room.peers()
            .askAll(others)
            .thenAcceptAsync(
                answers -> {
                  if (answers.size() == others.size()
                      && answers.values().stream()
                          .allMatch(status -> status.generation() >= generation)) {
                    removeFormer();
                  }
                },
                thread)
            .exceptionally(
                failure -> {
                  log.info("The former log of ConfigDB is kept for now", failure);
                  return null;
                });
  }

  private void removeFormer() {
    if (closed || record.former().isEmpty()) {
      return;
    }
    LogName former = record.former().get();
    room.provider(former).remove(former.name());
    store(record.withoutFormer());
    log.info("All nodes use {}: the data of {} is removed", record.log(), former);
  }

  private void store(LogRecord newRecord) {
    if (!newRecord.equals(record)) {
      room.file().write(newRecord);
      record = newRecord;
    }
  }

  /** A move that this node's life coordinates: begun by {@link LogMoves} only. */
  void coordinate(UUID id) {
    coordinating.add(id);
  }

  void endCoordination(UUID id) {
    coordinating.remove(id);
  }

  /** The move that the log has begun. */
  Optional<LogMove> move() {
    return feed.move();
  }

  LogRecord record() {
    return record;
  }

  SwitchedLog log() {
    return present;
  }

  boolean isClosed() {
    return closed;
  }

  /** For other nodes. */
  public LogPeers.Status status() {
    NextLog opened = next;
    boolean ready =
        opened != null
            && opened
                .open()
                .map(nextLog -> nextLog.status().members().containsAll(present.status().members()))
                .orElse(false);
    LogRecord known = record;
    return new LogPeers.Status(
        known.generation(),
        known.log(),
        true,
        new TreeSet<>(room.providers().get().keySet()),
        ready ? Optional.of(opened.name()) : Optional.empty(),
        !coordinating.isEmpty(),
        known.former().isPresent());
  }

  /** Ends this node's part; the present log stays open. */
  @Override
  public void close() {
    closed = true;
    thread.shutdown();
    try {
      // a switch that is under way ends first, so that it is known which log is to be closed
      if (!thread.awaitTermination(15, TimeUnit.SECONDS)) {
        log.warn("The move of ConfigDB's log does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    NextLog opened = next;
    if (opened != null) {
      opened.close();
    }
  }
}
