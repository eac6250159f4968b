package io.aerie.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Linearizability of one page as a register whose writes are all different (Gibbons and Korach,
 * Testing Shared Memories, 1997, section 4.2). A write without an answer may have happened at any
 * time after its beginning, or not at all; a read without an answer says nothing.
 *
 * <p>All operations on one value form a zone between the first end and the last beginning. If the
 * end is earlier the value was there for sure in between. Two such zones must not overlap, and none
 * may cover a zone of the other kind.
 */
public final class RegisterChecker {
  private static final class Zone {
    final long value;
    long writeBegin = Long.MAX_VALUE;
    long firstEnd = Long.MAX_VALUE;
    long lastBegin = Long.MIN_VALUE;
    long firstReadEnd = Long.MAX_VALUE;
    boolean written;
    boolean answered;
    boolean read;

    Zone(long value) {
      this.value = value;
    }

    boolean certain() {
      return firstEnd < lastBegin;
    }

    long low() {
      return Math.min(firstEnd, lastBegin);
    }

    long high() {
      return Math.max(firstEnd, lastBegin);
    }

    @Override
    public String toString() {
      return String.format(
          "value %x %s [%.6f, %.6f]",
          value, certain() ? "there" : "somewhere in", low() / 1e9, high() / 1e9);
    }
  }

  private final Map<Long, Zone> zones = new HashMap<>();

  /** A page that was never written reads as 0. */
  public RegisterChecker() {
    wrote(0, Long.MIN_VALUE, Long.MIN_VALUE);
  }

  private Zone zone(long value) {
    return zones.computeIfAbsent(value, Zone::new);
  }

  /** A write; its end is Long.MAX_VALUE when it got no answer. */
  public void wrote(long value, long begin, long end) {
    Zone zone = zone(value);
    zone.written = true;
    zone.answered = end != Long.MAX_VALUE;
    zone.writeBegin = begin;
    zone.firstEnd = Math.min(zone.firstEnd, end);
    zone.lastBegin = Math.max(zone.lastBegin, begin);
  }

  /** A read that was answered. */
  public void read(long value, long begin, long end) {
    Zone zone = zone(value);
    zone.read = true;
    zone.firstEnd = Math.min(zone.firstEnd, end);
    zone.firstReadEnd = Math.min(zone.firstReadEnd, end);
    zone.lastBegin = Math.max(zone.lastBegin, begin);
  }

  /** What is wrong, if anything. */
  public Optional<String> violation() {
    List<Zone> all = new ArrayList<>();
    for (Zone zone : zones.values()) {
      if (!zone.written) {
        return Optional.of("read something never written: " + zone);
      }
      if (zone.firstReadEnd < zone.writeBegin) {
        return Optional.of("read before written: " + zone);
      }
      if (zone.answered || zone.read) {
        all.add(zone);
      }
    }
    all.sort(Comparator.comparingLong(Zone::low).thenComparingLong(zone -> zone.value));
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size() && all.get(j).low() < all.get(i).high(); j++) {
        Zone a = all.get(i);
        Zone b = all.get(j);
        boolean bothThere = a.certain() && b.certain();
        boolean covers = a.certain() && !b.certain() && b.high() < a.high();
        boolean covered = b.certain() && !a.certain() && a.low() > b.low() && a.high() < b.high();
        if (bothThere || covers || covered) {
          return Optional.of(a + " and " + b);
        }
      }
    }
    return Optional.empty();
  }
}
