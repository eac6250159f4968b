package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;

/** One run: three nodes, a volume of each protection, clients, faults, and the judgement. */
final class Simulation {
  /** What happens to the nodes and the network. */
  enum Faults {
    NONE,
    KILLS,
    KILL_ALL,
    PARTITIONS,
    MESSAGES,
    PAUSES,
    EVERYTHING
  }

  private static final int NODES = 3;
  private static final int DISKS = 1;

  private final World world;
  private final Faults faults;
  private final Network network;
  private final SimulatedLog log;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final List<Long> volumes = new ArrayList<>();
  private Workload workload;
  private boolean finished;

  Simulation(long seed, Faults faults, boolean engine, boolean tracing) {
    this.faults = faults;
    world = new World(seed, tracing);
    network = new Network(world);
    log = new SimulatedLog(world, network, (index, state) -> {});
    for (int i = 1; i <= NODES; i++) {
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

  private void serving(SimulatedNode node) {
    if (workload != null && !finished) {
      workload.attach(node, nodes.indexOf(node), NODES);
    }
  }

  /** Runs it all; the violations found. */
  List<String> run() {
    nodes.forEach(SimulatedNode::boot);
    world.run(3 * World.SECOND);
    createVolumes();
    workload = new Workload(world, volumes, violations::add);
    nodes.forEach(this::serving);
    world.run(World.SECOND);
    if (faults != Faults.NONE) {
      for (int i = 0; i < 5 && violations.isEmpty(); i++) {
        breakSomething();
        world.run(world.between(World.MILLISECOND, 7 * World.SECOND));
        heal();
        world.run(world.between(World.MILLISECOND, 8 * World.SECOND));
      }
    }
    heal();
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
    for (int copies = 2; copies <= 3; copies++) {
      volumes.add(
          apply(
              new RcdCommand.CreateVolume(
                  new UUID(8, copies),
                  "v" + copies,
                  64L << 20,
                  "default",
                  copies,
                  world.random().nextLong())));
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

  private SimulatedNode any() {
    return nodes.get(world.random().nextInt(NODES));
  }

  private void breakSomething() {
    Faults kind = faults;
    if (kind == Faults.EVERYTHING) {
      kind = Faults.values()[1 + world.random().nextInt(Faults.values().length - 2)];
      if (world.chance(0.5)) {
        messages();
      }
    }
    switch (kind) {
      case KILLS -> slowThenKill();
      case KILL_ALL -> nodes.stream().filter(SimulatedNode::isUp).forEach(SimulatedNode::kill);
      case PARTITIONS -> partition();
      case MESSAGES -> messages();
      case PAUSES -> {
        SimulatedNode node = any();
        if (node.isUp() && !node.isPaused()) {
          node.pause();
        }
      }
      default -> throw new IllegalStateException("no fault " + kind);
    }
  }

  /**
   * Hardest for what was just acknowledged: one member is slow, and the volume's owner, or another,
   * dies in the very step of an acknowledgement.
   */
  private void slowThenKill() {
    any().disks.forEach(d -> d.slow(world.between(1, 60) * World.MILLISECOND));
    if (world.chance(0.5)) {
      network.loss = 0.1;
    }
    boolean ownerDies = world.chance(0.7);
    world.run(world.between(World.MILLISECOND, 600 * World.MILLISECOND));
    workload.onceAcknowledged(
        volume -> {
          NodeId owner = log.committed().volume(volume).orElseThrow().owner().orElse(null);
          SimulatedNode victim = any();
          for (SimulatedNode node : nodes) {
            if (ownerDies && node.id.equals(owner)) {
              victim = node;
            }
          }
          SimulatedNode dies = victim;
          world.at(
              0,
              () -> {
                if (dies.isUp()) {
                  dies.kill();
                }
              });
        });
  }

  private void messages() {
    network.loss = world.random().nextDouble() * 0.2;
    network.doubling = world.random().nextDouble() * 0.2;
    network.lateness = world.random().nextDouble() * 0.1;
    log.loss = world.random().nextDouble() * 0.3;
    log.lagMaximum = world.between(1, 500) * World.MILLISECOND;
    world.trace("faults", "messages " + network.loss);
  }

  private void partition() {
    NodeId alone = any().id;
    int way = world.random().nextInt(4);
    world.trace("faults", "partition " + alone + " way " + way);
    NodeId other = null;
    for (SimulatedNode node : nodes) {
      if (node.id.equals(alone) || (way == 3 && other != null)) {
        continue;
      }
      other = node.id;
      if (way != 1) {
        network.cut(alone, node.id);
      }
      if (way != 2) {
        network.cut(node.id, alone);
      }
    }
  }

  private void heal() {
    world.trace("faults", "healed");
    network.heal();
    nodes.forEach(n -> n.disks.forEach(d -> d.slow(0)));
    log.loss = 0;
    log.lagMaximum = SimulatedLog.LAG;
    for (SimulatedNode node : nodes) {
      if (node.isPaused()) {
        node.resume();
      } else if (!node.isUp()) {
        node.boot();
      }
    }
  }

  private boolean whole() {
    RcdState state = log.committed();
    for (GroupRecord group : state.groups().values()) {
      if (group.inSync().size() != group.copies()) {
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
    workload.finish(any(), () -> done[0] = true);
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

  private void compareMembers() {
    for (GroupRecord group : log.committed().groups().values()) {
      for (long volume : volumes) {
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
