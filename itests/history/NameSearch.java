package io.aerie.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether operations on one name could have taken effect one after the other, each at some time
 * between its beginning and its end (linearizability: Herlihy and Wing, Linearizability: a
 * correctness condition for concurrent objects, 1990). All orders that fit to time are tried, and no
 * state twice (Wing and Gong, Testing and verifying concurrent objects, 1993; Lowe, Testing for
 * linearizability, 2017, section 4).
 *
 * <p>To delete means that the volume is gone, not that nobody else deleted it: of deletions of one
 * volume that overlap in time, several may be told that it is deleted.
 */
final class NameSearch {
  /** No history of a name is as long; more would be a fault of the clients. */
  private static final int STATES_MAX = 5_000_000;

  private static final long NOTHING = 0;

  /** What was done, as far as its answer tells. */
  enum Kind {
    CREATED,
    PRESENT,
    MAYBE_CREATED,
    DELETED,
    MAYBE_DELETED,
    SEEN,
    ABSENT
  }

  /**
   * @param value what was created, deleted or seen; 0 where the answer doesn't tell
   * @param end Long.MAX_VALUE for what may still happen
   */
  record Operation(Kind kind, int node, long value, long begin, long end) {
    boolean certain() {
      return kind != Kind.MAYBE_CREATED && kind != Kind.MAYBE_DELETED;
    }

    /** The name's value after this, or -1 when it can't happen now. */
    long after(long now) {
      return switch (kind) {
        case CREATED, MAYBE_CREATED -> now == NOTHING ? value : -1;
        case PRESENT -> now != NOTHING ? now : -1;
        case DELETED -> now == value ? NOTHING : -1;
        case MAYBE_DELETED -> now != NOTHING ? NOTHING : -1;
        case SEEN -> now == value ? now : -1;
        case ABSENT -> now == NOTHING ? now : -1;
      };
    }
  }

  private record State(BitSet done, long value) {}

  private final List<Operation> operations;
  private final BitSet shared = new BitSet();
  private final Set<State> visited = new HashSet<>();
  private final int certain;

  NameSearch(List<Operation> history) {
    operations = new ArrayList<>(history);
    operations.sort(Comparator.comparingLong(Operation::begin));
    certain = (int) operations.stream().filter(Operation::certain).count();
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      shared.set(i, operations.stream().anyMatch(other -> sharesDeletion(operation, other)));
    }
  }

  private static boolean sharesDeletion(Operation deletion, Operation other) {
    boolean same =
        other.kind() == Kind.MAYBE_DELETED
            || (other.kind() == Kind.DELETED && other.value() == deletion.value());
    return deletion.kind() == Kind.DELETED
        && other != deletion
        && same
        && other.begin() < deletion.end()
        && deletion.begin() < other.end();
  }

  private long after(int i, long now) {
    Operation operation = operations.get(i);
    return shared.get(i) && now != operation.value() ? now : operation.after(now);
  }

  /** False when no order fits. */
  boolean possible() {
    return search(new BitSet(), NOTHING, 0);
  }

  /** Depth is the number of operations, a few dozen. */
  private boolean search(BitSet done, long value, int certainDone) {
    if (certainDone == certain) {
      return true;
    }
    if (!visited.add(new State((BitSet) done.clone(), value))) {
      return false;
    }
    if (visited.size() > STATES_MAX) {
      throw new IllegalStateException("too long to be judged: " + operations.size());
    }
    long firstEnd = Long.MAX_VALUE;
    for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
      firstEnd = Math.min(firstEnd, operations.get(i).end());
    }
    for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
      Operation operation = operations.get(i);
      if (operation.begin() > firstEnd) {
        return false;
      }
      long after = after(i, value);
      if (after >= 0) {
        done.set(i);
        if (search(done, after, certainDone + (operation.certain() ? 1 : 0))) {
          return true;
        }
        done.clear(i);
      }
    }
    return false;
  }
}
