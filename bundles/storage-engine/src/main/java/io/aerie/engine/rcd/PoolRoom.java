package io.aerie.engine.rcd;

import io.aerie.engine.store.Geometry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiFunction;

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

  private final Iterable<DiskShare> shares;
  private final Map<Redundancy, Integer> groupCounts;
  private final Map<Redundancy, Long> promisedBlocks;

  private PoolRoom(
      Iterable<DiskShare> shares,
      Map<Redundancy, Integer> groupCounts,
      Map<Redundancy, Long> promisedBlocks) {
    this.shares = shares;
    this.groupCounts = groupCounts;
    this.promisedBlocks = promisedBlocks;
  }

  /**
   * The size in bytes of the largest further volume, whole blocks; 0 with fewer failure domains
   * than a group has members.
   *
   * @param disks of the pool
   * @param topology the domains that the pool spreads over
   * @param groups of the pool, of all protections; those that a first volume would make are thought
   *     of
   * @param promisedBlocks the sum of {@link Redundancy#blocks} of all volumes
   * @param redundancy of the further volume
   */
  public static long availableBytes(
      Collection<DiskRecord> disks,
      Topology topology,
      Iterable<GroupRecord> groups,
      Map<Redundancy, Long> promisedBlocks,
      Redundancy redundancy) {
    TreeMap<UUID, DiskShare> shares = new TreeMap<>();
    disks.forEach(disk -> shares.put(disk.id(), DiskShare.empty(disk)));
    TreeMap<Redundancy, Integer> groupCounts = new TreeMap<>();
    for (GroupRecord group : groups) {
      groupCounts.merge(group.redundancy(), 1, Integer::sum);
      for (UUID disk : RcdIndex.holders(group)) {
        shares.compute(disk, plusOne(group.redundancy()));
      }
    }
    return groupCounts.containsKey(redundancy)
        ? availableBytes(new TreeSet<>(shares.values()), groupCounts, promisedBlocks, redundancy)
        : availableBytes(disks, topology, shares, groupCounts, promisedBlocks, redundancy);
  }

  private static BiFunction<UUID, DiskShare, DiskShare> plusOne(Redundancy redundancy) {
    return (disk, share) -> share.with(redundancy, 1);
  }

  /** The same where the protection has groups. */
  static long availableBytes(
      Iterable<DiskShare> shares,
      Map<Redundancy, Integer> groupCounts,
      Map<Redundancy, Long> promisedBlocks,
      Redundancy redundancy) {
    return new PoolRoom(shares, groupCounts, promisedBlocks).largest(redundancy)
        * redundancy.spanBytes();
  }

  /** Whether a disk has room for its share of what is promised. */
  static boolean takes(
      DiskShare share, Map<Redundancy, Integer> groupCounts, Map<Redundancy, Long> promisedBlocks) {
    PoolRoom room = new PoolRoom(List.of(share), groupCounts, promisedBlocks);
    return room.aside(share, share.groups().firstKey(), 0) <= share.blocks();
  }

  /** The same where a first volume would make the protection's groups. */
  static long availableBytes(
      Collection<DiskRecord> disks,
      Topology topology,
      Map<UUID, DiskShare> shares,
      Map<Redundancy, Integer> groupCounts,
      Map<Redundancy, Long> promisedBlocks,
      Redundancy redundancy) {
    List<DiskRecord> serving =
        disks.stream().filter(disk -> disk.duty() == DiskDuty.SERVING).toList();
    if (serving.stream().map(topology::domain).distinct().count() < redundancy.memberCount()) {
      return 0;
    }
    int count = Placement.groupCount(serving.size());
    TreeMap<UUID, DiskShare> thought = new TreeMap<>(shares);
    Placement.members(serving, topology, redundancy.memberCount(), count)
        .forEach(members -> members.forEach(disk -> thought.compute(disk, plusOne(redundancy))));
    TreeMap<Redundancy, Integer> counts = new TreeMap<>(groupCounts);
    counts.put(redundancy, count);
    return availableBytes(new TreeSet<>(thought.values()), counts, promisedBlocks, redundancy);
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
    for (DiskShare share : shares) {
      if (share.groups().containsKey(redundancy)
          && aside(share, redundancy, further) > share.blocks()) {
        return false;
      }
    }
    return true;
  }

  /** Blocks to set aside on a disk for all volumes, and one more. */
  private double aside(DiskShare of, Redundancy redundancy, long further) {
    double mean = 0;
    double variance = 0;
    for (Map.Entry<Redundancy, Integer> groups : of.groups().entrySet()) {
      long promised = promisedBlocks.getOrDefault(groups.getKey(), 0L);
      double blocks = promised + (groups.getKey().equals(redundancy) ? further : 0);
      double share = (double) groups.getValue() / groupCounts.get(groups.getKey());
      mean += blocks * share;
      variance += blocks * share * (1 - share);
    }
    return mean + DEVIATIONS * Math.sqrt(variance);
  }
}
