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

  /** Blocks of more than the largest pool that can be: 2^62 bytes, a block is up to 8 of data. */
  private static final long BLOCKS_BOUND = (1L << 62) / Geometry.BLOCK_BYTES / 8;

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
  private final TreeMap<Redundancy, Layout> layouts = new TreeMap<>();
  private final Map<Redundancy, Long> promisedBlocks;

  private PoolRoom(
      Collection<DiskRecord> disks,
      Iterable<GroupRecord> groups,
      Map<Redundancy, Long> promisedBlocks,
      Redundancy redundancy) {
    this.promisedBlocks = promisedBlocks;
    for (DiskRecord disk : disks) {
      blocksOfDisk.put(disk.id(), disk.capacityBytes() / Geometry.BLOCK_BYTES);
    }
    for (GroupRecord group : groups) {
      layout(group.redundancy()).add(group.members());
    }
    if (!layouts.containsKey(redundancy)) {
      int count = Placement.groupCount(disks.size());
      Placement.members(disks, redundancy.memberCount(), count).forEach(layout(redundancy)::add);
    }
  }

  private Layout layout(Redundancy redundancy) {
    return layouts.computeIfAbsent(redundancy, none -> new Layout());
  }

  /**
   * The size in bytes of the largest further volume, whole blocks; 0 with fewer nodes than a group
   * has members.
   *
   * @param disks of the pool
   * @param groups of the pool, of all protections; those that a first volume would make are thought
   *     of
   * @param promisedBlocks the sum of {@link Redundancy#blocks} of all volumes
   * @param redundancy of the further volume
   */
  public static long availableBytes(
      Collection<DiskRecord> disks,
      Iterable<GroupRecord> groups,
      Map<Redundancy, Long> promisedBlocks,
      Redundancy redundancy) {
    if (disks.stream().map(DiskRecord::node).distinct().count() < redundancy.memberCount()) {
      return 0;
    }
    return new PoolRoom(disks, groups, promisedBlocks, redundancy).largest(redundancy)
        * redundancy.spanBytes();
  }

  private long largest(Redundancy redundancy) {
    long fits = 0;
    long tooMany = BLOCKS_BOUND;
    while (tooMany - fits > 1) {
      long middle = (fits + tooMany) / 2;
      if (fits(redundancy, middle)) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private boolean fits(Redundancy redundancy, long further) {
    for (UUID disk : layouts.get(redundancy).groupsOfDisk.keySet()) {
      if (aside(disk, redundancy, further) > blocksOfDisk.getOrDefault(disk, 0L)) {
        return false;
      }
    }
    return true;
  }

  /** Blocks to set aside on a disk for all volumes, and one more. */
  private double aside(UUID disk, Redundancy redundancy, long further) {
    double mean = 0;
    double variance = 0;
    for (Map.Entry<Redundancy, Layout> of : layouts.entrySet()) {
      long promised = promisedBlocks.getOrDefault(of.getKey(), 0L);
      double blocks = promised + (of.getKey().equals(redundancy) ? further : 0);
      double share = of.getValue().share(disk);
      mean += blocks * share;
      variance += blocks * share * (1 - share);
    }
    return mean + DEVIATIONS * Math.sqrt(variance);
  }
}
