package io.aerie.sim;

import io.aerie.engine.rcd.Redundancy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Draws what a run's cluster is made of. */
final class Shapes {
  /**
   * Three nodes are the hardest: each one counts. Larger clusters cost more and show other ways.
   */
  private static final int[] NODES = {1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9};

  private static final int[] DISKS = {1, 1, 1, 2, 3};

  /** Small logs wrap, and are cut, many times in a run. */
  private static final long[] RING_BYTES = {4L << 20, 4L << 20, 8L << 20, Cluster.Shape.RING_BYTES};

  /** In half of the runs of each kind; in the others each command is seen by itself. */
  private static final double LEAPS = 0.3;

  /** Not the chances of {@link RandomLimits}. */
  private static final long SALT = 7;

  private Shapes() {}

  /** One volume of each: copies always, erasure codes where there are nodes for them. */
  static List<Redundancy> protections(World world, int nodes) {
    List<Redundancy> of = new ArrayList<>();
    for (int copies = 2; copies <= Math.min(3, nodes); copies++) {
      of.add(Redundancy.copies(copies));
    }
    if (nodes >= 3 && world.chance(0.5)) {
      of.add(Redundancy.erasure(2, 1));
    }
    if (nodes >= 6) {
      of.add(Redundancy.erasure(4, 2));
    }
    return of;
  }

  /** What a volume may be protected by. */
  static List<Redundancy> possible(int nodes) {
    return Stream.of(
            Redundancy.copies(2),
            Redundancy.erasure(2, 1),
            Redundancy.copies(3),
            Redundancy.erasure(4, 2))
        .filter(redundancy -> redundancy.memberCount() <= nodes)
        .toList();
  }

  /** Of the replicas of RCD that are far behind, how many are sent a snapshot. */
  static double leaps(long seed) {
    return Long.bitCount(seed) % 2 == 0 ? LEAPS : 0;
  }

  /** Whether it is asked which units have data, and which differ between snapshots. */
  static boolean asksExtents(long seed) {
    return Long.bitCount(seed >>> 2) % 2 == 0;
  }

  /**
   * The erasure code of the volume that has layers, if it is to have one. It is drawn apart from
   * everything else, so that the rest of a run is what it was without.
   */
  static Optional<Redundancy> layered(long seed, int nodes) {
    SplittableRandom random = new SplittableRandom(~seed ^ SALT);
    if (nodes < 3 || !random.nextBoolean()) {
      return Optional.empty();
    }
    boolean wide = nodes >= 6 && random.nextBoolean();
    return Optional.of(wide ? Redundancy.erasure(4, 2) : Redundancy.erasure(2, 1));
  }

  static Cluster.Shape of(long seed, World world, Faults.Kind kind) {
    int nodes = Math.max(kind.nodesMin, NODES[world.random().nextInt(NODES.length)]);
    int disks = DISKS[world.random().nextInt(DISKS.length)];
    boolean engine = kind.onEngine || world.chance(0.5);
    long ringBytes = RING_BYTES[world.random().nextInt(RING_BYTES.length)];
    Cluster.DiskKind kindOfDisk = engine ? engine(seed) : Cluster.DiskKind.MEMORY;
    return new Cluster.Shape(nodes, disks, kindOfDisk, ringBytes);
  }

  /** In half of the runs large data goes past the log, as it does in production. */
  private static Cluster.DiskKind engine(long seed) {
    return Long.bitCount(seed >>> 1) % 2 == 0 ? Cluster.DiskKind.DIRECT : Cluster.DiskKind.ENGINE;
  }
}
