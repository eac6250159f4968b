package io.aerie.ardfs.host;

import io.aerie.ardfs.device.LocalDisks;
import io.aerie.ardfs.device.LocalDisks.LocalDisk;
import io.aerie.ardfs.host.DiskDevices.OpenDisk;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.config.copies.CopyDisks;
import io.aerie.engine.disk.CopyArea;
import io.aerie.engine.disk.DiskInspection;
import io.aerie.engine.disk.PageBuffers;
import io.aerie.engine.node.NodeStatus;
import io.aerie.engine.node.StorageNode;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.storage.block.BlockVolumes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incarnation: from JoinNode until RCD or a stop ends it. Its methods but {@link #received} and
 * {@link #report} are called by one thread that may wait.
 */
public final class NodeLife {
  private static final Logger log = LoggerFactory.getLogger(NodeLife.class);

  /** How often a number may be taken by another life before something else is wrong. */
  private static final int JOIN_ATTEMPTS_MAX = 5;

  private static final long CLOSE_SECONDS = 10;

  private final ClusterIdentity identity;
  private final ReplicatedLog rcdLog;
  private final RcdClient rcd;
  private final RcdReplica replica;
  private final LoopCalls calls;
  private final LocalDisks disks;
  private final long absenceNanos;
  private final BootClock clock;
  private final DiskDevices devices;
  private final UUID lifeId = UUID.randomUUID();
  private final Map<UUID, OpenDisk> open = new LinkedHashMap<>();

  private long incarnation;
  private StorageNode node;
  private Subscription following = () -> {};
  private Consumer<UUID> removed = disk -> {};

  NodeLife(
      ClusterIdentity identity,
      ReplicatedLog rcdLog,
      RcdReplica replica,
      LoopCalls calls,
      LocalDisks disks,
      long absenceNanos,
      BootClock clock,
      PageBuffers buffers) {
    this.identity = identity;
    this.rcdLog = rcdLog;
    this.rcd = new RcdClient(rcdLog);
    this.replica = replica;
    this.calls = calls;
    this.disks = disks;
    this.absenceNanos = absenceNanos;
    this.clock = clock;
    this.devices = new DiskDevices(calls, UUID.fromString(identity.clusterId()), buffers);
  }

  long incarnation() {
    return incarnation;
  }

  private NodeId self() {
    return identity.self().id();
  }

  /**
   * Joins RCD under a new number and starts the engine, without disks.
   *
   * @param toldOfRemoved told of a disk of this life that the cluster has no more, on the loop
   */
  void join(BiConsumer<NodeId, Message> sender, Consumer<String> over, Consumer<UUID> toldOfRemoved)
      throws ExecutionException, InterruptedException {
    removed = toldOfRemoved;
    takeNumber();
    replica
        .await(state -> state.node(self()).map(NodeRecord::life).filter(lifeId::equals).isPresent())
        .get();
    LoopEnvironment environment =
        new LoopEnvironment(calls.loop(), clock, rcdLog, absenceNanos, sender);
    calls
        .get(
            () -> {
              RcdReplica.Following follow = replica.follow(new LoopFollower());
              following = follow.subscription();
              node =
                  new StorageNode(environment, self(), incarnation, follow.state(), over::accept);
              node.start();
              return node;
            })
        .get();
  }

  private void takeNumber() throws ExecutionException, InterruptedException {
    String endpoint = identity.self().endpoint(Service.DATA).toString();
    long number = replica.read(state -> state.lastIncarnation(self()));
    for (int attempt = 1; ; attempt++) {
      number++;
      try {
        rcd.submit(new RcdCommand.JoinNode(self(), endpoint, number, lifeId)).get();
        incarnation = number;
        return;
      } catch (ExecutionException e) {
        boolean taken = Causes.isRefusal(e, ErrorCode.CONFLICT);
        if (!taken || attempt == JOIN_ATTEMPTS_MAX) {
          throw e;
        }
        // This replica was behind: wait until it knows who has the number.
        long known = number;
        replica.await(state -> state.lastIncarnation(self()) >= known).get();
        number = replica.read(state -> state.lastIncarnation(self()));
      }
    }
  }

  /** What RCD applies, on the engine's loop, in order. */
  private final class LoopFollower implements RcdReplica.Follower {
    @Override
    public void applied(long index, List<RcdChange> changes) {
      calls.loop().execute(() -> shouting(() -> node.onRcdApplied(index, changes)));
      if (changes.stream().anyMatch(c -> c instanceof RcdChange.Disk d && d.disk().removed())) {
        calls.loop().execute(() -> shouting(this::look));
      }
    }

    @Override
    public void replaced(RcdState copy) {
      calls.loop().execute(() -> shouting(() -> node.onRcdReplaced(copy)));
      calls.loop().execute(() -> shouting(this::look));
    }

    private void look() {
      open.keySet().stream().filter(id -> isRemoved(node.rcd(), id)).forEach(removed);
    }
  }

  private static boolean isRemoved(RcdState rcd, UUID id) {
    return rcd.disk(id).map(DiskRecord::removed).orElse(false);
  }

  /** A disk that the cluster has no more: closed, and not opened again by itself. */
  void release(UUID id) throws ExecutionException, InterruptedException {
    Optional<OpenDisk> disk =
        calls
            .get(
                () -> {
                  node.removeStore(id);
                  return Optional.ofNullable(open.remove(id));
                })
            .get();
    if (disk.isPresent()) {
      log.info("disk {} was removed from the cluster, and is closed", id);
      try {
        calls.<Void>call(disk.get().engine()::close).get();
      } finally {
        disk.get().device().close();
        disks.remove(id);
      }
    }
  }

  /** The engine has no caller that could catch. */
  private static void shouting(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.error("DEFECT: the storage engine threw", e);
    }
  }

  /** On the loop. */
  void received(NodeId from, Message message) {
    shouting(() -> node.onMessage(from, message));
  }

  /** Opens the known disks; one that can't be opened is reported and stays down. */
  void bringDisks(List<LocalDisk> known) throws InterruptedException {
    for (LocalDisk disk : known) {
      if (replica.read(rcd -> isRemoved(rcd, disk.disk()))) {
        log.info("disk {} was removed from the cluster, and is not opened", disk.disk());
        disks.remove(disk.disk());
        continue;
      }
      try {
        bring(disk);
      } catch (ExecutionException | RuntimeException e) {
        Throwable cause = Causes.of(e);
        log.error("disk {} at {} stays down: {}", disk.disk(), disk.path(), describe(cause), cause);
      }
    }
  }

  private static String describe(Throwable cause) {
    return cause instanceof AerieException refusal ? refusal.describe() : cause.toString();
  }

  private void bring(LocalDisk disk) throws ExecutionException, InterruptedException {
    OpenDisk opened = devices.open(disk.path());
    UUID id = opened.engine().identity().disk();
    try {
      rcd.submit(
              new RcdCommand.BringDisk(
                  id,
                  self(),
                  incarnation,
                  disk.path(),
                  opened.engine().usage().capacityBytes(),
                  opened.engine().identity().generation()))
          .get();
    } catch (ExecutionException | RuntimeException e) {
      opened.device().close();
      throw e;
    }
    serve(id, opened);
  }

  private void serve(UUID id, OpenDisk opened) throws ExecutionException, InterruptedException {
    calls
        .get(
            () -> {
              open.put(id, opened);
              node.addStore(opened.engine());
              if (isRemoved(node.rcd(), id)) {
                removed.accept(id); // RCD told of it before it was open.
              }
              return id;
            })
        .get();
    log.info("disk {} serves", id);
  }

  /** What lies on a device; changes nothing. */
  DiskInspection inspect(String path) throws ExecutionException, InterruptedException {
    return devices.inspect(path);
  }

  /** Formats a disk and adds it to a pool. */
  UUID addDisk(String path, String pool) throws ExecutionException, InterruptedException {
    UUID id = UUID.randomUUID();
    devices.format(path, id);
    disks.add(new LocalDisk(path, id));
    OpenDisk opened = devices.open(path);
    try {
      rcd.submit(
              new RcdCommand.AddDisk(
                  id,
                  self(),
                  incarnation,
                  path,
                  opened.engine().usage().capacityBytes(),
                  opened.engine().identity().generation(),
                  pool))
          .get();
    } catch (ExecutionException | RuntimeException e) {
      opened.device().close();
      throw e;
    }
    serve(id, opened);
    replica.await(state -> state.disk(id).isPresent()).get();
    return id;
  }

  CompletableFuture<Void> clearReservation(RcdCommand.ClearReservation command) {
    return calls.call(done -> node.clearReservation(command, done));
  }

  CompletableFuture<ByteBuffer> extents(ExtentsRequest what) {
    return calls.call(done -> node.extents(what, done));
  }

  BlockVolumes volumes(TrafficCounters traffic) {
    return new EngineVolumes(calls, node, replica, rcd, traffic);
  }

  /** The disks of this life as places for copies of ConfigDB. */
  CopyDisks copyDisks() {
    return new EngineCopyDisks(calls, disks, this::copyAreas);
  }

  /** On the loop. */
  private Map<UUID, Optional<CopyArea>> copyAreas() {
    Map<UUID, Optional<CopyArea>> areas = new LinkedHashMap<>();
    open.forEach((id, disk) -> areas.put(id, disk.engine().copyArea()));
    return areas;
  }

  /** On the loop. */
  DiskReport report() {
    Map<UUID, Long> used = new LinkedHashMap<>();
    open.forEach((id, disk) -> used.put(id, disk.engine().usage().usedBytes()));
    return new DiskReport(used, node == null ? List.of() : node.status().quarantined());
  }

  /** What the engine sees and did. */
  public CompletableFuture<NodeStatus> status() {
    return calls.get(() -> node.status());
  }

  /** Stops the engine, then closes the disks in order. */
  void end() {
    following.close();
    try {
      List<CompletableFuture<Void>> closing =
          calls.get(this::stopOnLoop).get(CLOSE_SECONDS, TimeUnit.SECONDS);
      CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new))
          .get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The log on the disk is complete without a closing checkpoint; the next opening replays it.
      log.warn("disks were not closed in order: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.values().forEach(disk -> disk.device().close());
    open.clear();
  }

  private List<CompletableFuture<Void>> stopOnLoop() {
    if (node != null) {
      node.stop();
    }
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    for (OpenDisk disk : open.values()) {
      closing.add(calls.call(disk.engine()::close));
    }
    return closing;
  }

  /** Tells RCD that this life is over, so that nobody waits for its lease. */
  void farewell(long seconds) {
    farewell(rcd, self(), incarnation, seconds);
  }

  /** The same of any life of this node that has ended. */
  static void farewell(RcdClient rcd, NodeId self, long incarnation, long seconds) {
    try {
      rcd.submit(new RcdCommand.LeaveNode(self, incarnation)).get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.info("RCD was not told of the stop: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
