package io.aerie.sim.scale;

/**
 * How large a cluster is.
 *
 * @param nodes that are up, with ten disks each
 * @param volumesPerNode in the mean; every tenth has a snapshot
 * @param pools of as many nodes each
 */
record Size(int nodes, int volumesPerNode, int pools) {
  static final int DISKS_PER_NODE = 10;
  static final int VOLUMES_PER_SNAPSHOT = 10;

  int volumes() {
    return nodes * volumesPerNode;
  }

  @Override
  public String toString() {
    return nodes
        + " nodes, "
        + nodes * DISKS_PER_NODE
        + " disks, "
        + volumes()
        + " volumes, "
        + (pools == 1 ? "one pool" : pools + " pools");
  }
}
