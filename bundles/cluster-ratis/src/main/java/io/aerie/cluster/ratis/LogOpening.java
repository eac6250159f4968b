package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.ratis.LogFolders.Stage;
import io.aerie.cluster.ratis.Wire.Change;
import io.aerie.cluster.ratis.Wire.ChangeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a replica from its folder to service.
 *
 * <pre>
 *            data here                              member already
 * LOOK ------------------------------> START ---------------------------> CATCH_UP --> SERVE
 *   | no data, may found                ^   \ not yet a member             ^
 *   v                                   |    v                             |
 * ASK_OTHERS -- nobody has it: found ---+   JOIN -- the leader took it in -+
 *             \ somebody has it: join --+
 * </pre>
 *
 * A step that fails for a reason that may pass is tried again after a pause; only unreadable data
 * and closing end the opening.
 */
final class LogOpening {
  private enum Step {
    LOOK,
    ASK_OTHERS,
    START,
    JOIN,
    CATCH_UP,
    SERVE
  }

  /** What the steps need from the provider. */
  interface Provider {
    /** The folders as they are now; ends the incarnation first if this log's data is gone. */
    LogFolders folders() throws IOException;

    /** Starts this log's replica. */
    RatisLog start(LogSpecification specification, boolean self) throws IOException;

    /** It ends without a replica, and touches no file any more. */
    void ended(LogOpening opening);
  }

  private static final Logger logger = LoggerFactory.getLogger(LogOpening.class);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

  /** A member is up to date within milliseconds of the leader's first message to it. */
  private static final Duration CATCH_UP_PAUSE = Duration.ofMillis(50);

  /** Longer than an election, when all members start together. */
  private static final Duration REJOIN_AFTER = Duration.ofSeconds(2);

  private static final Duration PROBE_MAX = Duration.ofSeconds(2);

  /**
   * How long a joiner that gets nothing new waits for the leader: several tries, each with time for
   * an election.
   */
  private static final Duration JOIN_STALLED = Duration.ofSeconds(12);

  /** A leader that steps down meanwhile never answers; one that needs longer is asked again. */
  private static final Duration JOIN_MAX = Duration.ofSeconds(5);

  private final LogSpecification specification;
  private final List<NodeId> others;
  private final Messages messages;
  private final ScheduledExecutorService executor;
  private final Provider provider;
  private final CompletableFuture<ReplicatedLog> result = new CompletableFuture<>();
  private Step step = Step.LOOK;
  private Step reported;
  private int nextSeed;
  private volatile long joiningSinceNs;
  private volatile long joiningIndex;
  private volatile boolean removed;
  private Stage stage;
  private RatisLog replica;
  private volatile Future<?> retry;

  LogOpening(
      LogSpecification specification,
      List<NodeId> others,
      Messages messages,
      ScheduledExecutorService executor,
      Provider provider) {
    this.specification = specification;
    this.others = List.copyOf(others);
    this.messages = messages;
    this.executor = executor;
    this.provider = provider;
  }

  CompletableFuture<ReplicatedLog> start() {
    executor.execute(this::run);
    return result;
  }

  /** The provider stops. */
  void cancel() {
    Future<?> pending = retry;
    if (pending != null) {
      pending.cancel(false);
    }
    result.completeExceptionally(
        new AerieException(ErrorCode.UNAVAILABLE, "the log's provider was stopped"));
  }

  boolean isDone() {
    return result.isDone();
  }

  private void run() {
    if (result.isDone()) {
      end();
      return;
    }
    CompletableFuture<Step> next;
    try {
      next =
          switch (step) {
            case LOOK -> CompletableFuture.completedFuture(look());
            case ASK_OTHERS -> askOthers();
            case START -> CompletableFuture.completedFuture(startReplica());
            case JOIN -> join();
            case CATCH_UP -> catchUp();
            case SERVE -> CompletableFuture.completedFuture(serve());
          };
    } catch (IOException | RuntimeException e) {
      next = CompletableFuture.failedFuture(e);
    }
    Callbacks.whenDone(next, this::proceed);
  }

  /** Who asked for it gets no replica, so nobody else would stop it. */
  private void end() {
    if (replica != null) {
      replica.close();
    }
    provider.ended(this);
  }

  private void proceed(Step next, Throwable failure) {
    try {
      if (result.isCancelled()) {
        end();
        return;
      }
      if (failure == null) {
        step = next;
        if (next != null) {
          executor.execute(this::run);
        }
        return;
      }
      Throwable cause = Causes.of(failure);
      if ((step == Step.CATCH_UP || step == Step.JOIN) && replica.isStopped()) {
        removed = true;
        beginAgain("it was removed and asks to be taken in");
        return;
      }
      if (step == Step.JOIN && isStalled()) {
        beginAgain("it is not taken in: " + cause);
        return;
      }
      if (isFinal(cause)) {
        end();
        result.completeExceptionally(cause);
        return;
      }
      if (reported != step) {
        reported = step;
        logger.info("Log {} can't {} yet: {}", specification.name(), step, cause.toString());
      }
      Duration pause = step == Step.CATCH_UP ? CATCH_UP_PAUSE : RETRY_PAUSE;
      retry = Callbacks.after(executor, pause, this::run);
    } catch (RejectedExecutionException e) {
      cancel();
    }
  }

  /**
   * Stops the replica and starts it anew, in two cases:
   *
   * <ul>
   *   <li>The leader told it that it is no member any more (it was removed while it was away, or
   *       another replica of its node took its place), and Ratis stopped it. It asks to be taken in
   *       with the data that it has; Raft allows that, because its name, its votes and its log are
   *       whole.
   *   <li>Under load Ratis 3.3.0 sometimes loses a joiner's stream of entries and doesn't notice,
   *       while the change of members stays pending and keeps all others out. When the joiner's
   *       server ends, the leader does notice.
   * </ul>
   */
  private void beginAgain(String why) {
    logger.info("Log {}: this replica starts anew, {}", specification.name(), why);
    replica.close();
    step = Step.LOOK;
    retry = Callbacks.after(executor, RETRY_PAUSE, this::run);
  }

  /** A joiner that is sent entries is catching up, however long that takes on a slow machine. */
  private boolean isStalled() {
    long now = System.nanoTime();
    long index = replica.lastIndex();
    if (index > joiningIndex) {
      joiningIndex = index;
      joiningSinceNs = now;
    }
    return now - joiningSinceNs > JOIN_STALLED.toNanos();
  }

  private boolean isFinal(Throwable cause) {
    if (cause instanceof AerieException known) {
      return known.code() != ErrorCode.UNAVAILABLE && known.code() != ErrorCode.TIMED_OUT;
    }
    return step == Step.LOOK || step == Step.START;
  }

  private Step look() throws IOException {
    joiningSinceNs = System.nanoTime();
    joiningIndex = -1;
    stage = provider.folders().stage(specification.name()).orElse(null);
    if (stage != null) {
      return Step.START;
    }
    if (specification.found()) {
      return Step.ASK_OTHERS;
    }
    if (others.isEmpty()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "log '" + specification.name() + "' can't be opened",
          "This node has no data of it, may not found it and knows no member to join through.",
          "");
    }
    stage = Stage.JOINING;
    return Step.START;
  }

  /**
   * A founder that lost its folder looks like one that never founded. So all others that it knows
   * must answer that they don't have the log either.
   */
  private CompletableFuture<Step> askOthers() {
    byte[] name = specification.name().getBytes(StandardCharsets.UTF_8);
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    for (NodeId other : others) {
      answers.add(messages.request(other, Wire.PROBE, name, PROBE_MAX));
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              boolean exists = answers.stream().anyMatch(answer -> answer.join()[0] == 1);
              stage = exists ? Stage.JOINING : Stage.FOUNDING;
              return Step.START;
            });
  }

  private Step startReplica() throws IOException {
    try {
      provider.folders().record(specification.name(), stage);
      replica = provider.start(specification, stage == Stage.FOUNDING);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "log '" + specification.name() + "' can't be started from its data",
          String.valueOf(e.getMessage()),
          remedy(e),
          e);
    }
    if (result.isDone()) {
      replica.close();
      return null;
    }
    return stage == Stage.FOUNDING || isMember() ? Step.CATCH_UP : Step.JOIN;
  }

  private String remedy(IOException failure) {
    try {
      return provider.folders().remedy(specification.name());
    } catch (IOException e) {
      failure.addSuppressed(e);
      return "";
    }
  }

  private CompletableFuture<Step> join() {
    if (isMember()) {
      return CompletableFuture.completedFuture(Step.CATCH_UP);
    }
    if (others.isEmpty()) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.UNAVAILABLE, "no other node is known"));
    }
    return askToJoin()
        .thenApply(
            answer -> {
              removed = false;
              return Step.CATCH_UP;
            });
  }

  /** What a removed replica's own data says of its membership is out of date. */
  private boolean isMember() {
    return !removed && replica.isMember();
  }

  private CompletableFuture<byte[]> askToJoin() {
    NodeId seed = others.get(nextSeed++ % others.size());
    RaftPeer self = replica.node().self();
    Change change =
        new Change(
            ChangeKind.JOIN,
            false,
            specification.name(),
            PeerName.nodeOf(self.getId()).value(),
            self.getId().toString(),
            self.getAddress());
    return messages.request(seed, Wire.CHANGE, change.encode(), JOIN_MAX);
  }

  private CompletableFuture<Step> catchUp() {
    return replica.catchUp().thenApply(done -> Step.SERVE).whenComplete(this::rejoinIfLong);
  }

  /**
   * A member that was removed while it was away, or replaced by another replica of its node,
   * doesn't know: nobody answers it. So one that waits for long asks to be taken in; a member's
   * request changes nothing.
   */
  private void rejoinIfLong(Step next, Throwable failure) {
    long now = System.nanoTime();
    if (failure != null && now - joiningSinceNs > REJOIN_AFTER.toNanos() && !others.isEmpty()) {
      joiningSinceNs = now;
      Callbacks.whenDone(
          askToJoin(),
          (answer, refusal) -> {
            if (refusal != null) {
              logger.info("Log {} was not taken in: {}", specification.name(), refusal.toString());
            }
          });
    }
  }

  private Step serve() throws IOException {
    provider.folders().record(specification.name(), Stage.MEMBER);
    if (!result.complete(replica)) {
      replica.close();
    }
    return null;
  }
}
