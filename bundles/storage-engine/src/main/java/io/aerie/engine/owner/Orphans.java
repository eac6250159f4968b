package io.aerie.engine.owner;

import io.aerie.engine.store.BlockKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes that were numbered before their attachment ended and are not settled yet. Reads at the
 * watermark pass other writes in flight, but who attached later must not see the state before such
 * a write and then the one after it: nobody could tell it from a write by a client that is gone
 * (H5, H21). Other writes wait for its lock anyway.
 */
final class Orphans {
  private final Set<RangeLocks.Lock> ranges = new LinkedHashSet<>();
  private final List<Runnable> waiting = new ArrayList<>();

  void add(RangeLocks.Lock range) {
    ranges.add(range);
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** It is settled: who waits looks again. */
  void remove(RangeLocks.Lock range) {
    if (ranges.remove(range)) {
      List<Runnable> again = List.copyOf(waiting);
      waiting.clear();
      again.forEach(Runnable::run);
    }
  }

  /** Whether a read must wait; then the task is run when it should look again. */
  boolean holdBack(BlockKey block, int firstPage, int pageCount, Runnable again) {
    for (RangeLocks.Lock range : ranges) {
      if (range.touches(block, firstPage, pageCount)) {
        waiting.add(again);
        return true;
      }
    }
    return false;
  }
}
