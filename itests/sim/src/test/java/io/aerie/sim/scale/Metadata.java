package io.aerie.sim.scale;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** RCD's state of a cluster, made by encoded commands as they would come out of its log. */
final class Metadata {
  static final Redundancy PROTECTION = Redundancy.copies(3);
  static final long VOLUME_BYTES = 1L << 30;
  private static final long DISK_BYTES = 20L << 40;

  final Size size;
  private final RcdState state = new RcdState();
  private final Visits visits = Visits.in(state);
  private final Random random = new Random(1);

  /** Outside of the heap, which is measured. */
  private final ByteBuffer log;

  private final Map<String, Cost> costs = new TreeMap<>();
  private List<RcdChange> lastChanges = List.of();
  private long index;
  private int named;

  Metadata(Size size) {
    this.size = size;
    log = ByteBuffer.allocateDirect((1 << 20) + 512 * size.volumes());
  }

  RcdState state() {
    return state;
  }

  /** What was measured, by operation. */
  Map<String, Cost> costs() {
    return costs;
  }

  Cost cost(String operation) {
    return costs.computeIfAbsent(operation, name -> new Cost());
  }

  /** What the last command changed. */
  List<RcdChange> lastChanges() {
    return lastChanges;
  }

  long logBytes() {
    return log.position();
  }

  /** Applies a command without measuring it. */
  RcdAnswer apply(RcdCommand command) {
    return apply(new Cost(), command);
  }

  /** Applies a command that counts as this operation. */
  RcdAnswer apply(String operation, RcdCommand command) {
    return apply(cost(operation), command);
  }

  private RcdAnswer apply(Cost cost, RcdCommand command) {
    byte[] encoded = RcdCommands.encode(command);
    log.putInt(encoded.length).put(encoded);
    long visitedBefore = visits.soFar();
    RcdState.Applied applied = cost.measure(() -> state.apply(++index, encoded));
    lastChanges = applied.changes();
    cost.changed(lastChanges.size());
    cost.visited(visits.soFar() - visitedBefore);
    return RcdAnswer.decode(applied.answer()).orThrow();
  }

  /** Goes through all commands so far. */
  void replay(Consumer<byte[]> each) {
    ByteBuffer read = log.duplicate().flip();
    while (read.hasRemaining()) {
      byte[] command = new byte[read.getInt()];
      read.get(command);
      each.accept(command);
    }
  }

  UUID id() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  String name() {
    return "v" + ++named;
  }

  static NodeId node(int number) {
    return new NodeId("node" + number);
  }

  String pool(int number) {
    return "pool" + number % size.pools();
  }

  /** Nodes, disks and pools, without volumes. */
  void makeNodes() {
    for (int node = 0; node < size.nodes(); node++) {
      apply(join(node, 1));
      for (int disk = 0; disk < Size.DISKS_PER_NODE; disk++) {
        apply(addDisk(node));
      }
    }
    for (int pool = 0; pool < size.pools(); pool++) {
      apply(new RcdCommand.CreatePool(id(), pool(pool)));
    }
  }

  /** The first volume of each pool, which makes its groups. */
  void makeGroups() {
    for (int pool = 0; pool < size.pools(); pool++) {
      apply("create a pool's first volume", createVolume(pool));
    }
  }

  /** Volumes, each open at one client. */
  void makeVolumes() {
    for (int i = 0; i < size.volumes(); i++) {
      long volume = apply(createVolume(i)).number();
      apply(attach(volume, i));
      if (i % Size.VOLUMES_PER_SNAPSHOT == 0) {
        apply(freeze(volume, apply(snapshot(volume)).number()));
      }
    }
  }

  RcdCommand.JoinNode join(int node, long incarnation) {
    return new RcdCommand.JoinNode(node(node), "10.0.0.1:7000", incarnation, id());
  }

  RcdCommand.AddDisk addDisk(int node) {
    return new RcdCommand.AddDisk(
        id(), node(node), 1, "/dev/disk/by-id/some", DISK_BYTES, 1, pool(node));
  }

  RcdCommand.CreateVolume createVolume(int i) {
    return new RcdCommand.CreateVolume(
        id(), name(), VOLUME_BYTES, pool(i), PROTECTION, random.nextLong());
  }

  RcdCommand.Attach attach(long volume, int i) {
    return new RcdCommand.Attach(volume, node(i % size.nodes()), 1, id(), "guest");
  }

  RcdCommand.CreateSnapshot snapshot(long volume) {
    return new RcdCommand.CreateSnapshot(id(), name(), volume(volume).id());
  }

  RcdCommand.Freeze freeze(long volume, long snapshot) {
    VolumeRecord of = volume(volume);
    return new RcdCommand.Freeze(volume, of.epoch(), snapshot, of.live().number());
  }

  VolumeRecord volume(long number) {
    return state.volume(number).orElseThrow();
  }
}
