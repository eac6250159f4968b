package io.aerie.sim;

import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import java.util.List;
import java.util.UUID;

/**
 * Disks that are drained, meant to serve again, lost for good and added, and pools that are
 * rebalanced after that. Disks are lost on one node of a run only, and while all groups are whole:
 * no more than the protection survives.
 */
final class Moves {
  private final Cluster cluster;
  private final World world;
  private final DiskFaults.Planner planner;
  private SimulatedNode victim;

  Moves(Cluster cluster, DiskFaults.Planner planner) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.planner = planner;
  }

  private SimulatedNode anyNode() {
    return cluster.nodes().get(world.random().nextInt(cluster.nodes().size()));
  }

  void move() {
    int what = world.random().nextInt(4);
    if (what == 0) {
      lose();
    } else if (what == 1) {
      serveAgain();
    } else {
      drain();
    }
  }

  private void drain() {
    List<SimulatedDisk> of = anyNode().disks;
    if (!of.isEmpty()) {
      List<SimulatedDisk> some = world.chance(0.5) ? of : of.subList(0, 1);
      assign(some.stream().map(SimulatedDisk::id).toList(), DiskDuty.DRAINING);
    }
  }

  private void serveAgain() {
    List<UUID> draining =
        cluster.log().committed().disks().values().stream()
            .filter(disk -> disk.duty() == DiskDuty.DRAINING)
            .map(DiskRecord::id)
            .toList();
    if (draining.isEmpty()) {
      lose();
    } else {
      assign(draining, DiskDuty.SERVING);
      rebalance();
    }
  }

  /** What was emptied gets members again; who wants to empty something else goes before. */
  private void rebalance() {
    UUID pool = cluster.log().committed().pools().values().iterator().next().id();
    cluster
        .log()
        .submit(
            anyNode().id,
            RcdCommands.encode(new RcdCommand.RebalancePool(pool, world.chance(0.1))),
            (bytes, failure) -> {});
  }

  private void lose() {
    victim = victim == null ? anyNode() : victim;
    SimulatedNode node = victim;
    if (!node.isUp() || node.disks.isEmpty() || !cluster.whole()) {
      return;
    }
    SimulatedDisk disk = node.disks.get(world.random().nextInt(node.disks.size()));
    world.trace(node.id.value(), "loses disk " + disk.id() + " for good");
    node.kill();
    cluster.lose(node, disk);
    if (world.chance(0.5)) {
      cluster.insert(node);
    }
    // Who else went before RCD knows it would be one more than two copies survive.
    UUID gone = disk.id();
    for (int i = 0; i < 200 && cluster.log().committed().disks().get(gone).up(); i++) {
      world.run(World.SECOND / 10);
    }
    planner.plan(world.between(0, 6 * World.SECOND), node::boot);
    assign(List.of(disk.id()), DiskDuty.ABSENT);
  }

  /** Asks until it is answered; of an absent disk until RCD knows that it is away. */
  private void assign(List<UUID> disks, DiskDuty duty) {
    cluster
        .log()
        .submit(
            anyNode().id,
            RcdCommands.encode(new RcdCommand.AssignDuty(disks, duty)),
            (bytes, failure) -> {
              boolean again = failure != null;
              if (failure == null) {
                RcdAnswer answer = RcdAnswer.decode(bytes);
                world.trace("moves", duty + " " + disks + " " + answer.error());
                again =
                    answer
                        .error()
                        .filter(e -> e.code() == ErrorCode.PRECONDITION_FAILED)
                        .isPresent();
              }
              if (again) {
                world.at(World.SECOND / 2, () -> assign(disks, duty));
              }
            });
  }
}
