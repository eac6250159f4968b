package io.aerie.engine.rcd;

import io.aerie.engine.store.Geometry;
import java.util.Collection;
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
public final class PoolRoom {
  private static final int DEVIATIONS = 5;

  /** Blocks of more than the largest pool that can be: 2^62 bytes. */
  private static final long BLOCKS_BOUND = (1L << 62) / Geometry.BLOCK_BYTES;

  /** Groups of a protection, and in how many of them each disk is. */
  private static final class Layout {
    int groups;
    final Map<UUID, Integer> groupsOfDisk = new HashMap<>();

    void add(List<UUID> members) {
      groups++;
      members.forEach(disk -> groupsOfDisk.merge(disk, 1, Integer::sum));
    }

    double share(UUID disk) {
      return (double) groupsOfDisk.getOrDefault(disk, 0) / groups;
    }
  }

  private final Map<UUID, Long> blocksOfDisk = new HashMap<>();
  private final TreeMap<Integer, Layout> layouts = new TreeMap<>();
  private final Map<Integer, Long> promisedBlocks;

  private PoolRoom(
      Collection<DiskRecord> disks,
      Iterable<GroupRecord> groups,
      Map<Integer, Long> promisedBlocks,
      int copies) {
    this.promisedBlocks = promisedBlocks;
    for (DiskRecord disk : disks) {
      blocksOfDisk.put(disk.id(), disk.capacityBytes() / Geometry.BLOCK_BYTES);
    }
    for (GroupRecord group : groups) {
      layout(group.copies()).add(group.members());
    }
    if (!layouts.containsKey(copies)) {
      int count = Placement.groupCount(disks.size());
      Placement.members(disks, copies, count).forEach(layout(copies)::add);
    }
  }

  private Layout layout(int copies) {
    return layouts.computeIfAbsent(copies, none -> new Layout());
  }

  /** How many blocks a volume takes in each copy. */
  public static long blocks(long sizeBytes) {
    return sizeBytes / Geometry.BLOCK_BYTES + (sizeBytes % Geometry.BLOCK_BYTES == 0 ? 0 : 1);
  }

  /**
   * The size in bytes of the largest further volume, whole blocks; 0 with fewer nodes than copies.
   *
   * @param disks of the pool
   * @param groups of the pool, of all protections; those that a first volume would make are thought
   *     of
   * @param promisedBlocks the sum of {@link #blocks} of all volumes, by copies
   * @param copies of the further volume
   */
  public static long availableBytes(
      Collection<DiskRecord> disks,
      Iterable<GroupRecord> groups,
      Map<Integer, Long> promisedBlocks,
      int copies) {
    if (disks.stream().map(DiskRecord::node).distinct().count() < copies) {
      return 0;
    }
    return new PoolRoom(disks, groups, promisedBlocks, copies).largest(copies)
        * Geometry.BLOCK_BYTES;
  }

  private long largest(int copies) {
    long fits = 0;
    long tooMany = BLOCKS_BOUND;
    while (tooMany - fits > 1) {
      long middle = (fits + tooMany) / 2;
      if (fits(copies, middle)) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private boolean fits(int copies, long further) {
    for (UUID disk : layouts.get(copies).groupsOfDisk.keySet()) {
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
