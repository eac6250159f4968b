package io.aerie.cluster.ratis;

import io.aerie.cluster.log.StateFile;
import io.aerie.cluster.log.StateMachine;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a consumer's state machine under Ratis, which calls from several threads (updater,
 * queries, snapshot installation); one lock makes them one at a time.
 */
final class StateMachineAdapter extends BaseStateMachine {
  /** What the replica wants to hear of. */
  interface Events {
    void leaderChanged(RaftPeerId leader);

    /** Called before the answer to a command is given. */
    void applied(long index);

    /** The log can't be written any more (full or broken disk). */
    void logFailed(Throwable cause);
  }

  private static final Logger log = LoggerFactory.getLogger(StateMachineAdapter.class);

  /**
   * After a snapshot could not be written so many commands are applied before the next try. Ratis
   * asks again after each, and on a full disk each try writes all of the state and a page of log.
   */
  static final int COMMANDS_BETWEEN_TRIES = 1024;

  private final StateMachine machine;
  private final Events events;
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();

  private final byte[] initialState;

  /** Who waits for which index. */
  private final TreeMap<Long, List<CompletableFuture<Void>>> waiters = new TreeMap<>();

  private long appliedIndex = -1;

  /** Ratis' thread for state alone uses it. */
  private long noSnapshotBefore;

  /**
   * An adapter for one life of a replica.
   *
   * @param initialState what the log begins with, empty when with nothing or with data
   */
  StateMachineAdapter(StateMachine machine, Events events, byte[] initialState) {
    this.initialState = initialState;
    this.machine = machine;
    this.events = events;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, group, raftStorage);
    getLifeCycle()
        .startAndTransition(
            () -> {
              storage.init(raftStorage);
              if (initialState.length > 0 && storage.getLatestSnapshot() == null) {
                placeInitialState();
              }
              restore();
            },
            IOException.class);
  }

  /** As a snapshot at index 0, which Ratis then sends to every joiner. */
  private void placeInitialState() throws IOException {
    SnapshotFile.write(storage.getSnapshotFile(0, 0).toPath(), out -> out.write(initialState));
    storage.loadLatestSnapshot();
  }

  /** The state as it is. */
  StateFile export(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    oneAtATime.lock();
    try {
      machine.writeSnapshot(new DataOutputStream(bytes));
      return new StateFile(
          name, Math.max(0, getLastAppliedTermIndex().getIndex()), bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      oneAtATime.unlock();
    }
  }

  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  /** Called after a snapshot of the leader was installed. */
  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    storage.loadLatestSnapshot();
    restore();
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  private void restore() throws IOException {
    SingleFileSnapshotInfo snapshot = storage.getLatestSnapshot();
    if (snapshot == null) {
      return;
    }
    List<CompletableFuture<Void>> due;
    oneAtATime.lock();
    try {
      SnapshotFile.read(snapshot.getFile(), in -> machine.readSnapshot(snapshot.getIndex(), in));
      due = reached(snapshot.getIndex());
    } finally {
      oneAtATime.unlock();
    }
    due.forEach(waiter -> waiter.complete(null));
    setLastAppliedTermIndex(snapshot.getTermIndex());
    log.info("{}: restored from {}", getGroupId(), snapshot.getFile().getPath());
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    byte[] command = entry.getStateMachineLogEntry().getLogData().toByteArray();
    byte[] answer;
    List<CompletableFuture<Void>> due;
    oneAtATime.lock();
    try {
      // whatever it throws stops this replica: its state would differ from the others'
      answer = command.length == 0 ? Wire.EMPTY : machine.apply(entry.getIndex(), command);
      due = reached(entry.getIndex());
    } finally {
      oneAtATime.unlock();
    }
    due.forEach(waiter -> waiter.complete(null));
    events.applied(entry.getIndex());
    updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    return CompletableFuture.completedFuture(Wire.message(answer));
  }

  /** Completed when this replica has applied the entry of that index, on Ratis' thread. */
  CompletableFuture<Void> whenApplied(long index) {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    oneAtATime.lock();
    try {
      if (appliedIndex >= index) {
        reached.complete(null);
      } else {
        waiters.computeIfAbsent(index, at -> new ArrayList<>()).add(reached);
      }
    } finally {
      oneAtATime.unlock();
    }
    return reached;
  }

  /** Under the lock: what waited for this index or an earlier one. */
  private List<CompletableFuture<Void>> reached(long index) {
    appliedIndex = Math.max(appliedIndex, index);
    var due = waiters.headMap(index, true);
    List<CompletableFuture<Void>> all = due.values().stream().flatMap(List::stream).toList();
    due.clear();
    return all;
  }

  byte[] query(byte[] query) {
    oneAtATime.lock();
    try {
      return machine.query(query);
    } finally {
      oneAtATime.unlock();
    }
  }

  @Override
  public long takeSnapshot() {
    TermIndex at = getLastAppliedTermIndex();
    if (at.getIndex() < Math.max(RaftLog.LEAST_VALID_LOG_INDEX, noSnapshotBefore)) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    FileInfo file;
    try {
      file =
          SnapshotFile.write(
              storage.getSnapshotFile(at.getTerm(), at.getIndex()).toPath(), this::writeState);
    } catch (IOException e) {
      // nothing is lost: the log is kept, and grows, until a snapshot succeeds
      noSnapshotBefore = at.getIndex() + COMMANDS_BETWEEN_TRIES;
      log.error(
          "{}: no snapshot at {}, the next try is {} commands later",
          getGroupId(),
          at,
          COMMANDS_BETWEEN_TRIES,
          e);
      return RaftLog.INVALID_LOG_INDEX;
    }
    storage.updateLatestSnapshot(new SingleFileSnapshotInfo(file, at));
    return at.getIndex();
  }

  private void writeState(DataOutputStream out) throws IOException {
    oneAtATime.lock();
    try {
      machine.writeSnapshot(out);
    } finally {
      oneAtATime.unlock();
    }
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return storage;
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    events.leaderChanged(leader);
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
    events.logFailed(cause);
  }
}
