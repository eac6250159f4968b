package io.aerie.engine.rcd;

import java.util.Collections;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * How many members of one protection's groups each disk has, against what it is due: a share in
 * proportion to {@link Placement#merit}. Every group has the same part of all blocks, so this is
 * how full disks become, whatever volumes there are.
 *
 * <p>Of n members on a disk of merit m the sum of n x n / m over all disks is least where all n / m
 * are equal. A move is worth its work only if it makes that sum smaller: so moves come to an end
 * from wherever they begin, and none is ever taken back.
 */
final class ClassBalance {
  /** What a disk has; products stay within 63 bits on disks of up to 2^60 bytes. */
  record Fill(long members, long merit, UUID disk) {
    /** Whether taking from here to there makes the sum smaller. */
    boolean gainsBy(Fill target) {
      return (2 * target.members + 1) * merit < (2 * members - 1) * target.merit;
    }

    /** Whether the other's share is smaller by more than so many percent of this one's. */
    boolean exceeds(Fill target, int percent) {
      return 100 * target.members * merit < (100 - percent) * members * target.merit;
    }
  }

  private static final Comparator<Fill> EMPTIEST =
      ((Comparator<Fill>)
              (a, b) -> Long.compare((2 * a.members + 1) * b.merit, (2 * b.members + 1) * a.merit))
          .thenComparing(Fill::disk);

  private static final Comparator<Fill> FULLEST =
      ((Comparator<Fill>)
              (a, b) -> Long.compare((2 * b.members - 1) * a.merit, (2 * a.members - 1) * b.merit))
          .thenComparing(Fill::disk);

  private final TreeMap<UUID, Fill> fills = new TreeMap<>();
  private final TreeSet<Fill> emptiest = new TreeSet<>(EMPTIEST);
  private final TreeSet<Fill> fullest = new TreeSet<>(FULLEST);
  private final SetIndex<UUID, Long> groups = new SetIndex<>();

  /** A disk that may get members, and so far has none. */
  void add(DiskLoad disk) {
    put(new Fill(0, disk.merit(), disk.disk()));
  }

  private void put(Fill fill) {
    Fill before = fills.put(fill.disk(), fill);
    if (before != null) {
      emptiest.remove(before);
      fullest.remove(before);
    }
    emptiest.add(fill);
    fullest.add(fill);
  }

  /**
   * A group has a member on a disk, or no more; others than those that may get members are not
   * counted.
   */
  void put(long group, UUID disk, boolean present) {
    Fill before = fills.get(disk);
    if (before != null) {
      groups.put(disk, group, present);
      put(new Fill(before.members() + (present ? 1 : -1), before.merit(), disk));
    }
  }

  /** Those from which a move gains most come first; live. */
  SortedSet<Fill> fullest() {
    return Collections.unmodifiableSortedSet(fullest);
  }

  /** Those to which a move gains most come first; live. */
  SortedSet<Fill> emptiest() {
    return Collections.unmodifiableSortedSet(emptiest);
  }

  /** Groups with a member on the disk; live. */
  SortedSet<Long> groupsOf(UUID disk) {
    return groups.of(disk);
  }
}
