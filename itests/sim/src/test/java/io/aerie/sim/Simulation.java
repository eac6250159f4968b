package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.StreamKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** One run: nodes, a volume of each protection, clients, faults, and the judgement. */
final class Simulation {
  /** Times that something is broken and made good. */
  private static final int ROUNDS = 4;

  private static final int DISKS = 1;

  private final Shape shape;
  private final World world;
  private final Faults.Kind kind;
  private final Network network;
  private final SimulatedLog log;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final List<Long> volumes = new ArrayList<>();
  private final TreeMap<Long, Redundancy> protections = new TreeMap<>();
  private final Oracle oracle;
  private Workload workload;
  private Faults faults;
  private boolean finished;

  Simulation(long seed, Shape shape, Faults.Kind kind, boolean engine, boolean tracing) {
    this.shape = shape;
    this.kind = kind;
    world = new World(seed, tracing);
    network = new Network(world);
    log = new SimulatedLog(world, network, (index, state) -> committed(state));
    oracle = new Oracle(nodes, violations::add);
    for (int i = 1; i <= shape.nodes(); i++) {
      SimulatedNode node =
          new SimulatedNode(
              world, network, log, new NodeId("n" + i), this::serving, violations::add);
      for (int d = 0; d < DISKS; d++) {
        node.disks.add(
            engine ? new EngineDisk(world, new UUID(i, d)) : new MemoryDisk(world, new UUID(i, d)));
      }
      nodes.add(node);
    }
  }

  private void committed(RcdState state) {
    oracle.committed(state);
    if (faults != null) {
      faults.committed(state);
    }
  }

  private void serving(SimulatedNode node) {
    int clients = shape.clients();
    if (workload != null && !finished && nodes.indexOf(node) < clients) {
      workload.attach(node, nodes.indexOf(node), clients);
    }
  }

  /** Runs it all; the violations found. */
  List<String> run() {
    nodes.forEach(SimulatedNode::boot);
    world.run(3 * World.SECOND);
    createVolumes();
    workload =
        new Workload(
            world,
            protections,
            (volume, page, value) -> oracle.acknowledged(log.committed(), volume, page, value),
            violations::add);
    faults = new Faults(world, network, log, nodes, workload);
    nodes.forEach(this::serving);
    world.run(World.SECOND);
    if (kind != Faults.Kind.NONE) {
      for (int i = 0; i < ROUNDS && violations.isEmpty(); i++) {
        faults.breakSomething(kind);
        world.run(world.between(World.MILLISECOND, 7 * World.SECOND));
        faults.heal();
        world.run(world.between(World.MILLISECOND, 8 * World.SECOND));
      }
    }
    faults.heal();
    conclude();
    return violations;
  }

  String lately() {
    return world.lately(4_000);
  }

  String summary() {
    return String.format(
        "%d writes, %d reads, %d failed, %d RCD commands, %d events, %.1f s",
        workload.answeredWrites,
        workload.answeredReads,
        workload.failed,
        log.length(),
        world.ran(),
        world.now() / 1e9);
  }

  private void createVolumes() {
    apply(new RcdCommand.CreatePool(new UUID(9, 9), "default"));
    for (Redundancy redundancy : shape.volumes()) {
      volumes.add(
          apply(
              new RcdCommand.CreateVolume(
                  new UUID(8, volumes.size()),
                  "v" + volumes.size(),
                  Shape.BLOCKS * redundancy.spanBytes(),
                  "default",
                  redundancy,
                  world.random().nextLong())));
      protections.put(volumes.get(volumes.size() - 1), redundancy);
    }
    world.run(World.SECOND);
  }

  private long apply(RcdCommand command) {
    long[] number = new long[1];
    log.submit(
        nodes.get(0).id,
        RcdCommands.encode(command),
        (bytes, failure) -> number[0] = RcdAnswer.decode(bytes).orThrow().number());
    world.run(50 * World.MILLISECOND);
    return number[0];
  }

  private boolean whole() {
    RcdState state = log.committed();
    for (GroupRecord group : state.groups().values()) {
      if (!group.whole()) {
        return false;
      }
    }
    return nodes.stream()
        .allMatch(
            n ->
                n.isUp()
                    && n.engine().isPresent()
                    && n.engine().get().status().settlingVolumes() == 0);
  }

  private void conclude() {
    for (int i = 0; i < 120 && !whole() && violations.isEmpty(); i++) {
      world.run(World.SECOND);
    }
    if (!whole()) {
      violations.add("not all groups are in sync two minutes after the last fault");
      return;
    }
    workload.stop();
    world.run(2 * World.SECOND);
    for (int i = 0; i < 40 && workload.open() > 0; i++) {
      world.run(World.SECOND);
    }
    finished = true;
    boolean[] done = new boolean[1];
    workload.finish(nodes.get(world.random().nextInt(nodes.size())), () -> done[0] = true);
    world.run(20 * World.SECOND);
    if (!done[0]) {
      violations.add("not all pages could be read and written after all faults");
      return;
    }
    workload.judge();
    compareMembers();
  }

  private String digest(SimulatedDisk disk, StreamKey key) {
    StringBuilder digest = new StringBuilder();
    boolean[] told = new boolean[1];
    disk.digest(
        key,
        text -> {
          digest.append(text);
          told[0] = true;
        });
    for (int i = 0; i < 100 && !told[0]; i++) {
      world.run(20 * World.MILLISECOND);
    }
    if (!told[0]) {
      violations.add("disk " + disk.id() + " does not answer");
    }
    return digest.toString();
  }

  private void compareFragments(GroupRecord group, StreamKey key) {
    TreeMap<BlockKey, Map<UUID, BlockImage>> stripes = new TreeMap<>();
    int[] open = new int[1];
    for (SimulatedNode node : nodes) {
      for (SimulatedDisk disk : node.disks) {
        for (BlockVersion version : disk.opened().inventory(key)) {
          open[0]++;
          disk.opened()
              .readBlock(
                  version.block(),
                  (image, failure) -> {
                    open[0]--;
                    stripes
                        .computeIfAbsent(version.block(), b -> new HashMap<>())
                        .put(disk.id(), image.orElseThrow());
                  });
        }
      }
    }
    for (int i = 0; i < 100 && open[0] > 0; i++) {
      world.run(20 * World.MILLISECOND);
    }
    if (open[0] > 0) {
      violations.add("a disk does not answer");
    }
    stripes.forEach(
        (stripe, images) ->
            new StripeCheck(group, stripe, images).violation().ifPresent(violations::add));
  }

  private void compareMembers() {
    for (GroupRecord group : log.committed().groups().values()) {
      for (long volume : volumes) {
        if (group.redundancy().striped()) {
          compareFragments(group, new StreamKey(volume, group.number()));
          continue;
        }
        StreamKey key = new StreamKey(volume, group.number());
        TreeSet<String> different = new TreeSet<>();
        for (SimulatedNode node : nodes) {
          for (SimulatedDisk disk : node.disks) {
            if (group.members().contains(disk.id())) {
              different.add(digest(disk, key));
            }
          }
        }
        if (different.size() > 1) {
          violations.add("members of " + key + " differ:\n" + String.join("---\n", different));
        }
      }
    }
  }
}
