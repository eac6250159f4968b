package io.aerie.engine.rcd;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.UUID;

/** Which group a block falls to, and which disks make a group. Both are part of the format. */
public final class Placement {
  /** Groups per disk of the pool: enough that a lost disk's work spreads over many others. */
  static final int GROUPS_PER_DISK = 4;

  /** More groups of one pool and protection bring nothing to the slice's few nodes. */
  static final int GROUPS_MAX = 256;

  /** Beyond that a difference in speed moves no more groups: the space of slow disks is needed. */
  private static final int SPEED_PERCENT_MIN = 50;

  private static final int SPEED_PERCENT_MAX = 200;

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

  /** A disk while groups are made; the lightest, for what it is able to do, comes first. */
  private static final class Candidate implements Comparable<Candidate> {
    final UUID disk;
    final long merit;
    long groups;

    Candidate(DiskRecord disk) {
      this.disk = disk.id();
      merit = merit(disk);
    }

    @Override
    public int compareTo(Candidate other) {
      int byLoad = Long.compare(groups * other.merit, other.groups * merit);
      return byLoad != 0 ? byLoad : disk.compareTo(other.disk);
    }
  }

  /** The disks of one domain; the domain with the lightest disk comes first. */
  private static final class Domain implements Comparable<Domain> {
    final PriorityQueue<Candidate> disks = new PriorityQueue<>();

    UUID take() {
      Candidate lightest = disks.remove();
      lightest.groups++;
      disks.add(lightest);
      return lightest.disk;
    }

    @Override
    public int compareTo(Domain other) {
      return disks.element().compareTo(other.disks.element());
    }
  }

  /**
   * Members of each group: disks of different domains, each time those with the fewest groups for
   * their merit, ties by id. The caller has seen to it that there are enough domains.
   */
  static List<List<UUID>> members(
      Collection<DiskRecord> disks, Topology topology, int memberCount, int groupCount) {
    TreeMap<String, Domain> byName = new TreeMap<>();
    for (DiskRecord disk : disks) {
      byName
          .computeIfAbsent(topology.domain(disk), name -> new Domain())
          .disks
          .add(new Candidate(disk));
    }
    if (byName.size() < memberCount) {
      throw new IllegalArgumentException("fewer domains than members");
    }
    PriorityQueue<Domain> domains = new PriorityQueue<>(byName.values());
    List<List<UUID>> groups = new ArrayList<>();
    for (int g = 0; g < groupCount; g++) {
      List<UUID> members = new ArrayList<>();
      List<Domain> used = new ArrayList<>();
      while (members.size() < memberCount) {
        Domain lightest = domains.remove();
        members.add(lightest.take());
        used.add(lightest);
      }
      domains.addAll(used);
      groups.add(members);
    }
    return groups;
  }

  /** What a disk's share of the groups is in proportion to: its capacity and its speed. */
  static long merit(DiskRecord disk) {
    int speed = Math.max(SPEED_PERCENT_MIN, Math.min(SPEED_PERCENT_MAX, disk.speedPercent()));
    return Math.max(1, disk.capacityBytes() >> 20) * speed;
  }
}
