package io.aerie.engine.rcd;

import io.aerie.engine.rcd.RcdCommand.GroupEmptied;
import io.aerie.engine.rcd.RcdCommand.ResynchronisationDone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** How members move between the sets of a group; see {@link GroupRecord}. */
final class GroupRules {
  private final RcdTables tables;
  private final Replacements replacements;
  private final Balancing balancing;

  GroupRules(RcdTables tables, Replacements replacements, Balancing balancing) {
    this.tables = tables;
    this.replacements = replacements;
    this.balancing = balancing;
  }

  List<GroupRecord> groupsOf(long pool, Redundancy redundancy) {
    return groups(tables.index().groupsOfClass.of(new GroupClass(pool, redundancy)));
  }

  /** A copy: records may be changed while it is gone through. */
  private List<GroupRecord> groups(Collection<Long> numbers) {
    List<GroupRecord> of = new ArrayList<>();
    numbers.forEach(number -> of.add(tables.groups.get(number)));
    return of;
  }

  private List<GroupRecord> groupsOf(UUID disk) {
    return groups(tables.index().groupsOfDisk.of(disk));
  }

  /** A disk no longer serves: its node's incarnation is over, or it failed. */
  void leave(long index, UUID disk) {
    for (GroupRecord group : groupsOf(disk)) {
      GroupDraft draft = new GroupDraft(group);
      if (group.replaces(disk)) {
        replacements.cancel(index, group);
        continue;
      } else if (draft.inSync.remove(disk)) {
        if (draft.inSync.size() >= group.minimum()) {
          draft.stale.put(disk, draft.nextEpoch());
        } else {
          draft.frozen = true;
          draft.eligible.add(disk);
        }
      } else if (draft.rebuilding.remove(disk)) {
        draft.stale.put(disk, GroupRecord.SINCE_UNKNOWN);
        for (long volume : List.copyOf(tables.pendingOf(group.number(), disk))) {
          tables.change(new RcdChange.Pending(group.number(), disk, volume, false));
        }
      } else {
        continue;
      }
      tables.change(new RcdChange.Group(draft.done(index)));
    }
    running(disk, JobRecord.Kind.RESYNCHRONISATION)
        .ifPresent(job -> went(index, job, JobRecord.State.FAILED, 0, 0));
  }

  private Optional<JobRecord> running(UUID subject) {
    return Optional.ofNullable(tables.jobs.get(subject))
        .filter(job -> job.state() == JobRecord.State.RUNNING);
  }

  /** What a disk is being resynchronised for: itself, the one that it replaces, or its pool. */
  private Optional<JobRecord> jobOf(GroupRecord group, UUID disk) {
    if (!group.replaces(disk)) {
      return running(disk);
    }
    return running(
        replacements.balances(group)
            ? tables.pools.get(group.pool()).id()
            : group.replacement().get().from());
  }

  private Optional<JobRecord> running(UUID disk, JobRecord.Kind kind) {
    return running(disk).filter(job -> job.kind() == kind);
  }

  private void went(long index, JobRecord job, JobRecord.State state, int groups, long bytes) {
    tables.change(new RcdChange.Job(job.went(state, groups, bytes, index)));
  }

  /** Groups that wait for what the disk holds. */
  List<GroupRecord> waitingFor(UUID disk) {
    return groupsOf(disk).stream().filter(group -> group.eligible().contains(disk)).toList();
  }

  /**
   * A disk turned out to be a copy of the past: where it was eligible it is stale (H7). The volumes
   * of these groups were settled anew before, as those in sync may be alone then.
   */
  void distrust(long index, UUID disk) {
    for (GroupRecord group : waitingFor(disk)) {
      GroupDraft draft = new GroupDraft(group);
      draft.eligible.remove(disk);
      draft.stale.put(disk, GroupRecord.SINCE_UNKNOWN);
      tables.change(new RcdChange.Group(draft.done(index)));
    }
  }

  /**
   * Frozen groups that need not wait for those that are away: what is in sync is enough to rebuild
   * a disk that serves.
   */
  List<GroupRecord> rebuildable() {
    SortedSet<Long> numbers = new TreeSet<>();
    for (SetIndex<UUID, Long> lacking :
        List.of(tables.index().staleOfDisk, tables.index().rebuildingOfDisk)) {
      for (UUID disk : lacking.keys()) {
        if (tables.disks.get(disk).up()) {
          numbers.addAll(lacking.of(disk));
        }
      }
    }
    return groups(numbers).stream()
        .filter(group -> group.frozen() && !group.eligible().isEmpty())
        .filter(group -> spareCount(group) >= 0)
        .toList();
  }

  /** Those in sync go on; its volumes were settled anew before. */
  void goOnAlone(long index, GroupRecord group) {
    GroupDraft draft = new GroupDraft(group);
    draft.leaveBehind();
    tables.change(new RcdChange.Group(draft.done(index)));
  }

  /**
   * A copy that is not complete counts as complete from now on, and nobody else does: whoever was,
   * is stale for good (its volumes were settled anew before).
   */
  void accept(long index, GroupRecord group, UUID disk) {
    for (long volume : List.copyOf(tables.pendingOf(group.number(), disk))) {
      tables.change(new RcdChange.Pending(group.number(), disk, volume, false));
    }
    GroupDraft draft = new GroupDraft(group);
    draft.stale.remove(disk);
    draft.rebuilding.remove(disk);
    draft.inSync.add(disk);
    draft.leaveBehind();
    draft.serveAgain();
    tables.change(new RcdChange.Group(draft.done(index)));
    running(disk, JobRecord.Kind.RESYNCHRONISATION).ifPresent(job -> groupDone(index, job));
  }

  /**
   * A disk serves again. Where it was eligible it is in sync at once.
   *
   * @return groups in which that was so: their volumes must be settled anew
   */
  List<GroupRecord> comeBack(long index, UUID disk) {
    List<GroupRecord> healed = new ArrayList<>();
    for (GroupRecord group : groupsOf(disk)) {
      if (group.eligible().contains(disk)) {
        GroupDraft draft = new GroupDraft(group);
        draft.eligible.remove(disk);
        draft.inSync.add(disk);
        draft.serveAgain();
        GroupRecord changed = draft.done(index);
        tables.change(new RcdChange.Group(changed));
        healed.add(changed);
      }
    }
    if (tables.disks.get(disk).duty() == DiskDuty.SERVING) {
      stays(index, disk);
    }
    return healed;
  }

  /** A disk serves: what was to empty it is given up, and it is brought back where it is stale. */
  void stays(long index, UUID disk) {
    int lacking =
        tables.index().staleOfDisk.of(disk).size()
            + tables.index().rebuildingOfDisk.of(disk).size();
    if (lacking > 0 && tables.disks.get(disk).up()) {
      JobRecord.Kind kind = JobRecord.Kind.RESYNCHRONISATION;
      long number = tables.takeNumber();
      tables.change(
          new RcdChange.Job(
              new JobRecord(number, kind, disk, JobRecord.State.RUNNING, 0, lacking, 0, index)));
    } else {
      running(disk, JobRecord.Kind.REPLACEMENT)
          .ifPresent(job -> went(index, job, JobRecord.State.FAILED, 0, 0));
    }
  }

  /**
   * Gives every disk that is up and stale somewhere something to do: one group at a time, the least
   * protected first. A frozen group waits until its in-sync members go on alone: what a copy would
   * be made of might still be dropped.
   */
  void schedule(long index) {
    for (UUID disk : List.copyOf(tables.index().staleOfDisk.keys())) {
      boolean another = tables.disks.get(disk).up();
      while (another) {
        another = begin(index, disk);
      }
    }
    Optional<GroupRecord> moved = beginMove(index);
    while (moved.isPresent()) {
      compareAll(index, moved.get(), moved.get().replacement().get().to());
      moved = beginMove(index);
    }
  }

  private Optional<GroupRecord> beginMove(long index) {
    return replacements.begin(index).or(() -> balancing.begin(index));
  }

  /** How many more members may be lost before data is. */
  static int spareCount(GroupRecord group) {
    return group.inSync().size() - group.redundancy().dataCount();
  }

  /** Returns whether another group can be begun at once, because this one needed nothing. */
  private boolean begin(long index, UUID disk) {
    if (!tables.index().rebuildingOfDisk.of(disk).isEmpty()) {
      return false;
    }
    Optional<GroupRecord> next =
        groups(tables.index().staleOfDisk.of(disk)).stream()
            .filter(g -> g.settles() && !g.inSync().isEmpty() && !g.leaves(disk))
            .min(
                Comparator.comparingInt(GroupRules::spareCount)
                    .thenComparingLong(GroupRecord::number));
    if (next.isEmpty()) {
      return false;
    }
    GroupRecord group = next.get();
    GroupDraft draft = new GroupDraft(group);
    draft.stale.remove(disk);
    draft.rebuilding.add(disk);
    tables.change(new RcdChange.Group(draft.done(index)));
    return compareAll(index, group, disk);
  }

  /**
   * A disk is to be resynchronised with all volumes of a group.
   *
   * @return whether there are none, and it is in sync already
   */
  private boolean compareAll(long index, GroupRecord group, UUID disk) {
    SortedSet<Long> volumes = tables.index().volumesOfClass.of(GroupClass.of(group));
    for (long volume : volumes) {
      tables.change(new RcdChange.Pending(group.number(), disk, volume, true));
    }
    if (volumes.isEmpty()) {
      finish(index, group.number(), disk);
    }
    return volumes.isEmpty();
  }

  private List<GroupRecord> rebuilding(VolumeRecord volume) {
    return groups(tables.index().rebuildingOfClass.of(GroupClass.of(volume)));
  }

  /** A volume was made or granted anew: rebuilding members must be compared for it (again). */
  void addPending(VolumeRecord volume) {
    for (GroupRecord group : rebuilding(volume)) {
      for (UUID disk : group.rebuilding()) {
        tables.change(new RcdChange.Pending(group.number(), disk, volume.number(), true));
      }
    }
  }

  void removePending(long index, VolumeRecord volume) {
    for (GroupRecord group : rebuilding(volume)) {
      for (UUID disk : group.rebuilding()) {
        removePending(index, group.number(), disk, volume.number());
      }
    }
    schedule(index);
  }

  private void removePending(long index, long group, UUID disk, long volume) {
    tables.change(new RcdChange.Pending(group, disk, volume, false));
    if (tables.pendingOf(group, disk).isEmpty()) {
      finish(index, group, disk);
    }
  }

  private void finish(long index, long group, UUID disk) {
    GroupDraft draft = new GroupDraft(tables.groups.get(group));
    draft.rebuilding.remove(disk);
    draft.inSync.add(disk);
    if (draft.from.replaces(disk)) {
      draft.replace();
    }
    if (draft.frozen) {
      draft.serveAgain();
    }
    tables.change(new RcdChange.Group(draft.done(index)));
    jobOf(draft.from, disk)
        .filter(job -> draft.from.replaces(disk) || job.kind() == JobRecord.Kind.RESYNCHRONISATION)
        .ifPresent(job -> groupDone(index, job));
  }

  /** The disk of a job is in sync in one group more, or has left it. */
  private void groupDone(long index, JobRecord job) {
    boolean more =
        switch (job.kind()) {
          case RESYNCHRONISATION -> !tables.index().staleOfDisk.of(job.subject()).isEmpty();
          case REPLACEMENT -> !tables.index().groupsOfDisk.of(job.subject()).isEmpty();
          case REBALANCING -> true; // Whether it was the last is seen when the next is looked for.
        };
    went(index, job, more ? JobRecord.State.RUNNING : JobRecord.State.DONE, 1, 0);
  }

  /** The disk's share is smaller then. */
  RcdAnswer emptied(long index, GroupEmptied command) {
    GroupRecord group = tables.groups.get(command.group());
    if (group == null || !group.former().contains(command.disk())) {
      return RcdAnswer.done(0);
    }
    DiskRecord disk = RcdRules.disk(tables, command.disk());
    if (!disk.up() || disk.generation() != command.generation()) {
      throw RcdRules.precondition(
          "Disk " + disk.id() + " was opened again",
          "Its generation is " + disk.generation() + ".");
    }
    if (group.epoch() != command.groupEpoch()) {
      throw RcdRules.precondition("The group has changed", "Its epoch is " + group.epoch() + ".");
    }
    tables.change(new RcdChange.Group(group.forgets(disk.id(), index)));
    schedule(index);
    return RcdAnswer.done(0);
  }

  RcdAnswer resynchronisationDone(long index, ResynchronisationDone command) {
    VolumeRecord volume = tables.volumes.get(command.volume());
    GroupRecord group = tables.groups.get(command.group());
    if (volume == null || group == null) {
      return RcdAnswer.done(0);
    }
    if (volume.epoch() != command.volumeEpoch()) {
      throw RcdRules.precondition("The volume has another owner", "Its epoch is higher.");
    }
    if (group.inSync().contains(command.disk())) {
      return RcdAnswer.done(0);
    }
    if (!group.rebuilding().contains(command.disk())
        || group.epoch() != command.groupEpoch()
        || !group.settles()) {
      throw RcdRules.precondition("The group has changed", "Its epoch or its sets are others.");
    }
    if (tables.pendingOf(command.group(), command.disk()).contains(command.volume())) {
      jobOf(group, command.disk())
          .ifPresent(job -> went(index, job, job.state(), 0, command.copiedBytes()));
      removePending(index, command.group(), command.disk(), command.volume());
      schedule(index);
    }
    return RcdAnswer.done(0);
  }
}
