package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** What happens to nodes, disks, network and log in one run, and how it is made good again. */
final class Faults {
  /** The order decides which seed has which. */
  enum Kind {
    NONE,
    KILLS,
    KILL_ALL,
    PARTITIONS,
    MESSAGES,
    PAUSES,
    DEPOSED,
    RETURNS,
    EVERYTHING
  }

  private final World world;
  private final Network network;
  private final SimulatedLog log;
  private final List<SimulatedNode> nodes;
  private final Workload workload;

  /** Members in sync by group, as last seen in RCD. */
  private final Map<Long, SortedSet<UUID>> inSync = new HashMap<>();

  /** Raised when all is made good: what was planned before does not happen any more. */
  private long round;

  private boolean ambushing;

  Faults(
      World world,
      Network network,
      SimulatedLog log,
      List<SimulatedNode> nodes,
      Workload workload) {
    this.world = world;
    this.network = network;
    this.log = log;
    this.nodes = nodes;
    this.workload = workload;
  }

  private SimulatedNode any() {
    return nodes.get(world.random().nextInt(nodes.size()));
  }

  private SimulatedNode node(NodeId id) {
    return nodes.stream().filter(n -> n.id.equals(id)).findFirst().orElseThrow();
  }

  private List<SimulatedNode> others(SimulatedNode than) {
    List<SimulatedNode> others = new ArrayList<>(nodes);
    others.remove(than);
    return others;
  }

  private void killIfUp(SimulatedNode node) {
    if (node.isUp()) {
      node.kill();
    }
  }

  /** Runs a task later, unless all is made good before. */
  private void inRound(long delay, Runnable task) {
    long ofRound = round;
    world.at(
        delay,
        () -> {
          if (ofRound == round) {
            task.run();
          }
        });
  }

  void breakSomething(Kind kind) {
    Kind one = kind;
    if (kind == Kind.EVERYTHING) {
      one = Kind.values()[1 + world.random().nextInt(Kind.values().length - 2)];
      if (world.chance(0.5)) {
        messages();
      }
    }
    switch (one) {
      case KILLS -> slowThenKill();
      case KILL_ALL -> nodes.forEach(this::killIfUp);
      case PARTITIONS -> partition();
      case MESSAGES -> messages();
      case PAUSES -> {
        SimulatedNode node = any();
        if (node.isUp() && !node.isPaused()) {
          node.pause();
        }
      }
      case DEPOSED -> depose();
      case RETURNS -> returnUnderFaults();
      default -> throw new IllegalStateException("no fault " + one);
    }
  }

  /**
   * Hardest for what was just acknowledged: one member is slow, and the volume's owner, or another,
   * dies in the very step of an acknowledgement.
   */
  private void slowThenKill() {
    slowDisk(any(), 60);
    if (world.chance(0.5)) {
      network.loss = 0.1;
    }
    boolean ownerDies = world.chance(0.7);
    world.run(world.between(World.MILLISECOND, 600 * World.MILLISECOND));
    SimulatedNode second = nodes.size() > 3 && world.chance(0.6) ? any() : null;
    workload.onceAcknowledged(
        volume -> {
          if (second != null) {
            world.at(world.between(0, 50 * World.MILLISECOND), () -> killIfUp(second));
          }
          NodeId owner = log.committed().volume(volume).orElseThrow().owner().orElse(null);
          SimulatedNode victim = any();
          SimulatedNode dies = ownerDies && owner != null ? node(owner) : victim;
          world.at(0, () -> killIfUp(dies));
        });
  }

  private void slowDisk(SimulatedNode node, long millisecondsMax) {
    long nanos = world.between(1, millisecondsMax) * World.MILLISECOND;
    node.disks.forEach(d -> d.slow(nanos));
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

  /**
   * An owner is expired for its beats are lost, does not learn it, and reaches all members as
   * before, while the next owner's messages take their time: between a member's seal and its base
   * only the message's epoch keeps the former owner's writes out.
   */
  private void depose() {
    List<VolumeRecord> owned =
        log.committed().volumes().values().stream().filter(v -> v.owner().isPresent()).toList();
    if (owned.isEmpty()) {
      return;
    }
    SimulatedNode former =
        node(owned.get(world.random().nextInt(owned.size())).owner().orElseThrow());
    SimulatedNode one = others(former).get(0);
    SimulatedNode other = others(former).get(1);
    world.trace("faults", former.id + " is not heard and lags behind RCD");
    log.lead(world.chance(0.5) ? one.id : other.id);
    network.loseBeats(former.id);
    former.deaf(20 * World.SECOND);
    network.slow(one.id, other.id, world.between(0, 400 * World.MILLISECOND));
    network.slow(other.id, one.id, world.between(0, 400 * World.MILLISECOND));
    world.run(world.between(3 * World.SECOND, 5 * World.SECOND));
  }

  /**
   * A node dies and comes back, at once or after it was missed, while a disk is slow and messages
   * get lost; now and then with so few writes that some blocks miss none. In the instant in which
   * RCD has its disk as in sync again (H3) the owner's link to it is cut and the owner's replica of
   * RCD lags, and some time later the owner dies.
   */
  private void returnUnderFaults() {
    SimulatedNode returns = any();
    boolean missed = world.chance(0.4);
    workload.thinkingMax = missed ? Workload.THINKING : 10 * Workload.THINKING;
    slowDisk(others(returns).get(world.random().nextInt(2)), 200);
    world.run(500 * World.MILLISECOND);
    killIfUp(returns);
    if (missed) {
      world.run(world.between(3 * World.SECOND, 5 * World.SECOND));
    }
    if (world.chance(0.5)) {
      slowDisk(returns, 100);
    }
    network.loss = world.chance(0.5) ? 0.05 : 0;
    ambushing = true;
    if (!returns.isUp()) {
      returns.boot();
    }
  }

  /** RCD committed a command. */
  void committed(RcdState rcd) {
    for (GroupRecord group : rcd.groups().values()) {
      SortedSet<UUID> before = inSync.put(group.number(), group.inSync());
      if (!ambushing || before == null || before.containsAll(group.inSync())) {
        continue;
      }
      TreeSet<UUID> came = new TreeSet<>(group.inSync());
      came.removeAll(before);
      for (VolumeRecord volume : rcd.volumes().values()) {
        if (group.serves(volume) && volume.owner().isPresent()) {
          ambush(node(volume.owner().get()), came.first());
        }
      }
    }
  }

  private void ambush(SimulatedNode owner, UUID disk) {
    SimulatedNode member =
        nodes.stream()
            .filter(n -> n.disks.stream().anyMatch(d -> d.id().equals(disk)))
            .findFirst()
            .orElseThrow();
    if (member == owner || world.chance(0.5)) {
      return;
    }
    long span = world.between(20 * World.MILLISECOND, 300 * World.MILLISECOND);
    world.trace("faults", owner.id + " can't reach " + member.id + " and lags behind RCD");
    network.cut(owner.id, member.id);
    owner.deaf(span);
    boolean dies = world.chance(0.3);
    inRound(
        span,
        () -> {
          network.mend(owner.id, member.id);
          if (dies) {
            killIfUp(owner);
            ambushing = false;
          }
        });
  }

  void heal() {
    world.trace("faults", "healed");
    round++;
    ambushing = false;
    network.heal();
    nodes.forEach(n -> n.disks.forEach(d -> d.slow(0)));
    nodes.forEach(n -> n.deaf(0));
    workload.thinkingMax = Workload.THINKING;
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
}
