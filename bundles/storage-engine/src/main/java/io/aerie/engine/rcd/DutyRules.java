package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand.AssignDuty;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What disks are meant for: to serve, to be emptied, or no longer to be waited for. */
final class DutyRules {
  private final RcdTables tables;
  private final Replacements replacements;
  private final GroupRules groups;

  DutyRules(RcdTables tables, Replacements replacements, GroupRules groups) {
    this.tables = tables;
    this.replacements = replacements;
    this.groups = groups;
  }

  RcdAnswer assign(long index, AssignDuty command) {
    List<DiskRecord> disks = new ArrayList<>();
    for (UUID id : new TreeSet<>(command.disks())) {
      if (command.duty() == DiskDuty.REMOVED && isRemoved(id)) {
        continue;
      }
      DiskRecord disk = RcdRules.disk(tables, id);
      if (disk.duty() != command.duty()) {
        disks.add(disk);
      }
    }
    if (command.duty() == DiskDuty.REMOVED) {
      return remove(index, disks);
    }
    SortedMap<UUID, Integer> targets = new TreeMap<>();
    if (command.duty() == DiskDuty.ABSENT) {
      disks.forEach(DutyRules::checkAway);
    } else if (command.duty() == DiskDuty.DRAINING) {
      targets = places(disks);
    }
    for (DiskRecord disk : disks) {
      tables.change(new RcdChange.Disk(disk.meantFor(command.duty(), index)));
      begin(index, disk, command.duty());
    }
    groups.schedule(index);
    return new RcdAnswer(Optional.empty(), 0, 0, 0, explained(targets));
  }

  private boolean isRemoved(UUID id) {
    DiskRecord disk = tables.disks.get(id);
    return disk != null && disk.removed();
  }

  /** What disks still have of groups that they left counts no more: nobody will see it again. */
  private RcdAnswer remove(long index, List<DiskRecord> disks) {
    disks.forEach(this::checkEmpty);
    for (DiskRecord disk : disks) {
      for (long number : List.copyOf(tables.index().formerOfDisk.of(disk.id()))) {
        GroupRecord group = tables.groups.get(number);
        tables.change(new RcdChange.Group(group.forgets(disk.id(), index)));
      }
      tables.change(new RcdChange.Disk(disk.meantFor(DiskDuty.REMOVED, index)));
    }
    groups.schedule(index);
    return RcdAnswer.done(0);
  }

  private void checkEmpty(DiskRecord disk) {
    if (disk.duty() == DiskDuty.SERVING) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "Disk " + disk.id() + " serves",
          "It may get members at any time.",
          "Drain it first; or give it up, if it is away.");
    }
    int count = tables.index().groupsOfDisk.of(disk.id()).size();
    if (count > 0) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "Disk " + disk.id() + " still has members of " + count + " groups",
          "What they hold may be nowhere else yet.",
          "Wait for the end of its job; if that stands still, add disks in further domains.");
    }
  }

  /** Where members go as things are now: each is decided anew when it has its turn. */
  private List<String> explained(SortedMap<UUID, Integer> targets) {
    List<String> sentences = new ArrayList<>();
    targets.forEach(
        (id, count) -> {
          DiskRecord target = tables.disks.get(id);
          sentences.add(
              "Disk "
                  + id
                  + " of "
                  + target.node()
                  + " ("
                  + target.path()
                  + ") is to get "
                  + count
                  + (count == 1 ? " group." : " groups."));
        });
    return sentences;
  }

  private static void checkAway(DiskRecord disk) {
    if (disk.up()) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "Disk " + disk.id() + " serves",
          "Only a disk that is away can be given up.",
          "Drain it: its members move while it serves.");
    }
  }

  private void begin(long index, DiskRecord disk, DiskDuty duty) {
    SortedSet<Long> of = new TreeSet<>(tables.index().groupsOfDisk.of(disk.id()));
    if (duty == DiskDuty.SERVING) {
      for (long number : of) {
        GroupRecord group = tables.groups.get(number);
        if (group.leaves(disk.id()) && group.inSync().contains(disk.id())) {
          replacements.cancel(index, group);
        }
      }
      groups.stays(index, disk.id());
      return;
    }
    for (long number : of) {
      GroupRecord group = tables.groups.get(number);
      if (group.replaces(disk.id())) {
        replacements.cancel(index, group);
      }
    }
    int total = tables.index().groupsOfDisk.of(disk.id()).size();
    JobRecord.State state = total > 0 ? JobRecord.State.RUNNING : JobRecord.State.DONE;
    long number = tables.takeNumber();
    tables.change(
        new RcdChange.Job(
            new JobRecord(
                number, JobRecord.Kind.REPLACEMENT, disk.id(), state, 0, total, 0, index)));
  }

  /**
   * Finds a place for every member, or refuses with the proof that there is none.
   *
   * @return how many members each disk gets
   */
  private SortedMap<UUID, Integer> places(List<DiskRecord> draining) {
    SortedSet<UUID> without = new TreeSet<>(tables.index().leaving);
    SortedSet<Long> concerned = new TreeSet<>();
    for (DiskRecord disk : draining) {
      without.add(disk.id());
      concerned.addAll(tables.index().groupsOfDisk.of(disk.id()));
    }
    TreeMap<UUID, DiskShare> thought = new TreeMap<>();
    TreeMap<UUID, Integer> more = new TreeMap<>();
    for (long number : concerned) {
      GroupRecord group = tables.groups.get(number);
      Topology topology = replacements.topology(group);
      SortedSet<String> used = replacements.domains(group, topology, without);
      for (UUID from : group.members()) {
        if (draining.stream().anyMatch(disk -> disk.id().equals(from))) {
          DiskRecord target =
              place(group, topology, used, without, thought, more)
                  .orElseThrow(
                      () -> nowhere(tables.disks.get(from), group, topology, used, without));
          used.add(topology.domain(target));
          DiskShare before = shareOf(target.id(), thought);
          thought.put(target.id(), Replacements.shareWith(target.id(), group, before));
          more.merge(target.id(), 1, Integer::sum);
        }
      }
    }
    return more;
  }

  private DiskShare shareOf(UUID disk, SortedMap<UUID, DiskShare> thought) {
    DiskShare of = thought.get(disk);
    return of == null ? tables.index().share(disk) : of;
  }

  private Optional<DiskRecord> place(
      GroupRecord group,
      Topology topology,
      SortedSet<String> used,
      SortedSet<UUID> without,
      SortedMap<UUID, DiskShare> thought,
      SortedMap<UUID, Integer> more) {
    return tables.index().takers(tables.pools.get(group.pool()).name()).stream()
        .filter(load -> !without.contains(load.disk()))
        .filter(load -> !used.contains(topology.domain(tables.disks.get(load.disk()))))
        .filter(load -> replacements.takes(load.disk(), group, shareOf(load.disk(), thought)))
        .map(load -> load.with(more.getOrDefault(load.disk(), 0)))
        .min(Comparator.naturalOrder())
        .map(load -> tables.disks.get(load.disk()));
  }

  private AerieException nowhere(
      DiskRecord disk,
      GroupRecord group,
      Topology topology,
      SortedSet<String> used,
      SortedSet<UUID> without) {
    SortedMap<String, String> others = new TreeMap<>();
    for (UUID id : tables.index().disksOfPool.of(disk.pool())) {
      DiskRecord other = tables.disks.get(id);
      String domain = topology.domain(other);
      if (used.contains(domain)) {
        continue;
      }
      boolean takes = other.takesMembers() && !without.contains(id);
      String lacks = takes ? "room" : "a disk that serves and stays";
      others.merge(domain, lacks, (a, b) -> a.equals("room") ? a : b);
    }
    List<String> each = new ArrayList<>();
    others.forEach((domain, lacks) -> each.add(domain + " lacks " + lacks));
    return new AerieException(
        ErrorCode.PROTECTION_IMPOSSIBLE,
        "Disk " + disk.id() + " can't be drained: there is no place for all that it has",
        "Group "
            + group.number()
            + " has its other members in "
            + used
            + "; "
            + (each.isEmpty() ? "there is no other domain" : String.join(", ", each))
            + ".",
        "Add disks in further domains of the pool first.");
  }
}
