package io.aerie.engine.rcd;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Members of disks that drain, or that are absent for good, get successors: one group at a time per
 * target disk, the least protected groups first, each on the lightest disk that may have it. Moves
 * that only balance make way for them. What becomes of a replacement is drawn in
 * docs/storage-protocol.md ("Moving members").
 */
final class Replacements {
  private final RcdTables tables;

  Replacements(RcdTables tables) {
    this.tables = tables;
  }

  private record Candidate(GroupRecord group, UUID from) {}

  /**
   * Begins one more replacement, if there is one to begin: its target is rebuilding then.
   *
   * @return the group
   */
  Optional<GroupRecord> begin(long index) {
    TreeSet<Candidate> candidates =
        new TreeSet<>(
            Comparator.comparingInt((Candidate c) -> GroupRules.spareCount(c.group()))
                .thenComparingLong(c -> c.group().number())
                .thenComparing(Candidate::from));
    for (UUID disk : tables.index().leaving) {
      for (long number : tables.index().groupsOfDisk.of(disk)) {
        GroupRecord group = tables.groups.get(number);
        if (mayBegin(group, disk)) {
          candidates.add(new Candidate(group, disk));
        }
      }
    }
    for (Candidate candidate : candidates) {
      Optional<UUID> target = target(candidate);
      if (target.isPresent()) {
        makeWay(index, target.get());
        return Optional.of(start(index, candidate.group(), candidate.from(), target.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * Frozen groups wait: what a copy would be made of might still be dropped. Not where those in
   * sync go on alone.
   */
  private static boolean mayBegin(GroupRecord group, UUID from) {
    return group.members().contains(from)
        && group.replacement().isEmpty()
        && group.settles()
        && !group.inSync().isEmpty()
        && !group.rebuilding().contains(from);
  }

  /** One that has nothing to do, if there is one; else one that only balances. */
  private Optional<UUID> target(Candidate candidate) {
    return target(candidate, disk -> tables.index().rebuildingOfDisk.of(disk).isEmpty())
        .or(() -> target(candidate, disk -> balancedBy(disk).isPresent()));
  }

  private Optional<UUID> target(Candidate candidate, Predicate<UUID> free) {
    GroupRecord group = candidate.group();
    Topology topology = topology(group);
    SortedSet<String> used = domains(group, topology, new TreeSet<>(List.of(candidate.from())));
    return tables.index().takers(pool(group).name()).stream()
        .map(load -> tables.disks.get(load.disk()))
        .filter(disk -> free.test(disk.id()))
        .filter(disk -> !group.disks().contains(disk.id()))
        .filter(disk -> !used.contains(topology.domain(disk)))
        .filter(disk -> takes(disk.id(), group, tables.index().share(disk.id())))
        .map(DiskRecord::id)
        .findFirst();
  }

  /** Whether a member is moved though it and its disk could stay. */
  boolean balances(GroupRecord group) {
    return group
        .replacement()
        .map(GroupRecord.Replacement::from)
        .filter(from -> tables.disks.get(from).duty() == DiskDuty.SERVING)
        .filter(from -> group.inSync().contains(from))
        .isPresent();
  }

  /** The group that a disk is being brought only to balance. */
  private Optional<GroupRecord> balancedBy(UUID disk) {
    return tables.index().rebuildingOfDisk.of(disk).stream()
        .map(tables.groups::get)
        .filter(group -> group.replaces(disk) && balances(group))
        .findFirst();
  }

  private void makeWay(long index, UUID disk) {
    balancedBy(disk).ifPresent(group -> cancel(index, group));
  }

  private PoolRecord pool(GroupRecord group) {
    return tables.pools.get(group.pool());
  }

  Topology topology(GroupRecord group) {
    return new Topology(tables.nodes, pool(group).spread());
  }

  /** Domains of the members, but for some disks. */
  SortedSet<String> domains(GroupRecord group, Topology topology, SortedSet<UUID> without) {
    SortedSet<String> used = new TreeSet<>();
    for (UUID member : group.members()) {
      if (!without.contains(member)) {
        used.add(topology.domain(tables.disks.get(member)));
      }
    }
    return used;
  }

  /** Whether a disk with that share has room for its part of one more group. */
  boolean takes(UUID disk, GroupRecord group, DiskShare share) {
    DiskShare then = shareWith(disk, group, share);
    SortedMap<Redundancy, Integer> counts = tables.index().groupCounts(group.pool());
    return PoolRoom.takes(then, counts, tables.index().promisedBlocks(group.pool()));
  }

  /** The share of a disk that takes one more group; what it has of it already is in it. */
  static DiskShare shareWith(UUID disk, GroupRecord group, DiskShare share) {
    return RcdIndex.holders(group).contains(disk) ? share : share.with(group.redundancy(), 1);
  }

  /** A disk is to take a member's place. */
  GroupRecord start(long index, GroupRecord group, UUID from, UUID to) {
    GroupDraft draft = new GroupDraft(group);
    draft.replacement = Optional.of(new GroupRecord.Replacement(from, to, draft.nextEpoch()));
    draft.rebuilding.add(to);
    draft.former.remove(to);
    GroupRecord started = draft.done(index);
    tables.change(new RcdChange.Group(started));
    return started;
  }

  /** The target went away, or the member stays: what it has so far is not needed. */
  void cancel(long index, GroupRecord group) {
    UUID to = group.replacement().orElseThrow().to();
    for (long volume : new TreeSet<>(tables.pendingOf(group.number(), to))) {
      tables.change(new RcdChange.Pending(group.number(), to, volume, false));
    }
    GroupDraft draft = new GroupDraft(group);
    draft.rebuilding.remove(to);
    draft.former.add(to);
    draft.replacement = Optional.empty();
    tables.change(new RcdChange.Group(draft.done(index)));
  }
}
