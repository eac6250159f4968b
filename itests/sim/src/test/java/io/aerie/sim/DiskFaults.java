package io.aerie.sim;

import io.aerie.engine.disk.DiskAnatomy;
import java.util.List;
import java.util.Map;

/**
 * What happens to disks. Content is hurt on one node of a run only, the victim, and its logs only
 * while all members are in sync, so that RCD has it as stale, not as complete, when it returns: a
 * complete disk's last entries are believed (see docs/storage-protocol.md, "Not yet").
 */
final class DiskFaults {
  /** Runs a task later, unless all is made good before. */
  interface Planner {
    void plan(long delay, Runnable task);
  }

  private final Cluster cluster;
  private final World world;
  private final Planner planner;
  private SimulatedNode victim;

  DiskFaults(Cluster cluster, Planner planner) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.planner = planner;
  }

  private SimulatedNode victim() {
    if (victim == null) {
      victim = cluster.nodes().get(world.random().nextInt(cluster.nodes().size()));
    }
    return victim;
  }

  private EngineDisk diskOf(SimulatedNode node) {
    return (EngineDisk) node.disks.get(world.random().nextInt(node.disks.size()));
  }

  private boolean dies(SimulatedNode node) {
    if (!node.isUp() || !cluster.whole()) {
      return false;
    }
    node.kill();
    return true;
  }

  /** Bits of slots rot beside the running engine, or some of the log's last while it is dead. */
  void rot() {
    SimulatedNode node = victim();
    if (world.chance(0.5)) {
      for (int i = 0; i < 5; i++) {
        EngineDisk disk = diskOf(node);
        boolean checksums = world.chance(0.2);
        planner.plan(
            world.between(0, 3 * World.SECOND),
            () ->
                disk.rot(checksums ? disk.anatomy().checksumPages() : disk.anatomy().slotPages()));
      }
    } else if (dies(node)) {
      EngineDisk disk = diskOf(node);
      List<DiskAnatomy.Part> batches = disk.anatomy().logBatches();
      int last = 1 + world.random().nextInt(8);
      disk.rot(batches.subList(Math.max(0, batches.size() - last), batches.size()));
      planner.plan(world.between(0, 4 * World.SECOND), node::boot);
    }
  }

  /** The engine fences the disk, which comes back when the node is started again. */
  void fail() {
    EngineDisk disk = diskOf(cluster.nodes().get(world.random().nextInt(cluster.nodes().size())));
    int what = world.random().nextInt(3);
    world.trace("disk " + disk.id(), "operations of kind " + what + " fail");
    disk.fail(what == 0 ? 3 : 0, what == 1 ? 3 : 0, what == 2 ? 1 : 0);
  }

  /** The image is of the life that ends, or of one before it, which RCD refuses. */
  void bringThePastBack() {
    SimulatedNode node = victim();
    EngineDisk disk = diskOf(node);
    Map<Long, byte[]> image = disk.image();
    if (world.chance(0.5)) {
      world.run(world.between(0, 2 * World.SECOND));
      if (dies(node)) {
        node.boot();
        world.run(World.SECOND);
        waitUntilWhole();
      }
    }
    world.run(world.between(0, 2 * World.SECOND));
    if (dies(node)) {
      disk.restore(image);
      planner.plan(world.between(0, 4 * World.SECOND), node::boot);
    }
  }

  private void waitUntilWhole() {
    for (int i = 0; i < 200 && !cluster.whole(); i++) {
      world.run(World.SECOND / 10);
    }
  }

  /** Failed disks serve again only after their node was started again. */
  void heal() {
    for (SimulatedNode node : cluster.nodes()) {
      boolean failed = false;
      for (SimulatedDisk disk : node.disks) {
        if (disk instanceof EngineDisk engine && engine.failing()) {
          engine.mend();
          failed = true;
        }
      }
      if (failed && node.isUp() && !node.isPaused()) {
        node.kill();
      }
    }
  }
}
