package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What happens to nodes, disks, network and log in one run, and how it is made good again. Never
 * more at once than the protection promises to survive: nodes come back with what they had, and
 * only one node's disks are ever hurt for good, while all others are whole.
 */
final class Faults {
  /** The order decides which seed has which. */
  enum Kind {
    NONE(1),
    KILLS(2),
    KILL_ALL(2),
    PARTITIONS(2),
    MESSAGES(2),
    PAUSES(2),
    DEPOSED(3),
    RETURNS(3),
    /** Bits rot: in slots and checksums of a disk that is in use, in the log of one that died. */
    ROT(2, true),
    /** Reads, writes or flushes of a disk fail. */
    ERRORS(2, true),
    /** A disk comes back as it was some time ago. */
    OLD_IMAGE(2, true),
    /** A machine is suspended, and its clock with it. */
    FROZEN_CLOCK(3),
    /** Disks are lost for good, drained and added, while other things happen. */
    MOVES(3),
    EVERYTHING(3);

    /** With fewer nodes the fault has no meaning. */
    final int nodesMin;

    /** Only the real engine's disks can be hurt so. */
    final boolean onEngine;

    Kind(int nodesMin) {
      this(nodesMin, false);
    }

    Kind(int nodesMin, boolean onEngine) {
      this.nodesMin = nodesMin;
      this.onEngine = onEngine;
    }

    /** What can happen together with other faults. */
    static final List<Kind> COMBINED =
        List.of(KILLS, KILL_ALL, PARTITIONS, MESSAGES, PAUSES, DEPOSED, RETURNS);
  }

  private final Cluster cluster;
  private final World world;
  private final Network network;
  private final SimulatedLog log;
  private final Workload workload;
  private final DiskFaults diskFaults;
  private final Moves moves;

  /** Members in sync by group, as last seen in RCD. */
  private final Map<Long, SortedSet<UUID>> inSync = new HashMap<>();

  /** Raised when all is made good: what was planned before does not happen any more. */
  private long round;

  private boolean ambushing;

  Faults(Cluster cluster, Workload workload) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.network = cluster.network();
    this.log = cluster.log();
    this.workload = workload;
    diskFaults = new DiskFaults(cluster, this::inRound);
    moves = new Moves(cluster, this::inRound);
  }

  private SimulatedNode any() {
    return cluster.nodes().get(world.random().nextInt(cluster.nodes().size()));
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
    if (world.chance(0.3)) {
      scrubMeanwhile();
    }
    Kind one = kind;
    if (kind == Kind.EVERYTHING) {
      one = Kind.COMBINED.get(world.random().nextInt(Kind.COMBINED.size()));
      if (world.chance(0.5)) {
        messages();
      }
    }
    switch (one) {
      case KILLS -> slowThenKill();
      case KILL_ALL -> cluster.nodes().forEach(this::killIfUp);
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
      case ROT -> diskFaults.rot();
      case ERRORS -> diskFaults.fail();
      case OLD_IMAGE -> diskFaults.bringThePastBack();
      case FROZEN_CLOCK -> freeze();
      case MOVES -> {
        moves.move();
        world.run(world.between(0, World.SECOND));
        if (world.chance(0.6)) {
          breakSomething(Kind.EVERYTHING);
        }
      }
      default -> throw new IllegalStateException("no fault " + one);
    }
  }

  /** No fault: while something is broken, everything is looked at, or begins to be. */
  private void scrubMeanwhile() {
    UUID id = new UUID(6, world.random().nextLong());
    byte[] command =
        RcdCommands.encode(new RcdCommand.StartScrub(id, ScrubJobRecord.Scope.ALL, 0, 0));
    log.submit(any().id, command, (answer, failure) -> {});
  }

  /**
   * Hardest for what was just acknowledged: one member is slow, and the volume's owner, or another,
   * dies in the very step of an acknowledgement.
   */
  private void slowThenKill() {
    slowDisks(any(), 60);
    if (world.chance(0.5)) {
      network.loss = 0.1;
    }
    boolean ownerDies = world.chance(0.7);
    boolean another = world.chance(0.2);
    world.run(world.between(World.MILLISECOND, 600 * World.MILLISECOND));
    workload.onceAcknowledged(
        volume -> {
          SimulatedNode victim = any();
          SimulatedNode dies = ownerDies ? cluster.owner(volume).orElse(victim) : victim;
          world.at(0, () -> killIfUp(dies));
          if (another) {
            inRound(world.between(0, 4 * World.SECOND), () -> killIfUp(any()));
          }
        });
  }

  private void slowDisks(SimulatedNode node, long millisecondsMax) {
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

  /** Some nodes against the others, both ways or one way; or one bad link. */
  private void partition() {
    SimulatedNode alone = any();
    SimulatedNode second = world.chance(0.3) ? any() : alone;
    int way = world.random().nextInt(4);
    world.trace("faults", "partition " + alone + " " + second + " way " + way);
    for (SimulatedNode here : List.of(alone, second)) {
      boolean cut = false;
      for (SimulatedNode node : cluster.others(alone, second)) {
        if (way == 3 && cut) {
          continue;
        }
        cut = true;
        if (way != 1) {
          network.cut(here.id, node.id);
        }
        if (way != 2) {
          network.cut(node.id, here.id);
        }
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
    NodeId owner = owned.get(world.random().nextInt(owned.size())).owner().orElseThrow();
    SimulatedNode former = cluster.node(owner);
    List<SimulatedNode> others = cluster.others(former);
    world.trace("faults", former.id + " is not heard and lags behind RCD");
    log.lead(others.get(world.random().nextInt(others.size())).id);
    network.loseBeats(former.id);
    former.deaf(20 * World.SECOND);
    for (SimulatedNode one : others) {
      for (SimulatedNode other : cluster.others(former, one)) {
        network.slow(one.id, other.id, world.between(0, 400 * World.MILLISECOND));
      }
    }
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
    List<SimulatedNode> others = cluster.others(returns);
    slowDisks(others.get(world.random().nextInt(others.size())), 200);
    world.run(500 * World.MILLISECOND);
    killIfUp(returns);
    if (missed) {
      world.run(world.between(3 * World.SECOND, 5 * World.SECOND));
    }
    if (world.chance(0.5)) {
      slowDisks(returns, 100);
    }
    network.loss = world.chance(0.5) ? 0.05 : 0;
    ambushing = true;
    if (!returns.isUp()) {
      returns.boot();
    }
  }

  /** A machine is suspended with its clock and goes on with a lease that it takes for valid. */
  private void freeze() {
    SimulatedNode node = any();
    workload.judgingReads = false;
    if (node.isUp() && !node.isPaused()) {
      node.freeze();
      inRound(world.between(2 * World.SECOND, 6 * World.SECOND), node::resume);
    }
    world.run(world.between(2 * World.SECOND, 4 * World.SECOND));
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
          ambush(cluster.node(volume.owner().get()), came.first());
        }
      }
    }
  }

  private void ambush(SimulatedNode owner, UUID disk) {
    SimulatedNode member = cluster.nodeOf(disk);
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
    cluster.disks().forEach(d -> d.slow(0));
    cluster.nodes().forEach(n -> n.deaf(0));
    diskFaults.heal();
    workload.thinkingMax = Workload.THINKING;
    log.loss = 0;
    log.lagMaximum = SimulatedLog.LAG;
    for (SimulatedNode node : cluster.nodes()) {
      if (node.isPaused()) {
        node.resume();
      } else if (!node.isUp()) {
        node.boot();
      }
    }
  }
}
