package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.StreamKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Nodes with their disks on one clock, network and log of RCD: what runs and scenarios work on. */
public final class Cluster {
  /** Where all disks go. */
  public static final String POOL = "default";

  /** How disks are made. */
  public enum DiskKind {
    /** The simplest store that keeps the contract. */
    MEMORY,
    /** The real disk engine on a simulated device. */
    ENGINE
  }

  /**
   * Of what a cluster is made.
   *
   * @param ringBytes of the log of a disk of kind ENGINE
   * @param deviceBytes of such a disk
   */
  public record Shape(
      int nodes, int disksPerNode, DiskKind kind, long ringBytes, long deviceBytes) {
    /** Whole blocks of any content can be copied through it. */
    public static final long RING_BYTES = 32L << 20;

    /** More than any run writes. */
    public static final long DEVICE_BYTES = 2L << 30;

    /** What RCD is told that each disk has; the pool's promises are not what is tested here. */
    static final long CLAIMED_BYTES = 1L << 40;

    public Shape(int nodes, int disksPerNode, DiskKind kind, long ringBytes) {
      this(nodes, disksPerNode, kind, ringBytes, DEVICE_BYTES);
    }

    public Shape(int nodes, int disksPerNode, DiskKind kind) {
      this(nodes, disksPerNode, kind, RING_BYTES);
    }
  }

  private final World world;
  private final Network network;
  private final SimulatedLog log;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Shape shape;
  private Consumer<SimulatedNode> onServing = node -> {};
  private BiConsumer<Long, RcdState> onCommit = (index, state) -> {};

  public Cluster(World world, Shape shape) {
    this.world = world;
    this.shape = shape;
    network = new Network(world);
    log = new SimulatedLog(world, network, (index, state) -> onCommit.accept(index, state));
    for (int i = 1; i <= shape.nodes(); i++) {
      SimulatedNode node =
          new SimulatedNode(
              world,
              network,
              log,
              new NodeId("n" + i),
              serving -> onServing.accept(serving),
              violations::add);
      for (int d = 0; d < shape.disksPerNode(); d++) {
        node.disks.add(disk(new UUID(i, d)));
      }
      nodes.add(node);
    }
  }

  private SimulatedDisk disk(UUID id) {
    return shape.kind() == DiskKind.ENGINE
        ? new EngineDisk(world, id, shape.ringBytes(), shape.deviceBytes())
        : new MemoryDisk(world, id);
  }

  void onServing(Consumer<SimulatedNode> listener) {
    onServing = listener;
  }

  /** Told of each committed command. */
  public void onCommit(BiConsumer<Long, RcdState> listener) {
    onCommit = listener;
  }

  public World world() {
    return world;
  }

  public Network network() {
    return network;
  }

  public SimulatedLog log() {
    return log;
  }

  public Shape shape() {
    return shape;
  }

  public List<SimulatedNode> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /** What was found wrong so far; whoever judges adds to it. */
  public List<String> violations() {
    return violations;
  }

  public SimulatedNode node(NodeId id) {
    return nodes.stream().filter(n -> n.id.equals(id)).findFirst().orElseThrow();
  }

  /** All nodes but these, in order. */
  public List<SimulatedNode> others(SimulatedNode... than) {
    List<SimulatedNode> others = new ArrayList<>(nodes);
    others.removeAll(List.of(than));
    return others;
  }

  /** The machine that a disk is in. */
  public SimulatedNode nodeOf(UUID disk) {
    for (SimulatedNode node : nodes) {
      for (SimulatedDisk of : node.disks) {
        if (of.id().equals(disk)) {
          return node;
        }
      }
    }
    throw new IllegalArgumentException("no disk " + disk);
  }

  public SimulatedDisk disk(SimulatedNode node, UUID disk) {
    return node.disks.stream().filter(d -> d.id().equals(disk)).findFirst().orElseThrow();
  }

  public Stream<SimulatedDisk> disks() {
    return nodes.stream().flatMap(n -> n.disks.stream());
  }

  /** Starts all nodes, and makes the pool once all their disks are there. */
  public void bootWithPool() {
    nodes.forEach(SimulatedNode::boot);
    for (int i = 0; i < 100 && log.committed().disks().size() < disks().count(); i++) {
      world.run(100 * World.MILLISECOND);
    }
    apply(new RcdCommand.CreatePool(new UUID(9, 9), POOL));
  }

  /** Submits a command through the first node; its answer. */
  public RcdAnswer apply(RcdCommand command) {
    RcdAnswer[] answer = new RcdAnswer[1];
    for (int i = 0; i < 100 && answer[0] == null; i++) {
      boolean[] failed = new boolean[1];
      log.submit(
          nodes.get(0).id,
          RcdCommands.encode(command),
          (bytes, failure) -> {
            failed[0] = failure != null;
            answer[0] = failure == null ? RcdAnswer.decode(bytes) : null;
          });
      while (answer[0] == null && !failed[0]) {
        world.step();
      }
    }
    if (answer[0] == null) {
      throw new IllegalStateException("RCD does not answer " + command);
    }
    return answer[0];
  }

  /** Makes a volume; its number. */
  public long createVolume(int copies, long sizeBytes, long seed) {
    return createVolume(Redundancy.copies(copies), sizeBytes, seed);
  }

  /** Makes a volume of any protection; its number. */
  public long createVolume(Redundancy redundancy, long sizeBytes, long seed) {
    UUID id = new UUID(8, log.committed().volumes().size());
    String name = "v" + (log.committed().volumes().size() + 1);
    return apply(new RcdCommand.CreateVolume(id, name, sizeBytes, POOL, redundancy, seed))
        .orThrow()
        .number();
  }

  public VolumeRecord volume(long number) {
    return log.committed().volume(number).orElseThrow();
  }

  /** The group that a block of a volume's live layer falls to. */
  public GroupRecord groupOf(long volume, int block) {
    VolumeRecord record = volume(volume);
    List<GroupRecord> groups = log.committed().groupsOf(record.pool(), record.redundancy());
    return groups.get(Placement.group(record.live().seed(), block, groups.size()));
  }

  /** The node that owns a volume, when it has an owner. */
  public Optional<SimulatedNode> owner(long volume) {
    return volume(volume).owner().map(this::node);
  }

  /** Whether a disk will not come back: what it had is lost, or not to be believed. */
  public boolean lost(UUID disk) {
    return nodeOf(disk).refusedDisks().contains(disk);
  }

  /** Whether all members that can be are in sync, and all volumes settled. */
  public boolean whole() {
    for (GroupRecord group : log.committed().groups().values()) {
      for (UUID member : group.members()) {
        if (!group.inSync().contains(member) && !lost(member)) {
          return false;
        }
      }
    }
    return nodes.stream()
        .allMatch(
            n ->
                n.isUp()
                    && n.engine().isPresent()
                    && n.engine().get().status().settlingVolumes() == 0);
  }

  /** The same, where nothing was scrubbed. */
  public SortedSet<String> contents(StreamKey stream) {
    return contents(stream, false);
  }

  /**
   * What is settled of a stream on each of its members that is in sync, without repetitions.
   *
   * @param scrubbed whether nothing may be damaged any more; else what rotted on a disk that was
   *     hurt, and is not repaired yet, is left out with that disk
   */
  public SortedSet<String> contents(StreamKey stream, boolean scrubbed) {
    TreeSet<String> different = new TreeSet<>();
    for (UUID member : log.committed().group(stream.group()).orElseThrow().inSync()) {
      SimulatedDisk disk = disk(nodeOf(member), member);
      String content = digest(disk, stream);
      if (scrubbed || !disk.hurt() || !content.contains(EngineDisk.UNREADABLE)) {
        different.add(content);
      }
    }
    return different;
  }

  /** What is settled of a stream on a disk. */
  public String digest(SimulatedDisk disk, StreamKey key) {
    StringBuilder digest = new StringBuilder();
    boolean[] told = new boolean[1];
    disk.digest(
        key,
        text -> {
          digest.append(text);
          told[0] = true;
        });
    for (int i = 0; i < 200 && !told[0]; i++) {
      world.run(20 * World.MILLISECOND);
    }
    if (!told[0]) {
      violations.add("disk " + disk.id() + " does not answer");
    }
    return digest.toString();
  }
}
