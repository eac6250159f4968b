package io.aerie.engine.rcd;

import io.aerie.engine.store.Geometry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What more fits into a pool, disk by disk. The sum of the disks tells little: a group's members
 * are disks of different nodes, so a large disk can't take what small ones lack, and a disk that no
 * group has takes nothing.
 *
 * <p>A volume takes whole blocks, and a block may fall to any group of its protection with the same
 * chance ({@link Placement#group}). Of T blocks a disk that is in the share p of the groups gets a
 * binomial number, of mean Tp and variance Tp(1 - p). Set aside is the mean and {@value
 * #DEVIATIONS} standard deviations more: one pool in three million gets more than that. A disk that
 * is in every group gets exactly T.
 *
 * <p>Every replica must come to the same answer: Java's arithmetic of doubles and {@link Math#sqrt}
 * are exact to the last bit everywhere (Java Language Specification 17, section 15.4).
 */
final class PoolRoom {
  private static final int DEVIATIONS = 5;

  /** Blocks of more than the largest pool that can be: 2^62 bytes. */
  private static final long BLOCKS_BOUND = (1L << 62) / Geometry.BLOCK_BYTES;

  /** Groups of a protection, and in how many of them each disk is. */
  private record Layout(int groups, Map<UUID, Integer> groupsOfDisk) {
    double share(UUID disk) {
      return (double) groupsOfDisk.getOrDefault(disk, 0) / groups;
    }
  }

  private final Map<UUID, Long> blocksOfDisk = new HashMap<>();
  private final TreeMap<Integer, Layout> layouts = new TreeMap<>();
  private final TreeMap<Integer, Long> promisedBlocks = new TreeMap<>();

  /**
   * @param disks of the pool
   * @param groups of the pool, all protections
   * @param volumes of the pool
   */
  PoolRoom(
      Iterable<DiskRecord> disks, Iterable<GroupRecord> groups, Iterable<VolumeRecord> volumes) {
    for (DiskRecord disk : disks) {
      blocksOfDisk.put(disk.id(), disk.capacityBytes() / Geometry.BLOCK_BYTES);
    }
    TreeMap<Integer, Map<UUID, Integer>> members = new TreeMap<>();
    TreeMap<Integer, Integer> counts = new TreeMap<>();
    for (GroupRecord group : groups) {
      counts.merge(group.copies(), 1, Integer::sum);
      count(group.members(), members.computeIfAbsent(group.copies(), c -> new HashMap<>()));
    }
    members.forEach((copies, of) -> layouts.put(copies, new Layout(counts.get(copies), of)));
    for (VolumeRecord volume : volumes) {
      promisedBlocks.merge(volume.copies(), blocks(volume.sizeBytes()), Long::sum);
    }
  }

  private static void count(List<UUID> members, Map<UUID, Integer> into) {
    members.forEach(disk -> into.merge(disk, 1, Integer::sum));
  }

  /** Of the groups that a first volume of a protection would make; no effect when there are. */
  PoolRoom plan(int copies, List<List<UUID>> groups) {
    Map<UUID, Integer> members = new HashMap<>();
    groups.forEach(of -> count(of, members));
    layouts.putIfAbsent(copies, new Layout(groups.size(), members));
    return this;
  }

  /** How many blocks a volume takes in each copy. */
  static long blocks(long sizeBytes) {
    return sizeBytes / Geometry.BLOCK_BYTES + (sizeBytes % Geometry.BLOCK_BYTES == 0 ? 0 : 1);
  }

  /** The size of the largest further volume of a protection, whole blocks. */
  long availableBytes(int copies) {
    Layout layout = layouts.get(copies);
    if (layout == null) {
      return 0;
    }
    long fits = 0;
    long tooMany = BLOCKS_BOUND;
    while (tooMany - fits > 1) {
      long middle = (fits + tooMany) / 2;
      if (fits(copies, layout, middle)) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits * Geometry.BLOCK_BYTES;
  }

  private boolean fits(int copies, Layout layout, long further) {
    for (UUID disk : layout.groupsOfDisk.keySet()) {
      if (aside(disk, copies, further) > blocksOfDisk.getOrDefault(disk, 0L)) {
        return false;
      }
    }
    return true;
  }

  /** Blocks to set aside on a disk for all volumes, and one more. */
  private double aside(UUID disk, int copies, long further) {
    double mean = 0;
    double variance = 0;
    for (Map.Entry<Integer, Layout> of : layouts.entrySet()) {
      long promised = promisedBlocks.getOrDefault(of.getKey(), 0L);
      double blocks = promised + (of.getKey() == copies ? further : 0);
      double share = of.getValue().share(disk);
      mean += blocks * share;
      variance += blocks * share * (1 - share);
    }
    return mean + DEVIATIONS * Math.sqrt(variance);
  }
}
