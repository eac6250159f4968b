package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Which group a block falls to, and which disks make a group. Both are part of the format. */
public final class Placement {
  /** Groups per disk of the pool: enough that a lost disk's work spreads over many others. */
  static final int GROUPS_PER_DISK = 4;

  /** More groups of one pool and protection bring nothing to the slice's few nodes. */
  static final int GROUPS_MAX = 256;

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private Placement() {}

  /**
   * The group of a block: the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable
   * Pseudorandom Number Generators, 2014, figure 14) over {@code seed + (index + 1) x
   * 0x9E3779B97F4A7C15}, its low bits.
   *
   * @param groupCount a power of two
   */
  public static int group(long seed, int index, int groupCount) {
    long z = seed + (index + 1L) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (int) ((z ^ (z >>> 31)) & (groupCount - 1));
  }

  static int groupCount(int disks) {
    int count = 1;
    while (count < GROUPS_PER_DISK * disks && count < GROUPS_MAX) {
      count *= 2;
    }
    return count;
  }

  /**
   * Members of each group: disks of different nodes, each time those with the fewest groups for
   * their capacity, ties by id. The caller has seen to it that there are enough nodes.
   */
  static List<List<UUID>> members(Collection<DiskRecord> disks, int memberCount, int groupCount) {
    Map<UUID, Long> load = new HashMap<>();
    List<List<UUID>> groups = new ArrayList<>();
    for (int g = 0; g < groupCount; g++) {
      List<UUID> members = new ArrayList<>();
      Set<NodeId> used = new HashSet<>();
      while (members.size() < memberCount) {
        DiskRecord best = null;
        for (DiskRecord disk : disks) {
          if (!used.contains(disk.node()) && (best == null || lighter(disk, best, load))) {
            best = disk;
          }
        }
        if (best == null) {
          throw new IllegalArgumentException("fewer nodes than members");
        }
        used.add(best.node());
        members.add(best.id());
        load.merge(best.id(), 1L, Long::sum);
      }
      groups.add(members);
    }
    return groups;
  }

  private static boolean lighter(DiskRecord a, DiskRecord b, Map<UUID, Long> load) {
    long ofA = load.getOrDefault(a.id(), 0L) * mebibytes(b);
    long ofB = load.getOrDefault(b.id(), 0L) * mebibytes(a);
    return ofA != ofB ? ofA < ofB : a.id().compareTo(b.id()) < 0;
  }

  private static long mebibytes(DiskRecord disk) {
    return Math.max(1, disk.capacityBytes() >> 20);
  }
}
