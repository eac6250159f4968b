package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;

/** The groups of a pool with one protection: all volumes of that protection lie on all of them. */
public record GroupClass(long pool, Redundancy redundancy) implements Comparable<GroupClass> {
  /** Where the group belongs. */
  public static GroupClass of(GroupRecord group) {
    return new GroupClass(group.pool(), group.redundancy());
  }

  /** Where the volume lies. */
  public static GroupClass of(VolumeRecord volume) {
    return new GroupClass(volume.pool(), volume.redundancy());
  }

  @Override
  public int compareTo(GroupClass other) {
    int byPool = Long.compare(pool, other.pool);
    return byPool != 0 ? byPool : redundancy.compareTo(other.redundancy);
  }
}
