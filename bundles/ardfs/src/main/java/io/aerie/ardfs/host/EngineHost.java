package io.aerie.ardfs.host;

import io.aerie.ardfs.device.LocalDisks;
import io.aerie.ardfs.network.PeerEncryption;
import io.aerie.ardfs.network.PeerNetwork;
import io.aerie.ardfs.rcd.RcdLog;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Service;
import io.aerie.config.copies.CopyDisks;
import io.aerie.engine.disk.PageBuffers;
import io.aerie.engine.protocol.MalformedMessageException;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.protocol.MessageCodec;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.storage.block.VolumeTraffic;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one {@link NodeLife} going, and begins the next when RCD ended it: a node that was silent
 * too long (paused, cut off) comes back as if it had been restarted.
 *
 * <pre>
 *   begin: JoinNode, engine, disks ----> SERVING ----incarnation over / close----> end
 *     ^        | fails                                                             |
 *     +--1 s---+<------------------------------------------------------------------+
 * </pre>
 */
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
public final class EngineHost implements OwnerRequests, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EngineHost.class);

  private static final long RETRY_SECONDS = 1;

  /** One look may fall between the end of a replica and its next beginning: two count. */
  private static final long LOG_WATCH_SECONDS = 1;

  /** A planned stop tells RCD, so that others need not wait for the lease; not longer than this. */
  private static final long FAREWELL_SECONDS = 3;

  private final ClusterIdentity identity;
  private final RcdLog rcdLog;
  private final RcdReplica replica;
  private final LocalDisks disks;
  private final Settings settings;
  private final Consumer<Optional<Serving>> serving;
  private final NioEventLoopGroup group =
      new NioEventLoopGroup(1, new DefaultThreadFactory("ardfs", true));
  private final LoopCalls calls = new LoopCalls(group.next());
  private final ScheduledExecutorService lives =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ardfs life", true));
  private final PeerNetwork network;
  private final BootClock clock = new BootClock();

  /** Used on the loop only, by all disks of all lives. */
  private final PageBuffers buffers = new PageBuffers();

  private final TrafficCounters traffic;

  private volatile NodeLife life;
  private boolean logFailed;
  private boolean closed;

  /** What others use of a life. */
  public record Serving(BlockVolumes volumes, CopyDisks copies) {}

  /**
   * How a node is set.
   *
   * @param tls whether messages between nodes are encrypted
   * @param absenceNanos how long disks that are away are waited for
   */
  public record Settings(boolean tls, long absenceNanos) {}

  /**
   * @param serving told what a life serves when it does, and empty before it ends
   */
  public EngineHost(
      ClusterIdentity identity,
      RcdLog rcdLog,
      RcdReplica replica,
      LocalDisks disks,
      Settings settings,
      Consumer<Optional<Serving>> serving) {
    this.identity = identity;
    this.rcdLog = rcdLog;
    this.replica = replica;
    this.disks = disks;
    this.settings = settings;
    this.serving = serving;
    this.traffic = new TrafficCounters(replica);
    this.network =
        new PeerNetwork(
            new PeerNetwork.Settings(
                cluster(),
                identity.self().id(),
                settings.tls() ? Optional.of(PeerEncryption.of(identity.tls())) : Optional.empty(),
                this::endpoint),
            calls.loop(),
            this::received);
  }

  private Optional<Endpoint> endpoint(NodeId node) {
    return replica
        .read(rcd -> rcd.node(node).map(record -> record.endpoint()))
        .map(
            text -> {
              int colon = text.lastIndexOf(':');
              return new Endpoint(
                  text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
            });
  }

  private void received(NodeId from, ByteBuffer bytes) {
    NodeLife present = life;
    if (present == null) {
      return;
    }
    Message message;
    try {
      message = MessageCodec.decode(bytes);
    } catch (MalformedMessageException e) {
      log.error("a message from {} can't be read", from, e);
      return;
    }
    present.received(from, message);
  }

  /** Begins to listen and to live; returns before the first life serves. */
  public void start() {
    network.listen(identity.self().endpoint(Service.DATA));
    lives.execute(this::begin);
    lives.scheduleWithFixedDelay(
        this::watchLog, LOG_WATCH_SECONDS, LOG_WATCH_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * A node whose replica of RCD has ended would keep its volumes and refuse whoever attached after
   * that. It ends its life instead: others take the volumes over when the lease is over.
   */
  private void watchLog() {
    boolean failedBefore = logFailed;
    try {
      logFailed = rcdLog.failed();
    } catch (RuntimeException e) {
      // A timer whose task throws stops for good.
      log.warn("RCD's log doesn't say how it is", e);
    }
    NodeLife present = life;
    if (logFailed && failedBefore && present != null) {
      over(present, "this node's replica of RCD has ended");
    }
  }

  private void begin() {
    if (closed) {
      return;
    }
    if (logFailed || leaves()) {
      lives.schedule(this::begin, RETRY_SECONDS, TimeUnit.SECONDS);
      return;
    }
    NodeLife next =
        new NodeLife(
            identity, rcdLog, replica, calls, disks, settings.absenceNanos(), clock, buffers);
    try {
      next.join(
          (to, message) -> network.send(to, MessageCodec.encode(message)),
          why -> lives.execute(() -> over(next, why)),
          disk -> lives.execute(() -> release(next, disk)));
      life = next;
      next.bringDisks(disks.list());
      serving.accept(Optional.of(new Serving(next.volumes(traffic), next.copyDisks())));
      log.info("storage serves, incarnation {}", next.incarnation());
    } catch (ExecutionException | InterruptedException | RuntimeException e) {
      log.warn("storage can't begin yet: {}", e.toString(), e);
      end(next);
      lives.schedule(this::begin, RETRY_SECONDS, TimeUnit.SECONDS);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Whether this node is to leave the cluster for good. It says that its last life is over until
   * RCD knows: when it leads RCD's log itself, nobody else would find out.
   */
  private boolean leaves() {
    Optional<NodeRecord> leaving =
        replica.read(rcd -> rcd.node(self()).filter(NodeRecord::leaving));
    if (leaving.isEmpty()) {
      return false;
    }
    if (leaving.get().state() != NodeState.DOWN) {
      log.warn("{} is being removed from the cluster: its storage has ended", self());
      NodeLife.farewell(
          new RcdClient(rcdLog), self(), leaving.get().incarnation(), FAREWELL_SECONDS);
    }
    return true;
  }

  private void over(NodeLife ended, String why) {
    if (ended != life || closed) {
      return;
    }
    log.warn("incarnation {} is over: {}", ended.incarnation(), why);
    end(ended);
    begin();
  }

  private void release(NodeLife of, UUID disk) {
    if (of != life || closed) {
      return; // The next life doesn't open it.
    }
    try {
      of.release(disk);
    } catch (ExecutionException | RuntimeException e) {
      log.warn("removed disk {} was not closed in order: {}", disk, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(NodeLife ending) {
    if (life == ending) {
      serving.accept(Optional.empty());
      life = null;
    }
    ending.end();
  }

  NodeId self() {
    return identity.self().id();
  }

  UUID cluster() {
    return UUID.fromString(identity.clusterId());
  }

  /** The present life, empty between lives. */
  public Optional<NodeLife> life() {
    return Optional.ofNullable(life);
  }

  @Override
  public CompletableFuture<Void> clearReservation(ClearReservation command) {
    return serving(present -> present.clearReservation(command));
  }

  @Override
  public CompletableFuture<ByteBuffer> extents(ExtentsRequest what) {
    return serving(present -> present.extents(what));
  }

  private <T> CompletableFuture<T> serving(Function<NodeLife, CompletableFuture<T>> call) {
    return life().map(call).orElseGet(() -> CompletableFuture.failedFuture(notServing()));
  }

  static AerieException notServing() {
    return new AerieException(
        ErrorCode.UNAVAILABLE, "Storage on this node does not serve now", "", "Ask another node.");
  }

  /** What clients have asked of volumes through this node. */
  public VolumeTraffic traffic() {
    return traffic;
  }

  /** What this node's disks have. */
  public CompletableFuture<DiskReport> report() {
    NodeLife present = life;
    return present == null
        ? CompletableFuture.completedFuture(DiskReport.NONE)
        : calls.get(present::report);
  }

  @Override
  public void close() {
    try {
      lives
          .submit(
              () -> {
                closed = true;
                NodeLife last = life;
                if (last != null) {
                  end(last);
                  last.farewell(FAREWELL_SECONDS);
                }
              })
          .get(2 * FAREWELL_SECONDS + 10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      log.warn("storage did not stop in order: {}", e.toString());
    }
    lives.shutdownNow();
    network.close();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
