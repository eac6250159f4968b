package io.aerie.ardfs.events;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.VolumeRecord;

/** The groups of a pool with one protection: all volumes of that protection lie on all of them. */
record GroupClass(long pool, int copies) implements Comparable<GroupClass> {
  static GroupClass of(GroupRecord group) {
    return new GroupClass(group.pool(), group.copies());
  }

  static GroupClass of(VolumeRecord volume) {
    return new GroupClass(volume.pool(), volume.copies());
  }

  @Override
  public int compareTo(GroupClass other) {
    int byPool = Long.compare(pool, other.pool);
    return byPool != 0 ? byPool : Integer.compare(copies, other.copies);
  }
}
