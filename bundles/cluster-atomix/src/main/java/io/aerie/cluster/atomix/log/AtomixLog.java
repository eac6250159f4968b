package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.atomix.MessageTransport;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's replica of a log.
 *
 * <pre>
 *  submit, queryLinearizable, removeMember        queryLocal
 *        |                                             |
 *   LeaderCalls --(messages)--> the leader's           |
 *                               LeaderSession          |
 *                                    |                 |
 *                               RaftContext (Atomix) --+--> StateMachineService --> StateMachine
 *                                    |        '--> log, term, members on disk (LogDurability)
 *                               LogProtocol, RaftGuards --(messages)--> other replicas
 * </pre>
 */
final class AtomixLog implements ReplicatedLog {
  private static final Logger log = LoggerFactory.getLogger(AtomixLog.class);

  /** How long closing waits for the engine's thread, which may be in the middle of a sync. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /** Between two looks at how far an export's state has come. */
  private static final long EXPORT_PAUSE_MS = 10;

  private final String name;
  private final ReplicaId self;
  private final RaftContext raft;
  private final StateMachineService state;
  private final LeaderSession session;
  private final MessageTransport transport;
  private final MemberRemoval removal;
  private final LeaderCalls calls;
  private final ScheduledExecutorService timer;
  private final LogDurability durability;
  private final byte[] base;
  private final JoinTurn turn;
  private final List<Subscription> handlers = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Throwable failure;
  private final CountDownLatch down = new CountDownLatch(1);

  AtomixLog(
      String name,
      ReplicaId self,
      RaftContext raft,
      StateMachineService state,
      LeaderSession session,
      MessageTransport transport,
      ScheduledExecutorService timer,
      LogDurability durability,
      byte[] base,
      Supplier<Set<NodeId>> leaving) {
    this.base = base;
    this.turn = new JoinTurn(leaving);
    this.durability = durability;
    this.name = name;
    this.self = self;
    this.raft = raft;
    this.state = state;
    this.session = session;
    this.transport = transport;
    this.removal = new MemberRemoval(raft);
    this.calls = new LeaderCalls(timer, this::leader);
    this.timer = timer;
  }

  /** Begins to listen to the engine and to other nodes. */
  void begin() {
    raft.addLeaderElectionListener(leader -> calls.leaderChanged());
    raft.addRoleChangeListener(
        role -> {
          log.info("{}: {} is {} in term {}", name, self, role, raft.getTerm());
          session.reset();
          calls.leaderChanged();
        });
    handlers.add(ApplyWatch.begin(name, raft, timer));
    handlers.add(session.watchClock(timer));
    handlers.add(transport.handle(subject("submit"), (from, body) -> session.command(body)));
    handlers.add(transport.handle(subject("query"), (from, body) -> session.query(body)));
    handlers.add(transport.handle(subject("index"), (from, body) -> session.index()));
    handlers.add(
        transport.handle(subject("base"), (from, body) -> CompletableFuture.completedFuture(base)));
    handlers.add(
        transport.handle(
            subject("remove"),
            (from, body) ->
                removal
                    .remove(new String(body, StandardCharsets.UTF_8))
                    .thenApply(done -> new byte[0])));
    handlers.add(
        transport.handle(
            subject("turn"),
            (from, body) -> CompletableFuture.completedFuture(turn.answer(from, body))));
    handlers.add(
        transport.handle(
            subject("status"),
            (from, body) -> CompletableFuture.completedFuture(remoteStatus().write())));
  }

  private String subject(String operation) {
    return subject(name, operation);
  }

  static String subject(String name, String operation) {
    return "log." + name + "." + operation;
  }

  private Optional<NodeId> leader() {
    RaftMember leader = raft.getLeader();
    return leader == null ? Optional.empty() : Optional.of(ReplicaId.node(leader.memberId()));
  }

  RemoteStatus remoteStatus() {
    RaftMember leader = raft.getLeader();
    return new RemoteStatus(
        raft.isLeader(),
        raft.getCommitIndex(),
        leader == null ? "" : leader.memberId().id(),
        raft.getCluster().getMembers().stream().map(member -> member.memberId().id()).toList());
  }

  @Override
  public CompletableFuture<byte[]> submit(byte[] command) {
    Optional<AerieException> refusal = ReplicatedLog.refusal(command);
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    return atLeader("submit", command);
  }

  @Override
  public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
    return atLeader("query", query);
  }

  private CompletableFuture<byte[]> atLeader(String operation, byte[] body) {
    return calls.call(
        (leader, limit) -> transport.request(leader, subject(operation), body, limit));
  }

  @Override
  public byte[] queryLocal(byte[] query) {
    return state.query(query);
  }

  @Override
  public CompletableFuture<StateFile> exportState() {
    CompletableFuture<StateFile> result = new CompletableFuture<>();
    long deadlineNs = System.nanoTime() + LeaderCalls.CALL_LIMIT.toNanos();
    CompletableFuture<Void> unused =
        atLeader("index", new byte[0])
            .handle(
                (answer, error) -> {
                  if (error != null) {
                    result.completeExceptionally(Causes.of(error));
                  } else {
                    exportFrom(ByteBuffer.wrap(answer).getLong(), deadlineNs, result);
                  }
                  return null;
                });
    return result;
  }

  private void exportFrom(long index, long deadlineNs, CompletableFuture<StateFile> result) {
    if (state.appliedIndex() >= index) {
      result.complete(state.export(name));
    } else if (closed.get() || System.nanoTime() - deadlineNs > 0) {
      result.completeExceptionally(
          new AerieException(ErrorCode.UNAVAILABLE, "The log's state is behind on this node"));
    } else {
      CompletableFuture.delayedExecutor(EXPORT_PAUSE_MS, TimeUnit.MILLISECONDS)
          .execute(() -> exportFrom(index, deadlineNs, result));
    }
  }

  @Override
  public CompletableFuture<Void> removeMember(NodeId member) {
    List<MemberId> replicas =
        raft.getCluster().getMembers().stream()
            .map(RaftMember::memberId)
            .filter(id -> ReplicaId.node(id).equals(member))
            .toList();
    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
    for (MemberId replica : replicas) {
      all = all.thenCompose(done -> removeReplica(replica.id()));
    }
    return all;
  }

  /** Removes one incarnation. */
  CompletableFuture<Void> removeReplica(String replica) {
    return atLeader("remove", replica.getBytes(StandardCharsets.UTF_8)).thenApply(answer -> null);
  }

  @Override
  public LogStatus status() {
    long applied = Math.max(raft.getLastApplied(), state.appliedIndex());
    return new LogStatus(
        "atomix",
        role(),
        leader(),
        raft.getTerm(),
        applied,
        Math.max(raft.getCommitIndex(), applied),
        durability.bytes(),
        raft.getCluster().getMembers().stream()
            .map(member -> ReplicaId.node(member.memberId()))
            .distinct()
            .sorted()
            .toList());
  }

  @Override
  public Role role() {
    if (closed.get()) {
      return Role.CLOSED;
    }
    RaftServer.Role role = raft.getRole();
    return switch (role) {
      case LEADER -> Role.LEADER;
      case FOLLOWER -> Role.FOLLOWER;
      case CANDIDATE -> Role.CANDIDATE;
      default -> Role.JOINING;
    };
  }

  /** How far this replica has applied the log. */
  long appliedIndex() {
    return Math.max(raft.getLastApplied(), state.appliedIndex());
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Why it stopped by itself. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Stops the replica after a failure that only a restart can heal; doesn't wait. */
  void fail(Throwable error) {
    if (!closed.get()) {
      failure = error;
      log.error("{}: the replica {} stops", name, self, error);
    }
    shutDown();
  }

  private void shutDown() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    handlers.forEach(Subscription::close);
    calls.close();
    raft.getThreadContext()
        .execute(
            () -> {
              try {
                raft.getCluster().close();
                raft.transition(RaftServer.Role.INACTIVE);
                durability.close();
                raft.close();
              } finally {
                down.countDown();
              }
            });
  }

  @Override
  public void close() {
    shutDown();
    try {
      if (!down.await(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("{}: the replica {} takes long to close", name, self);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
