package io.aerie.sim;

import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitContent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/** What pages of layered volumes read as, told by what was done and answered. */
final class LayerModel {
  /** Pages that are looked at: beginnings, ends and middles of units and blocks. */
  static final long[] PAGES = {0, 1, 15, 16, 19, 20, 31, 40, 1000, 1023, 1024, 1035, 2050, 3000};

  /** A write was not answered: it may have happened, or may still. */
  private static final long UNKNOWN = -1;

  private LayerModel() {}

  /** One of the pages, within a volume. */
  static long page(World world, Branch of) {
    while (true) {
      long page = PAGES[world.random().nextInt(PAGES.length)];
      if (page < of.pages) {
        return page;
      }
    }
  }

  /** A frozen layer and what is below it. */
  static final class Frozen {
    final UUID id;
    final Frozen below;
    final long pages;
    private final Map<Long, Long> own;

    private Frozen(UUID id, Frozen below, long pages, Map<Long, Long> own) {
      this.id = id;
      this.below = below;
      this.pages = pages;
      this.own = own;
    }
  }

  /** What a page reads as; UNKNOWN where nobody knows. */
  private static long value(Frozen of, long page) {
    for (Frozen layer = of; layer != null; layer = layer.below) {
      Long value = layer.own.get(page);
      if (value != null) {
        return value;
      }
    }
    return 0;
  }

  /**
   * Judges what was said of the units of a snapshot: what reads as zero must be zero, and what is
   * the same in another one must be.
   */
  static void checkUnits(Frozen of, Frozen since, ByteBuffer units, Consumer<String> onViolation) {
    for (long page : PAGES) {
      if (page >= of.pages || page >= since.pages) {
        continue;
      }
      UnitContent content = UnitContent.of(units.get((int) (page / Geometry.PAGES_PER_UNIT)));
      long value = value(of, page);
      long before = value(since, page);
      boolean known = value != UNKNOWN && before != UNKNOWN;
      if ((content == UnitContent.ZERO && value > 0)
          || (content == UnitContent.SAME && known && value != before)) {
        onViolation.accept(
            String.format(
                "page %d of a snapshot is %s, and has %d; in the other it has %d",
                page, content, value, before));
      }
    }
  }

  /** A volume: a live layer over a frozen one. */
  static final class Branch {
    /** Of the volume, which is another one when its protection was changed. */
    long number;

    final List<Frozen> snapshots = new ArrayList<>();

    /** Pages of the write that is under way. */
    private final TreeSet<Long> doubtful = new TreeSet<>();

    /** Pages of which a write that was given up may still happen. */
    private final TreeSet<Long> stuck = new TreeSet<>();

    private Map<Long, Long> own = new TreeMap<>();
    private Frozen below;
    long pages;

    Branch(long number, Frozen below, long pages) {
      this.number = number;
      this.below = below;
      this.pages = pages;
    }

    private static Iterable<Long> within(long first, long count) {
      List<Long> of = new ArrayList<>();
      for (long page : PAGES) {
        if (page >= first && page < first + count) {
          of.add(page);
        }
      }
      return of;
    }

    void begins(long first, int count) {
      doubtful.clear();
      within(first, count).forEach(doubtful::add);
      within(first, count).forEach(page -> own.put(page, UNKNOWN));
    }

    void wrote(long first, int count, long value) {
      for (long page : within(first, count)) {
        if (!stuck.contains(page)) {
          own.put(page, value);
        }
      }
    }

    /** Nobody knows what becomes of it. */
    void gaveUp() {
      stuck.addAll(doubtful);
    }

    void freeze(UUID id) {
      below = new Frozen(id, below, pages, own);
      snapshots.add(below);
      own = new TreeMap<>();
      stuck.forEach(page -> own.put(page, UNKNOWN));
    }

    /** Whoever was attached is not any more, and what was under way is of the former layer. */
    void revert(Frozen to) {
      below = to;
      own = new TreeMap<>();
      stuck.clear();
      pages = to.pages;
    }

    void resize(long to) {
      for (long page : PAGES) {
        if (page >= to) {
          own.put(page, 0L);
          stuck.remove(page);
        }
      }
      pages = to;
    }

    /** Judges what was said of the volume's units. */
    void checkUnits(ByteBuffer units, Consumer<String> onViolation) {
      for (long page : PAGES) {
        int unit = (int) (page / Geometry.PAGES_PER_UNIT);
        if (page < pages && UnitContent.of(units.get(unit)) == UnitContent.ZERO) {
          check(page, 0, 0, onViolation);
        }
      }
    }

    /** Judges a page that was read. What was unknown of a frozen layer is known from now on. */
    void check(long page, long least, long most, Consumer<String> onViolation) {
      if (least != most) {
        onViolation.accept("torn page " + page + " of layered volume " + number);
        return;
      }
      if (own.containsKey(page)) {
        judge(page, own.get(page), least, onViolation);
        return;
      }
      for (Frozen layer = below; layer != null; layer = layer.below) {
        Long value = layer.own.get(page);
        if (value != null) {
          if (value == UNKNOWN) {
            layer.own.put(page, least);
          }
          judge(page, value, least, onViolation);
          return;
        }
      }
      judge(page, 0, least, onViolation);
    }

    private void judge(long page, long expected, long found, Consumer<String> onViolation) {
      if (expected != UNKNOWN && expected != found) {
        onViolation.accept(
            String.format(
                "page %d of layered volume %d reads %d, %d was written last",
                page, number, found, expected));
      }
    }
  }
}
