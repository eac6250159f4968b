package io.aerie.configdb.store;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.Answer;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Limits;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.state.Paths;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * ConfigDB over a replicated log.
 *
 * <p>A linearizable read asks the log for the revision only, waits until this replica has it, and
 * reads here: answers stay small however many documents there are, and no other node has the work.
 * Reads that wait at the same time share the question, and transactions an entry of the log.
 *
 * <p>A transaction that is not answered is sent again under the same id until {@link
 * #SUBMIT_TIMEOUT_MS} is over; the state machine carries it out once.
 */
public final class ReplicatedConfigStore implements ConfigStore, AutoCloseable {
  /** How long a transaction or a read is tried: longer than a change of the log's leader takes. */
  static final long SUBMIT_TIMEOUT_MS = 15_000;

  /** How often the lineage's document may change while one transaction is on its way. */
  private static final int GUARD_ATTEMPTS_MAX = 5;

  private static final long RETRY_DELAY_MS = 100;
  private static final long RETRY_DELAY_MAX_MS = 1_000;

  /** Threads for watches: one slow consumer doesn't stop the others. */
  static final int WATCH_THREADS = 3;

  /** Threads for what hangs on reads: consumers of watches have none of them. */
  private static final int READ_THREADS = 3;

  private final ReplicatedLog replicatedLog;
  private final ConfigStateMachine state;
  private final TransactionCheck check;
  private final ExecutorService watching;
  private final ExecutorService reading;
  private final RevisionWaiters waiters;
  private final CommitQueue commits;
  private final ReadRounds reads;
  private final CopyOnWriteArrayList<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Runnable> followers = new CopyOnWriteArrayList<>();
  private final AtomicInteger watchCount = new AtomicInteger();
  private volatile boolean closed;

  /** Without schemas. */
  public ReplicatedConfigStore(ReplicatedLog replicatedLog, ConfigStateMachine state) {
    this(replicatedLog, state, new SchemaRegistry());
  }

  /** Over an open log that drives the state machine. Closing the store leaves the log open. */
  public ReplicatedConfigStore(
      ReplicatedLog replicatedLog, ConfigStateMachine state, SchemaRegistry schemas) {
    this.replicatedLog = replicatedLog;
    this.state = state;
    this.check = new TransactionCheck(schemas, state);
    this.watching = threads(WATCH_THREADS, "aerie-configdb-watch-");
    this.reading = threads(READ_THREADS, "aerie-configdb-read-");
    this.waiters = new RevisionWaiters(state::revision, reading);
    this.commits =
        new CommitQueue(
            (entry, deadlineNs) ->
                persist(() -> replicatedLog.submit(entry), deadlineNs, RETRY_DELAY_MS));
    this.reads = new ReadRounds(this::askRevision);
    state.onChange(this::changed);
  }

  private static ExecutorService threads(int count, String name) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        count,
        task -> {
          Thread thread = new Thread(task, name + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  private void changed() {
    if (!closed) {
      waiters.wake();
      watchers.forEach(Watcher::wake);
      followers.forEach(Runnable::run);
    }
  }

  /** Calls by the log's thread, which must not wait, whenever something was applied. */
  public Subscription onApplied(Runnable follower) {
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  @Override
  public CompletableFuture<Optional<Document>> get(String path) {
    try {
      Paths.check(path);
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
    return upToDate().thenApply(done -> state.get(path));
  }

  @Override
  public CompletableFuture<List<Document>> list(String prefix) {
    try {
      Paths.checkPrefix(prefix);
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
    return upToDate().thenApply(done -> state.list(prefix));
  }

  private CompletableFuture<Void> upToDate() {
    return reads.join().thenCompose(revision -> waiters.await(revision, SUBMIT_TIMEOUT_MS));
  }

  private CompletableFuture<Long> askRevision() {
    Supplier<CompletableFuture<byte[]>> query =
        () -> replicatedLog.queryLinearizable(ConfigStateMachine.revisionQuery());
    return persist(query, deadlineNs(), RETRY_DELAY_MS)
        .thenApply(bytes -> revisionOf(Answer.decode(bytes)));
  }

  private static long deadlineNs() {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SUBMIT_TIMEOUT_MS);
  }

  @Override
  public List<Document> listLocal(String prefix) {
    return state.list(Paths.checkPrefix(prefix));
  }

  @Override
  public Optional<Document> getLocal(String path) {
    return state.get(Paths.check(path));
  }

  @Override
  public CompletableFuture<Long> commit(ConfigTransaction transaction) {
    return commit(transaction, GUARD_ATTEMPTS_MAX);
  }

  /**
   * Each transaction carries the condition that the lineage's document is as this replica has it:
   * what was judged before a restore began can't be carried out within it, on whatever node.
   */
  private CompletableFuture<Long> commit(ConfigTransaction transaction, int attempts) {
    Condition guard;
    byte[] command;
    try {
      refuseLineage(transaction);
      guard = writable();
      command = check.encoded(transaction, guard);
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
    return submit(command)
        .thenCompose(
            answer ->
                attempts > 1 && overtook(guard, answer)
                    ? upToDate().thenCompose(done -> commit(transaction, attempts - 1))
                    : CompletableFuture.completedFuture(revisionOf(answer)));
  }

  /** Restores alone write it: a wrong one would let a ConfigDB that isn't whole pass for one. */
  private static void refuseLineage(ConfigTransaction transaction) {
    if (transaction.changes().stream().anyMatch(change -> change.path().equals(Lineage.PATH))) {
      throw new AerieException(
          ErrorCode.FORBIDDEN,
          "The document '" + Lineage.PATH + "' can't be changed as it is",
          "It says whether ConfigDB is whole.",
          "aerie-config:import and aerie-config:rebuild change it.");
    }
  }

  /** The lineage's document changed; a transaction's own condition on it is another matter. */
  private static boolean overtook(Condition guard, Answer answer) {
    return answer instanceof Answer.ConditionFailed failed
        && failed.path().equals(guard.path())
        && failed.expected() == guard.revision();
  }

  private Condition writable() {
    Optional<Document> document = state.get(Lineage.PATH);
    document
        .map(Lineage::of)
        .flatMap(Lineage::operation)
        .ifPresent(
            operation -> {
              throw new AerieException(
                  ErrorCode.CONFLICT,
                  "ConfigDB is being restored",
                  operation.describe(),
                  "Try again when it is done; if it ended early, run it again.");
            });
    return new Condition(Lineage.PATH, document.map(Document::revision).orElse(0L));
  }

  private CompletableFuture<Answer> submit(byte[] command) {
    return commits.add(command, deadlineNs());
  }

  /** A step of a restore, which has the lineage's document among its conditions. */
  public CompletableFuture<Long> commitStep(ConfigTransaction transaction) {
    return Futures.start(
        () -> submit(check.encodedStep(transaction)).thenApply(ReplicatedConfigStore::revisionOf));
  }

  /** Refuses changes that are too many for one transaction, as transactions with them would be. */
  public void checkAll(List<Change> changes) {
    check.checkAll(changes);
  }

  /** The present lineage on this replica, and the revision of its document. */
  public Optional<Document> lineage() {
    return state.get(Lineage.PATH);
  }

  @Override
  public CompletableFuture<Long> check(ConfigTransaction transaction) {
    try {
      refuseLineage(transaction);
      byte[] unused = check.encoded(transaction, writable());
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
    return upToDate()
        .thenApply(
            done ->
                revisionOf(
                    state
                        .violated(transaction.conditions())
                        .<Answer>map(failed -> failed)
                        .orElseGet(() -> new Answer.Committed(state.revision()))));
  }

  /** All documents and the revision that they are of, as of now (linearizable). */
  public CompletableFuture<ConfigStateMachine.Contents> contents() {
    return upToDate().thenApply(done -> state.contents());
  }

  /** Completes when this replica has applied a revision; TIMED_OUT when that takes too long. */
  public CompletableFuture<Void> awaitLocal(long revision) {
    return waiters.await(revision, SUBMIT_TIMEOUT_MS);
  }

  private CompletableFuture<byte[]> persist(
      Supplier<CompletableFuture<byte[]>> attempt, long deadlineNs, long delayMs) {
    if (closed) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.UNAVAILABLE, "ConfigDB was stopped on this node"));
    }
    return Futures.tried(attempt)
        .thenApply(ReplicatedConfigStore::unlessSealed)
        .exceptionallyCompose(
            failure -> {
              Throwable cause = Causes.of(failure);
              if (!isTemporary(cause) || System.nanoTime() - deadlineNs > 0) {
                return CompletableFuture.failedFuture(cause);
              }
              return Futures.after(
                  delayMs,
                  () -> persist(attempt, deadlineNs, Math.min(2 * delayMs, RETRY_DELAY_MAX_MS)));
            });
  }

  /** While the log moves: the answer comes from the next log, with the same id if it has one. */
  private static byte[] unlessSealed(byte[] answer) {
    if (answer.length > 0 && answer[0] == Answer.SEALED) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE,
          "ConfigDB is moving to another log",
          "Its former log takes no more changes, and this node does not use the next one yet.",
          "Try again in some seconds.");
    }
    return answer;
  }

  private static boolean isTemporary(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.TIMED_OUT, ErrorCode.UNAVAILABLE);
  }

  private static long revisionOf(Answer answer) {
    if (answer instanceof Answer.Committed committed) {
      return committed.revision();
    }
    if (answer instanceof Answer.ConditionFailed failed) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "'" + failed.path() + "' is not as expected",
          describe(failed),
          "Read it again and repeat the change if it is still wanted.");
    }
    throw new AerieException(
        ErrorCode.INTERNAL,
        "ConfigDB refused a command",
        ((Answer.Refused) answer).why(),
        "Are all nodes of releases that work together?");
  }

  private static String describe(Answer.ConditionFailed failed) {
    return "Expected was "
        + (failed.expected() == 0 ? "no document" : "revision " + failed.expected())
        + ", there is "
        + (failed.actual() == 0 ? "none" : "revision " + failed.actual())
        + ".";
  }

  @Override
  public long localRevision() {
    return state.revision();
  }

  @Override
  public Subscription watchRevisions(
      String prefix, long afterRevision, Consumer<List<ConfigEvent>> consumer) {
    Paths.checkPrefix(prefix);
    if (watchCount.incrementAndGet() > Limits.WATCHES_MAX) {
      watchCount.decrementAndGet();
      throw new AerieException(
          ErrorCode.LIMIT_REACHED,
          "this node has as many watches as it takes",
          "There are at most " + Limits.WATCHES_MAX + " on one node.",
          "End others, or watch on another node.");
    }
    Watcher watcher = new Watcher(state, prefix, afterRevision, consumer, watching, this::ended);
    watchers.add(watcher);
    // its history, and whatever came between reading its place and its being listed
    if (afterRevision <= state.revision()) {
      watcher.begin(true);
    } else {
      // either this replica is behind, or nobody is so far; who can't know had better list anew
      CompletableFuture<Void> unused =
          upToDate()
              .handle((done, failure) -> failure == null && afterRevision <= state.revision())
              .thenAccept(watcher::begin);
    }
    return watcher;
  }

  private void ended(Watcher watcher) {
    if (watchers.remove(watcher)) {
      watchCount.decrementAndGet();
    }
  }

  @Override
  public void close() {
    closed = true;
    state.onChange(() -> {});
    watching.shutdownNow();
    reading.shutdownNow();
  }
}
