package io.aerie.sim;

/** Draws what a run's cluster is made of. */
final class Shapes {
  /** Three nodes are the hardest: each one counts. Larger clusters cost more and show other ways. */
  private static final int[] NODES = {1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9};

  private static final int[] DISKS = {1, 1, 1, 2, 3};

  /** Small logs wrap, and are cut, many times in a run. */
  private static final long[] RING_BYTES = {4L << 20, 4L << 20, 8L << 20, Cluster.Shape.RING_BYTES};

  private Shapes() {}

  static Cluster.Shape of(World world, Faults.Kind kind) {
    int nodes = Math.max(kind.nodesMin, NODES[world.random().nextInt(NODES.length)]);
    int disks = DISKS[world.random().nextInt(DISKS.length)];
    boolean engine = kind.onEngine || world.chance(0.5);
    long ringBytes = RING_BYTES[world.random().nextInt(RING_BYTES.length)];
    return new Cluster.Shape(
        nodes, disks, engine ? Cluster.DiskKind.ENGINE : Cluster.DiskKind.MEMORY, ringBytes);
  }
}
