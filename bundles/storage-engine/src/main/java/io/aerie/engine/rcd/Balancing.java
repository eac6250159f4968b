package io.aerie.engine.rcd;

import io.aerie.engine.rcd.BalanceSketch.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Moves members of pools that are being rebalanced, as {@link Replacements} does those of disks
 * that are to be emptied: after all of them, and after all that is to be resynchronised.
 */
final class Balancing {
  /** Disks whose shares differ by no more are as good as equal. */
  static final int TOLERANCE_PERCENT = 5;

  /** By itself a pool is rebalanced when there are disks whose shares differ by more. */
  static final int THRESHOLD_PERCENT = 10;

  private final RcdTables tables;
  private final Replacements replacements;

  Balancing(RcdTables tables, Replacements replacements) {
    this.tables = tables;
    this.replacements = replacements;
  }

  /**
   * Begins one more move, if there is one to begin; ends jobs of which nothing is left.
   *
   * @return the group
   */
  Optional<GroupRecord> begin(long index) {
    for (PoolRecord pool : List.copyOf(tables.pools.values())) {
      Optional<JobRecord> job = running(pool);
      if (job.isPresent() && settled(pool)) {
        Optional<GroupRecord> begun = begin(index, pool, job.get());
        if (begun.isPresent()) {
          return begun;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * What waits for its target keeps its place in the order: the moves behind it were chosen as if
   * it were done, so those that only gain because of it wait too.
   */
  private Optional<GroupRecord> begin(long index, PoolRecord pool, JobRecord job) {
    BalanceSketch sketch = sketch(pool);
    int underWay = moving(pool).size();
    Waiting waiting = new Waiting();
    Optional<Move> next = sketch.next(TOLERANCE_PERCENT);
    if (next.isEmpty() && underWay == 0) {
      JobRecord done = job.of(job.groupsDone(), index);
      tables.change(new RcdChange.Job(done.went(JobRecord.State.DONE, 0, 0, index)));
    }
    while (next.isPresent()) {
      Move move = next.get();
      GroupRecord group = tables.groups.get(move.group());
      boolean free = tables.index().rebuildingOfDisk.of(move.to()).isEmpty();
      if (free && group.replacement().isEmpty() && !waiting.blocks(move)) {
        int known = job.groupsDone() + underWay + 1;
        if (known > job.groupsTotal()) {
          tables.change(new RcdChange.Job(job.of(known, index)));
        }
        return Optional.of(replacements.start(index, group, move.from(), move.to()));
      }
      waiting.add(move);
      sketch.apply(move);
      next = sketch.next(TOLERANCE_PERCENT);
    }
    return Optional.empty();
  }

  /** What moves that wait for their targets have to do with. */
  private static final class Waiting {
    private final TreeSet<Long> groups = new TreeSet<>();
    private final TreeSet<UUID> sources = new TreeSet<>();
    private final TreeSet<UUID> targets = new TreeSet<>();

    void add(Move move) {
      groups.add(move.group());
      sources.add(move.from());
      targets.add(move.to());
    }

    boolean blocks(Move move) {
      return groups.contains(move.group())
          || sources.contains(move.to())
          || targets.contains(move.from());
    }
  }

  BalanceSketch sketch(PoolRecord pool) {
    return new BalanceSketch(tables, replacements, pool);
  }

  Optional<JobRecord> running(PoolRecord pool) {
    return Optional.ofNullable(tables.jobs.get(pool.id()))
        .filter(job -> job.state() == JobRecord.State.RUNNING);
  }

  /** Groups of a pool of which a member is moved only to rebalance it. */
  List<GroupRecord> moving(PoolRecord pool) {
    List<GroupRecord> of = new ArrayList<>();
    for (GroupRecord group : groups(pool)) {
      if (replacements.balances(group)) {
        of.add(group);
      }
    }
    return of;
  }

  private List<GroupRecord> groups(PoolRecord pool) {
    List<GroupRecord> of = new ArrayList<>();
    for (Redundancy redundancy : tables.index().groupCounts(pool.number()).keySet()) {
      GroupClass groupClass = new GroupClass(pool.number(), redundancy);
      tables.index().groupsOfClass.of(groupClass).forEach(g -> of.add(tables.groups.get(g)));
    }
    return of;
  }

  /** Whether all members of a pool are in sync, and none is to be moved for another reason. */
  boolean settled(PoolRecord pool) {
    for (UUID disk : tables.index().leaving) {
      if (tables.disks.get(disk).pool().equals(pool.name())
          && !tables.index().groupsOfDisk.of(disk).isEmpty()) {
        return false;
      }
    }
    return groups(pool).stream().allMatch(group -> group.whole() && !group.frozen());
  }

  /** Whether a pool is to be rebalanced by itself; see {@link RcdState#unbalanced}. */
  boolean unbalanced(PoolRecord pool) {
    return pool.balance() == BalancePolicy.AUTOMATIC
        && running(pool).isEmpty()
        && !calledOff(pool)
        && settled(pool)
        && sketch(pool).next(THRESHOLD_PERCENT).isPresent();
  }

  /** What was called off is not begun anew before something about the disks is another. */
  private boolean calledOff(PoolRecord pool) {
    JobRecord last = tables.jobs.get(pool.id());
    return last != null
        && last.state() == JobRecord.State.FAILED
        && tables.index().disksOfPool.of(pool.name()).stream()
            .allMatch(disk -> tables.disks.get(disk).revision() < last.revision());
  }
}
