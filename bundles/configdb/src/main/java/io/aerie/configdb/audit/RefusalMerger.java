package io.aerie.configdb.audit;

import io.aerie.config.audit.AuditLog;
import io.aerie.config.audit.AuditLog.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps a user who is refused again and again from filling the log, and with it from making the
 * oldest files go. The first refusal of a user is written at once. Those that follow are counted,
 * and one entry stands for all of them when a window of time is over: of a second, twice as long
 * each time while they go on, a minute at most. A window without any ends it.
 */
final class RefusalMerger {
  static final long SHORTEST_NS = TimeUnit.SECONDS.toNanos(1);
  static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(1);

  /** Of one entry; the others are in its count only. */
  static final int ACTIONS_MAX = 8;

  /** One user's refusals since the last entry. */
  private static final class Waiting {
    private final Set<String> actions = new LinkedHashSet<>();
    private Event last;
    private long count;
    private long windowNs = SHORTEST_NS;
    private long dueNs;

    void add(Event event) {
      last = event;
      count++;
      if (actions.size() < ACTIONS_MAX) {
        actions.add(event.action());
      }
    }

    /** One event for all, and a new window. */
    Event take(long nowNs) {
      Map<String, String> details = new HashMap<>(last.details());
      details.put(AuditLog.REFUSALS, Long.toString(count));
      if (actions.size() > 1) {
        details.put(AuditLog.ACTIONS, String.join(", ", actions));
      }
      Event merged =
          new Event(
              last.user(), last.source(), last.action(), details, last.outcome(), last.begun());
      actions.clear();
      count = 0;
      windowNs = Math.min(2 * windowNs, LONGEST_NS);
      dueNs = nowNs + windowNs;
      return merged;
    }
  }

  private final LongSupplier nanoTime;
  private final Consumer<Event> log;
  private final Map<String, Waiting> users = new HashMap<>();

  /**
   * @param nanoTime a monotonic clock, nanoseconds
   * @param log writes an entry
   */
  RefusalMerger(LongSupplier nanoTime, Consumer<Event> log) {
    this.nanoTime = nanoTime;
    this.log = log;
  }

  /** Writes it, or counts it. */
  void refused(Event event) {
    synchronized (this) {
      Waiting known = users.get(event.user());
      if (known != null) {
        known.add(event);
        return;
      }
      Waiting first = new Waiting();
      first.dueNs = nanoTime.getAsLong() + SHORTEST_NS;
      users.put(event.user(), first);
    }
    log.accept(event);
  }

  /** Writes what is due. */
  void writeDue() {
    write(false);
  }

  /** Writes all that was counted: for who wants to read, and for the end. */
  void writeAll() {
    write(true);
  }

  private void write(boolean all) {
    List<Event> ready = new ArrayList<>();
    synchronized (this) {
      long nowNs = nanoTime.getAsLong();
      for (Iterator<Waiting> each = users.values().iterator(); each.hasNext(); ) {
        Waiting waiting = each.next();
        boolean due = nowNs - waiting.dueNs >= 0;
        if (waiting.count > 0 && (due || all)) {
          ready.add(waiting.take(nowNs));
        } else if (due) {
          each.remove();
        }
      }
    }
    ready.forEach(log);
  }
}
