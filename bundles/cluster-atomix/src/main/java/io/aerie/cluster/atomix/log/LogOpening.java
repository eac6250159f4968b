package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.atomix.DurableFiles;
import io.aerie.cluster.atomix.MessageTransport;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.log.StateFile;
import io.atomix.cluster.ClusterMembershipService;
import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a specification to a replica that is up to date. All steps run on the provider's one thread;
 * none waits on it.
 *
 * <pre>
 *  folder holds a replica? --yes--> engine on it ------------------------.
 *     | no                                                               |
 *  to be founded? ---------yes--> engine as the only member -------------+--> reach the leader's
 *     | no                                                               |    committed index --> open
 *  find a leader through the seeds --> remove own former replicas        |
 *     '--> engine as a new replica --> joins as learner, is promoted ----'
 * </pre>
 */
final class LogOpening {
  private static final Logger log = LoggerFactory.getLogger(LogOpening.class);

  private static final Duration ASK_LIMIT = Duration.ofSeconds(1);

  /** A state of tens of megabytes over a slow network. */
  private static final Duration BASE_LIMIT = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Between two looks at how far the replica has applied the log. */
  private static final Duration CATCH_UP_PAUSE = Duration.ofMillis(10);

  /**
   * What all openings share.
   *
   * @param transport messages between nodes
   * @param membership for the engine, which wants to know of dead members
   * @param worker the provider's thread
   * @param settings of replicas
   * @param leaving nodes that are being removed, which no leader takes in
   */
  record Environment(
      MessageTransport transport,
      ClusterMembershipService membership,
      ScheduledExecutorService worker,
      LogSettings settings,
      Supplier<Set<NodeId>> leaving) {}

  private final LogSpecification specification;
  private final ReplicaFolder folder;
  private final Environment environment;
  private final NodeId self;
  private final CompletableFuture<ReplicatedLog> result = new CompletableFuture<>();
  private volatile AtomixLog replica;
  private volatile boolean closed;

  LogOpening(LogSpecification specification, ReplicaFolder folder, Environment environment) {
    this.specification = specification;
    this.folder = folder;
    this.environment = environment;
    this.self = environment.transport().self();
  }

  CompletableFuture<ReplicatedLog> begin() {
    // who doesn't want it any more cancels it: the replica, if there is one, must not stay
    CompletableFuture<ReplicatedLog> unused =
        result.whenComplete(
            (opened, error) -> {
              if (result.isCancelled()) {
                step(this::close, Duration.ZERO);
              }
            });
    step(this::start, Duration.ZERO);
    return result;
  }

  private interface Step {
    void run() throws IOException;
  }

  private void step(Step step, Duration delay) {
    Runnable guarded =
        () -> {
          if (closed) {
            // a step that was under way may have made it after the closing
            close();
            return;
          }
          try {
            step.run();
          } catch (IOException | RuntimeException e) {
            abandon(folder.refusal(e));
          }
        };
    try {
      var unused = environment.worker().schedule(guarded, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(LeaderCalls.closed());
    }
  }

  private void abandon(AerieException error) {
    AtomixLog started = replica;
    if (started != null) {
      started.close();
    }
    result.completeExceptionally(error);
  }

  private void start() throws IOException {
    Optional<ReplicaId> existing = folder.find(self);
    if (existing.isPresent()) {
      proceed(existing.get());
    } else if (specification.found()) {
      found();
    } else if (specification.seeds().isEmpty()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The log " + specification.name() + " has neither data nor seeds on " + self);
    } else {
      findLeader(0);
    }
  }

  private void proceed(ReplicaId id) throws IOException {
    RaftContext raft = startEngine(id);
    Collection<RaftMember> members = raft.getCluster().getMembers();
    List<MemberId> others =
        members.stream()
            .map(RaftMember::memberId)
            .filter(member -> !member.equals(id.member()))
            .toList();
    log.info("{}: replica {} continues with {}", specification.name(), id, others);
    whenStarted(
        raft,
        others.isEmpty() ? raft.getCluster().bootstrap(List.of()) : raft.getCluster().join(others));
  }

  private void found() throws IOException {
    ReplicaId id = ReplicaId.draw(self);
    folder.prepare();
    if (specification.initialState().isPresent()) {
      StateFile state = StateFile.readFor(specification.name(), specification.initialState().get());
      new StateSnapshot(0, state.state()).write(folder.base());
    }
    RaftContext raft = startEngine(id);
    log.info("{}: founded by replica {}", specification.name(), id);
    CompletableFuture<Void> started = raft.getCluster().bootstrap(List.of());
    folder.name(id);
    whenStarted(raft, started);
  }

  /** Asks one seed after another, for ever: a new node may be up before the others. */
  private void findLeader(int attempt) {
    List<NodeId> seeds = specification.seeds();
    NodeId seed = seeds.get(attempt % seeds.size());
    CompletableFuture<byte[]> unused =
        environment
            .transport()
            .request(
                seed, AtomixLog.subject(specification.name(), "status"), new byte[0], ASK_LIMIT)
            .whenComplete(
                (answer, error) -> {
                  RemoteStatus status = error == null ? RemoteStatus.read(answer) : null;
                  if (status == null || status.leader().isEmpty()) {
                    step(() -> findLeader(attempt + 1), PAUSE);
                  } else {
                    step(() -> removeFormer(status, attempt), Duration.ZERO);
                  }
                });
  }

  /** Former replicas of this node have lost their data: they must not count for a majority. */
  private void removeFormer(RemoteStatus status, int attempt) throws IOException {
    String former =
        status.members().stream()
            .filter(member -> ReplicaId.parse(member).node().equals(self))
            .findFirst()
            .orElse(null);
    if (former == null) {
      askTurn(status, attempt);
      return;
    }
    log.info("{}: removes the former replica {}", specification.name(), former);
    CompletableFuture<byte[]> unused =
        environment
            .transport()
            .request(
                ReplicaId.parse(status.leader()).node(),
                AtomixLog.subject(specification.name(), "remove"),
                former.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                ASK_LIMIT.multipliedBy(3))
            .whenComplete((answer, error) -> step(() -> findLeader(attempt + 1), PAUSE));
  }

  /** One node at a time; the leader says whose turn it is. */
  private void askTurn(RemoteStatus status, int attempt) {
    NodeId leader = ReplicaId.parse(status.leader()).node();
    CompletableFuture<byte[]> unused =
        turn(leader, JoinTurn.TAKE)
            .whenComplete(
                (answer, error) -> {
                  if (error == null && JoinTurn.granted(answer)) {
                    fetchBase(status, leader, attempt);
                  } else {
                    step(() -> findLeader(attempt + 1), PAUSE);
                  }
                });
  }

  private CompletableFuture<byte[]> turn(NodeId leader, byte[] wish) {
    return environment
        .transport()
        .request(leader, AtomixLog.subject(specification.name(), "turn"), wish, ASK_LIMIT);
  }

  /** What the log was founded with isn't in the log: the leader gives it, whole. */
  private void fetchBase(RemoteStatus status, NodeId leader, int attempt) {
    CompletableFuture<byte[]> unused =
        environment
            .transport()
            .request(
                leader, AtomixLog.subject(specification.name(), "base"), new byte[0], BASE_LIMIT)
            .whenComplete(
                (base, error) -> {
                  if (error == null) {
                    step(() -> join(status, leader, base), Duration.ZERO);
                  } else {
                    step(() -> findLeader(attempt + 1), PAUSE);
                  }
                });
  }

  private void join(RemoteStatus status, NodeId leader, byte[] base) throws IOException {
    ReplicaId id = ReplicaId.draw(self);
    folder.prepare();
    if (base.length > 0) {
      DurableFiles.write(folder.base(), base);
    }
    RaftContext raft = startEngine(id);
    log.info("{}: replica {} joins {}", specification.name(), id, status.members());
    CompletableFuture<Void> joined =
        raft.getCluster().join(status.members().stream().map(MemberId::from).toList());
    folder.name(id);
    whenStarted(raft, joined);
    // Lost, it ends by itself after a while: the next joiner waits a little longer.
    CompletableFuture<byte[]> unused =
        joined
            .handle((done, error) -> leader)
            .thenCompose(asked -> turn(asked, JoinTurn.GIVE_BACK))
            .exceptionally(error -> JoinTurn.GIVE_BACK);
  }

  private RaftContext startEngine(ReplicaId id) throws IOException {
    ReplicaEngine engine = new ReplicaEngine(specification, folder, id, environment);
    replica = engine.log();
    watch();
    return engine.raft();
  }

  /** One that stops by itself comes to nothing that could tell its opening. */
  private void watch() {
    checkRuns();
    if (!result.isDone()) {
      step(this::watch, PAUSE);
    }
  }

  private void checkRuns() {
    if (replica.isClosed()) {
      throw replica.failure().map(folder::refusal).orElseGet(LeaderCalls::closed);
    }
  }

  private void whenStarted(RaftContext raft, CompletableFuture<Void> started) {
    CompletableFuture<Void> unused =
        started.whenComplete(
            (done, error) -> {
              if (error != null) {
                step(
                    () -> {
                      throw new IOException(Causes.of(error));
                    },
                    Duration.ZERO);
              } else {
                raft.awaitState(
                    RaftContext.State.READY, state -> step(this::askCommitted, Duration.ZERO));
              }
            });
  }

  /** The leader's committed index is what this replica must have before it is open. */
  private void askCommitted() {
    RemoteStatus own = replica.remoteStatus();
    if (own.leads()) {
      catchUp(own.committedIndex());
      return;
    }
    if (own.leader().isEmpty()) {
      step(this::askCommitted, CATCH_UP_PAUSE);
      return;
    }
    CompletableFuture<byte[]> unused =
        environment
            .transport()
            .request(
                ReplicaId.parse(own.leader()).node(),
                AtomixLog.subject(specification.name(), "status"),
                new byte[0],
                ASK_LIMIT)
            .whenComplete(
                (answer, error) -> {
                  RemoteStatus status = error == null ? RemoteStatus.read(answer) : null;
                  if (status == null || !status.leads()) {
                    step(this::askCommitted, PAUSE);
                  } else {
                    step(() -> catchUp(status.committedIndex()), Duration.ZERO);
                  }
                });
  }

  private void catchUp(long index) {
    checkRuns();
    if (replica.appliedIndex() < index) {
      step(() -> catchUp(index), CATCH_UP_PAUSE);
      return;
    }
    if (!result.complete(replica)) {
      replica.close();
    }
  }

  String name() {
    return specification.name();
  }

  /** Whether nothing of it runs any more. */
  boolean hasEnded() {
    AtomixLog started = replica;
    return started == null ? closed || result.isCompletedExceptionally() : started.isClosed();
  }

  /** Closes the replica, or ends the opening. */
  void close() {
    closed = true;
    AtomixLog started = replica;
    if (started != null) {
      started.close();
    }
    result.completeExceptionally(LeaderCalls.closed());
  }
}
