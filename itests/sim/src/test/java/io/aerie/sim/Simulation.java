package io.aerie.sim;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;

/** One run: a cluster and volumes as the seed has it, clients, faults, and the judgement. */
final class Simulation {
  /** At most so many times something is broken and made good. */
  private static final int ROUNDS_MAX = 4;

  /** Clients on more nodes than that only take time. */
  private static final int CLIENT_NODES_MAX = 4;

  /** So often everything is scrubbed at the end where nothing rotted, too. */
  private static final double SCRUBBED = 0.3;

  private final World world;
  private final long seed;
  private final Faults.Kind kind;
  private final Cluster cluster;
  private final SimulatedLog log;
  private final List<Long> volumes = new ArrayList<>();
  private final TreeMap<Long, Redundancy> protections = new TreeMap<>();
  private final Oracle oracle;
  private Workload workload;
  private LayerStory story;
  private long layered;
  private Faults faults;
  private final RandomLimits limits;
  private boolean finished;
  private boolean scrubbed;

  Simulation(long seed, Faults.Kind kind, boolean tracing) {
    this.kind = kind;
    this.seed = seed;
    world = new World(seed, tracing);
    cluster = new Cluster(world, Shapes.of(seed, world, kind));
    log = cluster.log();
    limits = new RandomLimits(seed, cluster);
    if (kind == Faults.Kind.MOVES) {
      long absence = world.between(5 * World.SECOND, 20 * World.SECOND);
      cluster.nodes().forEach(node -> node.waitsForAbsent(absence));
    }
    oracle = new Oracle(cluster, cluster.violations()::add);
    cluster.onCommit((index, state) -> committed(state));
    cluster.onServing(this::serving);
  }

  private void committed(RcdState state) {
    oracle.committed(state);
    if (faults != null) {
      faults.committed(state);
    }
  }

  private void serving(SimulatedNode node) {
    int number = cluster.nodes().indexOf(node);
    int clients = Math.min(CLIENT_NODES_MAX, cluster.shape().nodes());
    if (workload != null && !finished && number < clients) {
      workload.attach(node, number, clients);
    }
  }

  /** Runs it all; the violations found. */
  List<String> run() {
    try {
      runToTheEnd();
    } catch (RuntimeException | AssertionError e) {
      cluster.violations().add("thrown: " + e + " at " + List.of(e.getStackTrace()));
    }
    return cluster.violations();
  }

  private void runToTheEnd() {
    cluster.bootWithPool();
    createVolumes();
    workload =
        new Workload(
            world,
            protections,
            (volume, page, value) -> oracle.acknowledged(log.committed(), volume, page, value),
            cluster.violations()::add);
    boolean extents = Shapes.asksExtents(seed);
    story =
        new LayerStory(
            world,
            cluster,
            extents,
            Shapes.possible(cluster.shape().nodes()),
            () -> workload.judgingReads,
            cluster.violations()::add);
    workload.lastAcknowledged = oracle::lastAcknowledged;
    faults = new Faults(cluster, workload);
    log.leaps = Shapes.leaps(seed);
    if (volumes.isEmpty()) {
      return;
    }
    cluster.nodes().forEach(this::serving);
    if (layered != 0) {
      story.begin(layered);
    }
    world.run(World.SECOND);
    if (kind != Faults.Kind.NONE) {
      int rounds = 1 + world.random().nextInt(ROUNDS_MAX);
      for (int i = 0; i < rounds && cluster.violations().isEmpty(); i++) {
        limits.change();
        faults.breakSomething(kind);
        world.run(world.between(World.MILLISECOND, 5 * World.SECOND));
        faults.heal();
        world.run(world.between(World.MILLISECOND, 5 * World.SECOND));
      }
    }
    faults.heal();
    conclude();
  }

  String lately() {
    return world.lately(60);
  }

  long operations() {
    return workload == null ? 0 : workload.answeredWrites + workload.answeredReads;
  }

  long fingerprint() {
    return world.fingerprint();
  }

  String summary() {
    return String.format(
        "%s, %d writes, %d reads, %d failed, %d RCD commands, %d events, %.1f s",
        cluster.shape(),
        workload.answeredWrites,
        workload.answeredReads,
        workload.failed,
        log.length(),
        world.ran(),
        world.now() / 1e9);
  }

  private void createVolumes() {
    int nodes = cluster.shape().nodes();
    for (Redundancy redundancy : Shapes.protections(world, nodes)) {
      long bytes = Workload.BLOCKS * redundancy.spanBytes();
      long volume = cluster.createVolume(redundancy, bytes, world.random().nextLong());
      volumes.add(volume);
      protections.put(volume, redundancy);
    }
    if (nodes == 1) {
      RcdCommand impossible =
          new RcdCommand.CreateVolume(
              new UUID(8, 8), "v", 1L << 20, Cluster.POOL, Redundancy.copies(2), 1);
      if (cluster.apply(impossible).error().isEmpty()) {
        cluster.violations().add("two copies on a single node");
      }
    }
    // Units that are written whole fill blocks, and a block must fit into the log to be copied.
    if (nodes > 1 && cluster.shape().ringBytes() >= Cluster.Shape.RING_BYTES) {
      Redundancy copies = Redundancy.copies(nodes > 2 && world.chance(0.5) ? 3 : 2);
      Redundancy redundancy = Shapes.layered(seed, nodes).orElse(copies);
      layered = cluster.createVolume(redundancy, LayerStory.bytes(), world.random().nextLong());
    }
    world.run(World.SECOND);
  }

  /** Whatever was begun with layers comes to its end. */
  private void concludeLayers() {
    story.stop();
    for (int i = 0; i < 1_200 && !(story.over() && layersAreDone()); i++) {
      world.run(World.SECOND / 10);
    }
    if (!story.over()) {
      cluster.violations().add("layered volumes don't answer after all faults");
    } else if (!layersAreDone()) {
      cluster.violations().add("layers are not folded after all faults");
    }
  }

  private boolean layersAreDone() {
    RcdState rcd = log.committed();
    return rcd.volumes().values().stream().allMatch(volume -> isDone(rcd, volume));
  }

  private static boolean isDone(RcdState rcd, VolumeRecord volume) {
    boolean folded = rcd.layerToFold(volume).isEmpty() || lacksACopy(rcd, volume);
    boolean filled =
        !volume.conversion().isFormer()
            || lacksACopy(rcd, rcd.volume(volume.conversion().successor()).orElseThrow());
    return volume.wanted() == 0 && volume.discardBytes() == 0 && folded && filled;
  }

  /**
   * Whether what is below must stay, for a copy that lacks something may be all that is left some
   * time. One that is lost and has no successor lacks it for good.
   */
  private static boolean lacksACopy(RcdState rcd, VolumeRecord volume) {
    return !volume.redundancy().striped()
        && rcd.groupsOf(volume.pool(), volume.redundancy()).stream()
            .anyMatch(group -> !group.whole());
  }

  private void conclude() {
    for (int i = 0; i < 1_200 && !cluster.whole() && cluster.violations().isEmpty(); i++) {
      world.run(World.SECOND / 10);
    }
    if (!cluster.whole()) {
      cluster
          .violations()
          .add("not all groups are in sync two minutes after the last fault: " + cluster.lacking());
      return;
    }
    limits.remove();
    workload.stop();
    for (int i = 0; i < 420 && (i < 2 || workload.open() > 0); i++) {
      world.run(World.SECOND / 10);
    }
    finished = true;
    concludeLayers();
    boolean[] done = new boolean[1];
    int last = world.random().nextInt(cluster.shape().nodes());
    workload.finish(cluster.nodes().get(last), () -> done[0] = true);
    for (int i = 0; i < 400 && !done[0] && cluster.violations().isEmpty(); i++) {
      world.run(World.SECOND / 20);
    }
    if (!done[0]) {
      cluster.violations().add("not all pages could be read and written after all faults");
      return;
    }
    // Long enough for the last watermarks.
    world.run(World.SECOND / 2);
    workload.judge();
    scrubbed = kind == Faults.Kind.ROT || world.chance(SCRUBBED);
    if (scrubbed) {
      scrub();
    }
    compareMembers();
    if (kind == Faults.Kind.NONE
        && log.history().stream().anyMatch(RcdCommand.Suspect.class::isInstance)) {
      cluster.violations().add("a node was suspected, though nothing was broken");
    }
  }

  /** Whatever rotted is found and made good. */
  private void scrub() {
    long job =
        cluster
            .apply(new RcdCommand.StartScrub(new UUID(7, 7), ScrubJobRecord.Scope.ALL, 0, 0))
            .orThrow()
            .number();
    for (int i = 0; i < 3_000 && log.committed().scrubJobs().get(job).open(); i++) {
      world.run(World.SECOND / 10);
    }
    ScrubJobRecord ended = log.committed().scrubJobs().get(job);
    if (ended.state() != ScrubJobRecord.State.DONE || ended.counts().pagesUnrepairable() > 0) {
      cluster.violations().add("not all could be scrubbed: " + ended);
    }
    world.run(World.SECOND / 2);
  }

  private void compareMembers() {
    for (GroupRecord group : List.copyOf(log.committed().groups().values())) {
      for (long volume : List.copyOf(log.committed().volumes().keySet())) {
        if (!group.serves(cluster.volume(volume))) {
          continue;
        }
        if (group.redundancy().striped()) {
          StreamKey key = new StreamKey(volume, group.number());
          new StripeComparison(cluster, group, key).run(scrubbed);
          continue;
        }
        StreamKey key = new StreamKey(volume, group.number());
        SortedSet<String> different = cluster.contents(key, scrubbed);
        if (different.size() > 1) {
          cluster
              .violations()
              .add("members of " + key + " differ:\n" + String.join("---\n", different));
        }
      }
    }
  }
}
