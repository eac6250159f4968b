package io.aerie.cluster.atomix.log;

import io.aerie.cluster.log.CommittedBound;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.atomix.primitive.impl.DefaultPrimitiveTypeRegistry;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.storage.StorageLevel;
import io.atomix.utils.concurrent.ThreadModel;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** Puts one replica's parts together around Atomix' {@link RaftContext}. */
final class ReplicaEngine {
  /** The contract's largest command, and what Kryo puts around it. */
  private static final int ENTRY_BYTES_MAX = (1 << 20) + (64 << 10);

  /** Threads beside the engine's own three: for events of sessions, which we don't use. */
  private static final int EXTRA_THREADS = 1;

  private final RaftContext raft;
  private final AtomixLog log;

  ReplicaEngine(
      LogSpecification specification,
      ReplicaFolder folder,
      ReplicaId id,
      LogOpening.Environment environment)
      throws IOException {
    AtomicReference<AtomixLog> started = new AtomicReference<>();
    Consumer<Throwable> onFailure =
        error -> {
          AtomixLog replica = started.get();
          if (replica != null) {
            replica.fail(error);
          }
        };
    StateMachineService state =
        new StateMachineService(
            specification.stateMachine(),
            folder,
            environment.settings().snapshotEveryCommands(),
            environment.worker(),
            onFailure);
    state.load();
    LogType type = new LogType(state);
    RaftGuards guards =
        new RaftGuards(new Ballot(folder.ballot()), environment.leaving(), onFailure);
    LogProtocol protocol =
        new LogProtocol(environment.transport(), specification.name(), id, guards);
    // all that may fail for now comes before the engine, which ends half-way only at a price
    byte[] base = Files.exists(folder.base()) ? Files.readAllBytes(folder.base()) : new byte[0];
    folder.checkOpens();
    CommittedBound bound = new CommittedBound(folder.committed());
    try {
      raft = context(specification, folder, id, environment, type, protocol);
    } catch (RuntimeException e) {
      bound.close();
      throw e;
    }
    LogDurability durability = new LogDurability(raft.getLog(), folder.raft(), bound, onFailure);
    long reached = Math.max(durability.boundIndex(), state.appliedIndex());
    long covered = covered(raft, state);
    long first = raft.getLogReader().getFirstIndex();
    if (durability.lastIndex() < reached || first > covered + 1) {
      durability.close();
      raft.close();
      throw folder.corrupt(
          durability.lastIndex() < reached
              ? folder.lastSegment()
                  + " ends at entry "
                  + durability.lastIndex()
                  + ", but entry "
                  + reached
                  + " was in it: it was damaged or cut short"
              : "the log begins with entry "
                  + first
                  + ", but its snapshot ends with entry "
                  + covered
                  + ": a file of the log or a snapshot is missing",
          null);
    }
    state.onApplied(durability::applied);
    guards.attach(raft, durability);
    raft.addRoleChangeListener(
        role -> {
          try {
            durability.leading(role == RaftServer.Role.LEADER);
          } catch (RuntimeException e) {
            onFailure.accept(e);
          }
        });
    log =
        new AtomixLog(
            specification.name(),
            id,
            raft,
            state,
            new LeaderSession(raft, protocol, type, id, specification.name()),
            environment.transport(),
            environment.worker(),
            durability,
            base,
            environment.leaving());
    started.set(log);
    log.begin();
  }

  /** The last entry that the state here has without the log. */
  private static long covered(RaftContext raft, StateMachineService state) {
    Snapshot snapshot = raft.getSnapshotStore().getCurrentSnapshot();
    return Math.max(state.appliedIndex(), snapshot == null ? 0 : snapshot.index());
  }

  private static RaftContext context(
      LogSpecification specification,
      ReplicaFolder folder,
      ReplicaId id,
      LogOpening.Environment environment,
      LogType type,
      LogProtocol protocol) {
    RaftStorage storage =
        RaftStorage.builder()
            .withPrefix(ReplicaFolder.PREFIX)
            .withDirectory(folder.raft().toFile())
            .withStorageLevel(StorageLevel.DISK)
            .withNamespace(RaftNamespaces.RAFT_STORAGE)
            .withMaxSegmentSize(environment.settings().segmentBytes())
            // else nothing is dropped while users write much, until the disk is nearly full
            .withDynamicCompaction(false)
            .withMaxEntrySize(ENTRY_BYTES_MAX)
            .withFlushOnCommit(true)
            .build();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(RaftContext.class.getClassLoader());
    try {
      RaftContext context =
          new RaftContext(
              specification.name(),
              id.member(),
              environment.membership(),
              protocol,
              storage,
              new DefaultPrimitiveTypeRegistry(List.of(type)),
              ThreadModel.SHARED_THREAD_POOL.factory(
                  "raft-" + specification.name() + "-%d",
                  EXTRA_THREADS,
                  LoggerFactory.getLogger(RaftContext.class)),
              true);
      context.setElectionTimeout(environment.settings().election());
      context.setHeartbeatInterval(environment.settings().heartbeat());
      return context;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  RaftContext raft() {
    return raft;
  }

  AtomixLog log() {
    return log;
  }
}
