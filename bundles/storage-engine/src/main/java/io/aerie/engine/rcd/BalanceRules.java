package io.aerie.engine.rcd;

import io.aerie.base.ByteSize;
import io.aerie.engine.rcd.BalanceSketch.Move;
import io.aerie.engine.rcd.RcdCommand.AssignBalance;
import io.aerie.engine.rcd.RcdCommand.RebalancePool;
import io.aerie.engine.store.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Begins and ends the rebalancing of pools, and says what it would move. */
final class BalanceRules {
  private final RcdTables tables;
  private final Replacements replacements;
  private final Balancing balancing;
  private final GroupRules groups;

  BalanceRules(
      RcdTables tables, Replacements replacements, Balancing balancing, GroupRules groups) {
    this.tables = tables;
    this.replacements = replacements;
    this.balancing = balancing;
    this.groups = groups;
  }

  RcdAnswer rebalance(long index, RebalancePool command) {
    PoolRecord pool = RcdRules.pool(tables, command.pool());
    List<String> explained = command.cancel() ? cancel(index, pool) : start(index, pool);
    groups.schedule(index);
    return new RcdAnswer(Optional.empty(), pool.number(), 0, 0, explained);
  }

  private List<String> start(long index, PoolRecord pool) {
    List<Move> plan = balancing.sketch(pool).plan(Balancing.TOLERANCE_PERCENT);
    List<String> explained = explained(plan);
    if (!balancing.settled(pool)) {
      explained.add(
          "Moves begin when all copies are there and no disk of the pool is being emptied.");
    }
    if (balancing.running(pool).isPresent()) {
      explained.add("The pool is being rebalanced already.");
    } else if (!plan.isEmpty()) {
      tables.change(
          new RcdChange.Job(
              new JobRecord(
                  tables.takeNumber(),
                  JobRecord.Kind.REBALANCING,
                  pool.id(),
                  JobRecord.State.RUNNING,
                  0,
                  plan.size(),
                  0,
                  index)));
    }
    return explained;
  }

  /**
   * From where to where how many are to go, as things are now: each move is decided in its turn.
   */
  private List<String> explained(List<Move> plan) {
    List<String> sentences = new ArrayList<>();
    if (plan.isEmpty()) {
      sentences.add(
          "Nothing is to move: the shares of its disks are as equal as "
              + Balancing.TOLERANCE_PERCENT
              + " %, whole groups, failure domains and room let them be.");
      return sentences;
    }
    double blocks = 0;
    TreeMap<UUID, TreeMap<UUID, Integer>> counts = new TreeMap<>();
    for (Move move : plan) {
      counts
          .computeIfAbsent(move.from(), from -> new TreeMap<>())
          .merge(move.to(), 1, Integer::sum);
      blocks += promisedBlocks(tables.groups.get(move.group()));
    }
    sentences.add(
        plan.size()
            + " members of groups are to move, with "
            + new ByteSize((long) (blocks * Geometry.BLOCK_BYTES))
            + " if all volumes were full.");
    counts.forEach(
        (from, to) -> to.forEach((disk, count) -> sentences.add(sentence(from, disk, count))));
    return sentences;
  }

  private String sentence(UUID from, UUID to, int count) {
    return "From " + named(from) + " to " + named(to) + ": " + count + ".";
  }

  private String named(UUID id) {
    DiskRecord disk = tables.disks.get(id);
    return "disk " + id + " of " + disk.node() + " (" + disk.path() + ")";
  }

  /** What falls to one group, on average. */
  private double promisedBlocks(GroupRecord group) {
    SortedMap<Redundancy, Long> promised = tables.index().promisedBlocks(group.pool());
    int count = tables.index().groupCounts(group.pool()).get(group.redundancy());
    return (double) promised.getOrDefault(group.redundancy(), 0L) / count;
  }

  private List<String> cancel(long index, PoolRecord pool) {
    Optional<JobRecord> job = balancing.running(pool);
    if (job.isEmpty()) {
      return List.of("Nothing changes: the pool is not being rebalanced.");
    }
    balancing.moving(pool).forEach(group -> replacements.cancel(index, group));
    tables.change(new RcdChange.Job(job.get().went(JobRecord.State.FAILED, 0, 0, index)));
    return List.of("What has moved stays where it is; the rest stays where it was.");
  }

  RcdAnswer assign(long index, AssignBalance command) {
    PoolRecord pool = RcdRules.pool(tables, command.pool());
    if (pool.balance() != command.policy()) {
      tables.change(new RcdChange.Pool(pool.balanced(command.policy(), index)));
    }
    return RcdAnswer.done(pool.number());
  }
}
