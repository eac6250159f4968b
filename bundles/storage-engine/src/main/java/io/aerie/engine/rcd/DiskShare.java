package io.aerie.engine.rcd;

import io.aerie.engine.store.Geometry;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that decides how much more fits on a disk: disks with the same share are as good as one.
 *
 * @param blocks that its slots can hold
 * @param groups in how many groups of each protection it is
 */
record DiskShare(long blocks, SortedMap<Redundancy, Integer> groups)
    implements Comparable<DiskShare> {
  DiskShare {
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
  }

  static DiskShare empty(DiskRecord disk) {
    return new DiskShare(disk.capacityBytes() / Geometry.BLOCK_BYTES, new TreeMap<>());
  }

  DiskShare with(Redundancy redundancy, int more) {
    TreeMap<Redundancy, Integer> changed = new TreeMap<>(groups);
    changed.merge(redundancy, more, (before, by) -> before + by == 0 ? null : before + by);
    return new DiskShare(blocks, changed);
  }

  DiskShare resized(DiskRecord disk) {
    return new DiskShare(disk.capacityBytes() / Geometry.BLOCK_BYTES, groups);
  }

  @Override
  public int compareTo(DiskShare other) {
    int order = Long.compare(blocks, other.blocks);
    Iterator<Map.Entry<Redundancy, Integer>> theirs = other.groups.entrySet().iterator();
    for (Map.Entry<Redundancy, Integer> mine : groups.entrySet()) {
      if (order != 0) {
        return order;
      }
      if (!theirs.hasNext()) {
        return 1;
      }
      Map.Entry<Redundancy, Integer> their = theirs.next();
      order = mine.getKey().compareTo(their.getKey());
      order = order != 0 ? order : Integer.compare(mine.getValue(), their.getValue());
    }
    return order != 0 || !theirs.hasNext() ? order : -1;
  }
}
