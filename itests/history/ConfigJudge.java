package io.aerie.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a history of reads and writes of single documents could come from one copy
 * (linearizability: Herlihy and Wing, Linearizability: a correctness condition for concurrent
 * objects, 1990). ConfigDB gives each change a revision and each read the revision of what it saw,
 * so no order has to be guessed: it must only fit to real time.
 */
final class ConfigJudge {
  private ConfigJudge() {}

  enum End {
    DONE("were done"),
    REFUSED("were refused, and changed nothing"),
    UNKNOWN("have an unknown end");

    final String words;

    End(String words) {
      this.words = words;
    }
  }

  /**
   * @param expected of a conditional write the revision that the document must have, else below 1
   * @param revision of the write, or of what was read; 0 when it is not known
   */
  record Operation(
      boolean write,
      int key,
      String value,
      long expected,
      long begin,
      long finish,
      End end,
      long revision) {}

  static List<String> violations(List<Operation> all) {
    List<String> violations = new ArrayList<>();
    List<Operation> known = new ArrayList<>();
    Map<String, Operation> writes = new HashMap<>();
    all.stream().filter(Operation::write).forEach(o -> writes.put(o.key + "=" + o.value, o));
    Map<Long, Operation> byRevision = new TreeMap<>();
    for (Operation operation : all) {
      if (operation.end == End.DONE) {
        known.add(operation);
        Operation write = writes.get(operation.key + "=" + operation.value);
        if (write == null || write.end == End.REFUSED) {
          violations.add("read what was never written: " + operation);
          continue;
        }
        Operation before = byRevision.putIfAbsent(operation.revision, write);
        if (before != null && before != write) {
          violations.add("two writes of one revision: " + before + " and " + write);
        }
        if (write.end == End.DONE && write.revision != operation.revision) {
          violations.add("read with another revision than written: " + operation + " of " + write);
        }
      }
    }
    // A write whose end nobody was told, but which somebody saw: it may have happened any time after.
    byRevision.forEach(
        (revision, write) -> {
          if (write.end == End.UNKNOWN) {
            known.add(
                new Operation(
                    true,
                    write.key,
                    write.value,
                    write.expected,
                    write.begin,
                    Long.MAX_VALUE,
                    End.DONE,
                    revision));
          }
        });
    checkTime(known, violations);
    checkConditions(known, violations);
    return violations;
  }

  /** What began after something had ended must not be before it in the order of revisions. */
  private static void checkTime(List<Operation> known, List<String> violations) {
    List<Operation> byBegin = new ArrayList<>(known);
    byBegin.sort(Comparator.comparingLong(Operation::begin));
    List<Operation> byFinish = new ArrayList<>(known);
    byFinish.sort(Comparator.comparingLong(Operation::finish));
    Map<Integer, Operation> newestOfKey = new HashMap<>();
    Operation newest = null;
    int ended = 0;
    for (Operation operation : byBegin) {
      while (byFinish.get(ended).finish < operation.begin) {
        Operation done = byFinish.get(ended++);
        newest = newest == null || newest.revision < done.revision ? done : newest;
        newestOfKey.merge(done.key, done, (a, b) -> a.revision < b.revision ? b : a);
      }
      Operation ofKey = newestOfKey.get(operation.key);
      if (operation.write && newest != null && newest.revision >= operation.revision) {
        violations.add("written before something that had ended: " + operation + " and " + newest);
      }
      if (!operation.write && ofKey != null && ofKey.revision > operation.revision) {
        violations.add("read something old: " + operation + " after " + ofKey);
      }
    }
  }

  /** A conditional write that was done follows what it expected, with nothing in between. */
  private static void checkConditions(List<Operation> known, List<String> violations) {
    for (Operation conditional : known) {
      if (conditional.write && conditional.expected > 0) {
        for (Operation other : known) {
          if (other.write
              && other.key == conditional.key
              && other.revision > conditional.expected
              && other.revision < conditional.revision) {
            violations.add("a condition did not hold: " + conditional + ", there was " + other);
          }
        }
      }
    }
  }
}
