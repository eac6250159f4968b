package io.aerie.engine.rcd;

import io.aerie.engine.rcd.ClassBalance.Fill;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A pool as it will be when all replacements that are under way have ended, and what would best
 * move then: from the fullest disk to the emptiest that may have it. Moves can be thought of one
 * after the other; nothing but the sketch changes by that.
 */
final class BalanceSketch {
  /** One member of a group is to go to another disk. */
  record Move(long group, UUID from, UUID to) {}

  private final RcdTables tables;
  private final Replacements replacements;
  private final Topology topology;
  private final TreeMap<Long, List<UUID>> members = new TreeMap<>();
  private final TreeMap<Redundancy, ClassBalance> classes = new TreeMap<>();
  private final TreeMap<UUID, DiskShare> shares = new TreeMap<>();

  /** Groups of which a member moves already: those of others can move at the same time. */
  private final TreeSet<Long> moving = new TreeSet<>();

  BalanceSketch(RcdTables tables, Replacements replacements, PoolRecord pool) {
    this.tables = tables;
    this.replacements = replacements;
    topology = new Topology(tables.nodes, pool.spread());
    for (Redundancy redundancy : tables.index().groupCounts(pool.number()).keySet()) {
      ClassBalance balance = new ClassBalance();
      tables.index().takers(pool.name()).forEach(balance::add);
      GroupClass of = new GroupClass(pool.number(), redundancy);
      for (long number : tables.index().groupsOfClass.of(of)) {
        GroupRecord group = tables.groups.get(number);
        List<UUID> then = group.membersAfter();
        if (group.replacement().isPresent()) {
          moving.add(number);
        }
        members.put(number, then);
        then.forEach(disk -> balance.put(number, disk, true));
      }
      classes.put(redundancy, balance);
    }
  }

  /**
   * The move that gains most, of a protection that has one.
   *
   * @param percent by how much the shares of its two disks differ at least
   */
  Optional<Move> next(int percent) {
    for (ClassBalance balance : classes.values()) {
      for (Fill source : balance.fullest()) {
        if (!source.gainsBy(balance.emptiest().first())) {
          break;
        }
        Optional<Move> move = from(balance, source, percent);
        if (move.isPresent()) {
          return move;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Move> from(ClassBalance balance, Fill source, int percent) {
    for (Fill target : balance.emptiest()) {
      if (!source.gainsBy(target)) {
        break;
      }
      if (source.exceeds(target, percent)) {
        UUID from = source.disk();
        UUID to = target.disk();
        Optional<Long> group =
            balance.groupsOf(from).stream()
                .filter(number -> mayMove(number, from, to))
                .min(Comparator.comparing(moving::contains));
        if (group.isPresent()) {
          return Optional.of(new Move(group.get(), from, to));
        }
      }
    }
    return Optional.empty();
  }

  private boolean mayMove(long number, UUID from, UUID to) {
    List<UUID> of = members.get(number);
    SortedSet<String> used = new TreeSet<>();
    for (UUID member : of) {
      if (!member.equals(from)) {
        used.add(topology.domain(tables.disks.get(member)));
      }
    }
    return !of.contains(to)
        && !used.contains(topology.domain(tables.disks.get(to)))
        && replacements.takes(to, tables.groups.get(number), share(to));
  }

  private DiskShare share(UUID disk) {
    return shares.computeIfAbsent(disk, tables.index()::share);
  }

  /** Thinks of a move as done. */
  void apply(Move move) {
    GroupRecord group = tables.groups.get(move.group());
    List<UUID> then = new ArrayList<>(members.get(move.group()));
    then.set(then.indexOf(move.from()), move.to());
    members.put(move.group(), then);
    moving.add(move.group());
    shares.put(move.to(), Replacements.shareWith(move.to(), group, share(move.to())));
    ClassBalance balance = classes.get(group.redundancy());
    balance.put(move.group(), move.from(), false);
    balance.put(move.group(), move.to(), true);
  }

  /** All moves until none is left; the sketch shows them as done. */
  List<Move> plan(int percent) {
    List<Move> moves = new ArrayList<>();
    for (Optional<Move> next = next(percent); next.isPresent(); next = next(percent)) {
      moves.add(next.get());
      apply(next.get());
    }
    return moves;
  }
}
