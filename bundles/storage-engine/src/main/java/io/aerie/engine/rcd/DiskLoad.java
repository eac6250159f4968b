package io.aerie.engine.rcd;

import java.util.UUID;

/**
 * How much a disk has of what it is able to do; the lightest comes first, ties by id.
 *
 * @param groups that it has members of
 * @param merit see {@link Placement#merit}
 */
record DiskLoad(long groups, long merit, UUID disk) implements Comparable<DiskLoad> {
  DiskLoad with(long moreGroups) {
    return new DiskLoad(groups + moreGroups, merit, disk);
  }

  @Override
  public int compareTo(DiskLoad other) {
    int byLoad = Long.compare(groups * other.merit, other.groups * merit);
    return byLoad != 0 ? byLoad : disk.compareTo(other.disk);
  }
}
