package io.aerie.engine.rcd;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Members of disks that drain, or that are absent for good, get successors: one group at a time per
 * target disk, the least protected groups first, each on the lightest disk that may have it. What
 * becomes of a replacement is drawn in docs/storage-protocol.md ("Moving members").
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
        return Optional.of(start(index, candidate, target.get()));
      }
    }
    return Optional.empty();
  }

  /** Frozen groups wait: what a copy would be made of might still be dropped. */
  private static boolean mayBegin(GroupRecord group, UUID from) {
    return group.members().contains(from)
        && group.replacement().isEmpty()
        && !group.frozen()
        && !group.inSync().isEmpty()
        && !group.rebuilding().contains(from);
  }

  private Optional<UUID> target(Candidate candidate) {
    GroupRecord group = candidate.group();
    Topology topology = topology(group);
    SortedSet<String> used = domains(group, topology, new TreeSet<>(List.of(candidate.from())));
    return tables.index().takers(pool(group).name()).stream()
        .map(load -> tables.disks.get(load.disk()))
        .filter(disk -> tables.index().rebuildingOfDisk.of(disk.id()).isEmpty())
        .filter(disk -> !group.disks().contains(disk.id()))
        .filter(disk -> !used.contains(topology.domain(disk)))
        .filter(disk -> takes(disk.id(), group, tables.index().share(disk.id())))
        .map(DiskRecord::id)
        .findFirst();
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

  /**
   * The share of a disk that takes one more group; what it may still have of it is in it already.
   */
  static DiskShare shareWith(UUID disk, GroupRecord group, DiskShare share) {
    return group.former().contains(disk) ? share : share.with(group.redundancy(), 1);
  }

  private GroupRecord start(long index, Candidate candidate, UUID to) {
    GroupDraft draft = new GroupDraft(candidate.group());
    draft.replacement =
        Optional.of(new GroupRecord.Replacement(candidate.from(), to, draft.nextEpoch()));
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
