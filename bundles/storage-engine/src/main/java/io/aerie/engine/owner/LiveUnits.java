package io.aerie.engine.owner;

import io.aerie.engine.store.Geometry;
import java.util.HashMap;
import java.util.Map;

/**
 * Units of which the live layer is known to have something: writes to them need not look below.
 * What isn't known is read again, so forgetting is safe.
 */
final class LiveUnits {
  /** Some five megabytes; then all is forgotten. */
  private static final int BLOCKS_MAX = 1 << 16;

  private final Map<Integer, Long> known = new HashMap<>();
  private long layer;

  /** From now on of another layer, if it is another. */
  void of(long live) {
    if (live != layer) {
      layer = live;
      known.clear();
    }
  }

  /** Blocks of the layer may have vanished, as they do where a volume was cut. */
  void forget() {
    known.clear();
  }

  /** Units of a block that a layer is known to have, by bit. */
  long known(long in, int block) {
    return in == layer ? known.getOrDefault(block, 0L) : 0;
  }

  boolean knows(long in, int block, int unit) {
    return (known(in, block) & (1L << unit)) != 0;
  }

  /** An entry to these pages is settled in a layer: all their units are there. */
  void settled(long in, int block, int firstPage, int pageCount) {
    long units = 0;
    int last = (firstPage + pageCount - 1) / Geometry.PAGES_PER_UNIT;
    for (int unit = firstPage / Geometry.PAGES_PER_UNIT; unit <= last; unit++) {
      units |= 1L << unit;
    }
    found(in, block, units);
  }

  /** A member has these units of a layer, by bit. */
  void found(long in, int block, long units) {
    if (in == layer) {
      if (known.size() >= BLOCKS_MAX) {
        known.clear();
      }
      known.merge(block, units, (a, b) -> a | b);
    }
  }
}
