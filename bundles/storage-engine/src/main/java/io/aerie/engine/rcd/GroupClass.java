package io.aerie.engine.rcd;

/**
 * The groups of a pool with one protection: all volumes of that protection lie on all of them.
 *
 * @param pool its number
 * @param redundancy of the protection
 */
record GroupClass(long pool, Redundancy redundancy) implements Comparable<GroupClass> {
  static GroupClass of(GroupRecord group) {
    return new GroupClass(group.pool(), group.redundancy());
  }

  static GroupClass of(VolumeRecord volume) {
    return new GroupClass(volume.pool(), volume.redundancy());
  }

  @Override
  public int compareTo(GroupClass other) {
    int byPool = Long.compare(pool, other.pool);
    return byPool != 0 ? byPool : redundancy.compareTo(other.redundancy);
  }
}
