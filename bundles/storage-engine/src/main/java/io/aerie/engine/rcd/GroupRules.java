package io.aerie.engine.rcd;

import io.aerie.engine.rcd.RcdCommand.ResynchronisationDone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** How members move between the sets of a group; see {@link GroupRecord}. */
final class GroupRules {
  private final RcdTables tables;

  GroupRules(RcdTables tables) {
    this.tables = tables;
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

  /** Sets of a group while they change; written once, with the epoch raised. */
  private static final class Draft {
    final GroupRecord from;
    final SortedSet<UUID> inSync;
    final SortedSet<UUID> rebuilding;
    final SortedMap<UUID, Long> stale;
    final SortedSet<UUID> eligible;
    boolean frozen;

    Draft(GroupRecord from) {
      this.from = from;
      inSync = new TreeSet<>(from.inSync());
      rebuilding = new TreeSet<>(from.rebuilding());
      stale = new TreeMap<>(from.stale());
      eligible = new TreeSet<>(from.eligible());
      frozen = from.frozen();
    }

    long nextEpoch() {
      return from.epoch() + 1;
    }

    GroupRecord done(long index) {
      return new GroupRecord(
          from.number(),
          from.pool(),
          from.redundancy(),
          from.members(),
          inSync,
          rebuilding,
          stale,
          eligible,
          frozen,
          nextEpoch(),
          index);
    }
  }

  /** A disk no longer serves: its node's incarnation is over, or it failed. */
  void leave(long index, UUID disk) {
    for (GroupRecord group : groupsOf(disk)) {
      Draft draft = new Draft(group);
      if (draft.inSync.remove(disk)) {
        if (draft.inSync.size() >= group.minimum()) {
          draft.stale.put(disk, draft.nextEpoch());
        } else {
          draft.frozen = true;
          draft.eligible.add(disk);
        }
      } else if (draft.rebuilding.remove(disk)) {
        draft.stale.put(disk, draft.nextEpoch());
        for (long volume : List.copyOf(tables.pendingOf(group.number(), disk))) {
          tables.change(new RcdChange.Pending(group.number(), disk, volume, false));
        }
      } else {
        continue;
      }
      tables.change(new RcdChange.Group(draft.done(index)));
    }
    JobRecord job = tables.jobs.get(disk);
    if (job != null && job.state() == JobRecord.State.RUNNING) {
      tables.change(job(index, job, JobRecord.State.FAILED, 0, 0));
    }
  }

  /** A disk turned out to be a copy of the past: where it was eligible it is stale (H7). */
  void distrust(long index, UUID disk) {
    for (GroupRecord group : groupsOf(disk)) {
      if (group.eligible().contains(disk)) {
        Draft draft = new Draft(group);
        draft.eligible.remove(disk);
        draft.stale.put(disk, draft.nextEpoch());
        tables.change(new RcdChange.Group(draft.done(index)));
      }
    }
  }

  /**
   * A disk serves again. Where it was eligible it is in sync at once.
   *
   * @return groups in which that was so: their volumes must be settled anew
   */
  List<GroupRecord> comeBack(long index, UUID disk) {
    List<GroupRecord> healed = new ArrayList<>();
    int staleIn = 0;
    for (GroupRecord group : groupsOf(disk)) {
      if (group.eligible().contains(disk)) {
        Draft draft = new Draft(group);
        draft.eligible.remove(disk);
        draft.inSync.add(disk);
        if (draft.inSync.size() >= group.minimum()) {
          draft.frozen = false;
          // From now on writes are acknowledged without those that are still away.
          draft.eligible.forEach(away -> draft.stale.put(away, draft.nextEpoch()));
          draft.eligible.clear();
        }
        GroupRecord changed = draft.done(index);
        tables.change(new RcdChange.Group(changed));
        healed.add(changed);
      } else if (group.stale().containsKey(disk)) {
        staleIn++;
      }
    }
    if (staleIn > 0) {
      long number = tables.takeNumber();
      tables.change(
          new RcdChange.Job(
              new JobRecord(number, disk, JobRecord.State.RUNNING, 0, staleIn, 0, index)));
    }
    return healed;
  }

  /**
   * Gives every disk that is up and stale somewhere something to do: one group at a time, the least
   * protected first. Frozen groups wait: what a copy would be made of might still be dropped.
   */
  void schedule(long index) {
    for (UUID disk : List.copyOf(tables.index().staleOfDisk.keys())) {
      boolean another = tables.disks.get(disk).up();
      while (another) {
        another = begin(index, disk);
      }
    }
  }

  /** How many more members may be lost before data is. */
  private static int spareCount(GroupRecord group) {
    return group.inSync().size() - group.redundancy().dataCount();
  }

  /** Returns whether another group can be begun at once, because this one needed nothing. */
  private boolean begin(long index, UUID disk) {
    if (!tables.index().rebuildingOfDisk.of(disk).isEmpty()) {
      return false;
    }
    Optional<GroupRecord> next =
        groups(tables.index().staleOfDisk.of(disk)).stream()
            .filter(g -> !g.frozen() && !g.inSync().isEmpty())
            .min(
                Comparator.comparingInt(GroupRules::spareCount)
                    .thenComparingLong(GroupRecord::number));
    if (next.isEmpty()) {
      return false;
    }
    GroupRecord group = next.get();
    Draft draft = new Draft(group);
    draft.stale.remove(disk);
    draft.rebuilding.add(disk);
    tables.change(new RcdChange.Group(draft.done(index)));
    boolean nothingToDo = true;
    for (long volume : tables.index().volumesOfClass.of(GroupClass.of(group))) {
      tables.change(new RcdChange.Pending(group.number(), disk, volume, true));
      nothingToDo = false;
    }
    if (nothingToDo) {
      finish(index, group.number(), disk);
    }
    return nothingToDo;
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
    Draft draft = new Draft(tables.groups.get(group));
    draft.rebuilding.remove(disk);
    draft.inSync.add(disk);
    tables.change(new RcdChange.Group(draft.done(index)));
    JobRecord job = tables.jobs.get(disk);
    if (job != null && job.state() == JobRecord.State.RUNNING) {
      boolean more = !tables.index().staleOfDisk.of(disk).isEmpty();
      JobRecord.State state = more ? JobRecord.State.RUNNING : JobRecord.State.DONE;
      tables.change(job(index, job, state, 1, 0));
    }
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
        || group.frozen()) {
      throw RcdRules.precondition("The group has changed", "Its epoch or its sets are others.");
    }
    if (tables.pendingOf(command.group(), command.disk()).contains(command.volume())) {
      JobRecord job = tables.jobs.get(command.disk());
      if (job != null && job.state() == JobRecord.State.RUNNING) {
        tables.change(job(index, job, job.state(), 0, command.copiedBytes()));
      }
      removePending(index, command.group(), command.disk(), command.volume());
      schedule(index);
    }
    return RcdAnswer.done(0);
  }

  private static RcdChange job(
      long index, JobRecord job, JobRecord.State state, int groupsDone, long copiedBytes) {
    return new RcdChange.Job(
        new JobRecord(
            job.number(),
            job.disk(),
            state,
            job.groupsDone() + groupsDone,
            job.groupsTotal(),
            job.copiedBytes() + copiedBytes,
            index));
  }
}
