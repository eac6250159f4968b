package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.CommittedBound;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import io.aerie.cluster.log.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's replica of one log: a division of the node's Raft server. */
final class RatisLog implements ReplicatedLog, StateMachineAdapter.Events {
  /** The provider's name in settings and views. */
  private static final String PROVIDER = "ratis";

  private static final Logger log = LoggerFactory.getLogger(RatisLog.class);

  private final String name;
  private final RaftGroupId group;
  private final RaftNode node;
  private final MembershipChanges changes;
  private final Consumer<RatisLog> onClose;
  private final ScheduledExecutorService executor;
  private final LeaderRouter router;
  private final StateMachineAdapter machine;
  private final CommittedBound bound;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile RaftServer.Division division;
  private volatile LeaderWatch leaderWatch;

  RatisLog(
      String name,
      RaftGroupId group,
      RaftNode node,
      StateMachine machine,
      MembershipChanges changes,
      ScheduledExecutorService executor,
      CommittedBound bound,
      byte[] initialState,
      Consumer<RatisLog> onClose) {
    this.bound = bound;
    this.name = name;
    this.group = group;
    this.node = node;
    this.changes = changes;
    this.executor = executor;
    this.onClose = onClose;
    this.router = new LeaderRouter(node, group, executor);
    this.machine = new StateMachineAdapter(machine, this, initialState);
  }

  /**
   * Starts the division on its folder.
   *
   * @param peers the members while the folder knows none: this node on a founder, nobody on a
   *     joiner
   * @param remedy what to do about damaged data
   */
  void start(java.nio.file.Path folder, List<RaftPeer> peers, String remedy) throws IOException {
    division = node.startGroup(RaftGroup.valueOf(group, peers), folder, machine);
    long lastIndex = lastIndex();
    if (lastIndex < bound.index()) {
      throw SegmentTail.corrupt(folder, lastIndex, bound.index(), remedy);
    }
    router.serve(division);
    leaderWatch = new LeaderWatch(node, group, division, executor, node.leaderSilenceMillisMax());
    leaderWatch.start();
  }

  /** The last entry in the log or in the snapshot before it. */
  long lastIndex() {
    TermIndex last = division.getRaftLog().getLastEntryTermIndex();
    return Math.max(
        last == null ? 0 : last.getIndex(), Math.max(0, division.getInfo().getLastAppliedIndex()));
  }

  @Override
  public void applied(long index) {
    RaftServer.Division current = division;
    if (current == null) {
      return;
    }
    try {
      bound.raise(Math.min(index, current.getRaftLog().getFlushIndex()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  RaftNode node() {
    return node;
  }

  RaftServer.Division division() {
    return division;
  }

  LeaderRouter router() {
    return router;
  }

  boolean isMember() {
    RaftServer.Division current = division;
    return current != null && current.getRaftConf().getPeer(node.self().getId()) != null;
  }

  @Override
  public CompletableFuture<byte[]> submit(byte[] command) {
    Optional<AerieException> refusal = ReplicatedLog.refusal(command);
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    return router.write(command.clone());
  }

  @Override
  public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
    return catchUp().thenApply(done -> machine.query(query));
  }

  /** Waits until this replica has applied what was acknowledged before the call, on any node. */
  CompletableFuture<Void> catchUp() {
    return router
        .barrier()
        .thenCompose(index -> router.inTime(machine.whenApplied(index)))
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(inTimeOrLate(failure)));
  }

  private static Throwable inTimeOrLate(Throwable failure) {
    Throwable cause = Causes.of(failure);
    return cause instanceof TimeoutException
        ? new AerieException(
            ErrorCode.TIMED_OUT,
            "this node's replica of the log did not follow in time",
            "A majority has what was asked for; this replica is behind.",
            "Ask another node, or try again.",
            cause)
        : cause;
  }

  @Override
  public byte[] queryLocal(byte[] query) {
    return machine.query(query);
  }

  @Override
  public CompletableFuture<StateFile> exportState() {
    return catchUp()
        .handle(
            (done, failure) -> {
              if (failure != null) {
                throw new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "the log's state can't be exported now",
                    String.valueOf(failure.getMessage()),
                    "Try again.",
                    failure);
              }
              return machine.export(name);
            });
  }

  /** Stopped by its user, or by Ratis: the leader said that it is no member. */
  boolean isStopped() {
    RaftServer.Division current = division;
    return closed.get()
        || current == null
        || current.getInfo().getLifeCycleState().isClosingOrClosed();
  }

  @Override
  public LogStatus status() {
    RaftServer.Division current = division;
    if (isStopped()) {
      return new LogStatus(PROVIDER, Role.CLOSED, Optional.empty(), 0, 0, 0, 0, List.of());
    }
    DivisionInfo info = current.getInfo();
    RaftConfiguration configuration = current.getRaftConf();
    long appliedIndex = Math.max(0, info.getLastAppliedIndex());
    RaftPeerId leader = info.getLeaderId();
    return new LogStatus(
        PROVIDER,
        role(info, configuration),
        Optional.ofNullable(leader).map(PeerName::nodeOf),
        info.getCurrentTerm(),
        appliedIndex,
        Math.max(appliedIndex, current.getRaftLog().getLastCommittedIndex()),
        SegmentFiles.bytes(current.getRaftStorage().getStorageDir().getCurrentDir().toPath()),
        members(configuration));
  }

  @Override
  public Role role() {
    RaftServer.Division current = division;
    return isStopped() ? Role.CLOSED : role(current.getInfo(), current.getRaftConf());
  }

  private Role role(DivisionInfo info, RaftConfiguration configuration) {
    if (info.isLeader()) {
      return Role.LEADER;
    }
    if (configuration.getPeer(node.self().getId()) == null) {
      return Role.JOINING;
    }
    return info.isCandidate() ? Role.CANDIDATE : Role.FOLLOWER;
  }

  /** While a change is under way, also those who leave by it: their votes count still. */
  private static List<NodeId> members(RaftConfiguration configuration) {
    return Stream.concat(
            configuration.getCurrentPeers().stream(), configuration.getPreviousPeers().stream())
        .map(peer -> PeerName.nodeOf(peer.getId()))
        .sorted()
        .distinct()
        .toList();
  }

  @Override
  public CompletableFuture<Void> removeMember(NodeId member) {
    return changes.remove(this, member);
  }

  @Override
  public void leaderChanged(RaftPeerId leader) {
    router.leaderChanged(leader);
  }

  /** A leader that can't write must not lead, and nothing that it says later can be trusted. */
  @Override
  public void logFailed(Throwable cause) {
    log.error(
        "Log {} can't be written any more and is closed on this node. When the disk is well again,"
            + " restart the node; if it then reports damaged data, remove the folder that it names.",
        name,
        cause);
    executor.execute(this::close);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    router.close();
    try {
      LeaderWatch watch = leaderWatch;
      if (watch != null) {
        watch.stop();
      }
      if (division != null) {
        node.stopGroup(group);
      }
      bound.close();
    } catch (IOException e) {
      log.warn("Log {} did not stop cleanly", name, e);
    } finally {
      onClose.accept(this);
    }
  }
}
