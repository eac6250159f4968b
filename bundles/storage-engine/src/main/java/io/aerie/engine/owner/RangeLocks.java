package io.aerie.engine.owner;

import io.aerie.engine.store.BlockKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Page ranges that writes and copies hold from before they are numbered until they are settled.
 * First come, first served among those that overlap.
 */
final class RangeLocks {
  /** A range of a block, held or waited for; in whichever layer, it is one place of the volume. */
  static final class Lock {
    final BlockKey block;
    final int firstPage;
    final int pageCount;
    private final Runnable granted;
    private boolean held;

    Lock(BlockKey block, int firstPage, int pageCount, Runnable granted) {
      this.block = block;
      this.firstPage = firstPage;
      this.pageCount = pageCount;
      this.granted = granted;
    }

    private boolean overlaps(Lock other) {
      return touches(other.block, other.firstPage, other.pageCount);
    }

    boolean touches(BlockKey otherBlock, int otherFirstPage, int otherPageCount) {
      return block.index() == otherBlock.index()
          && firstPage < otherFirstPage + otherPageCount
          && otherFirstPage < firstPage + pageCount;
    }
  }

  private final Map<Integer, List<Lock>> queues = new HashMap<>();

  /** Calls back at once when free, else from the release that frees it. */
  void acquire(Lock lock) {
    List<Lock> queue = queues.computeIfAbsent(lock.block.index(), b -> new ArrayList<>(2));
    queue.add(lock);
    if (free(queue, queue.size() - 1)) {
      lock.held = true;
      lock.granted.run();
    }
  }

  void release(Lock lock) {
    List<Lock> queue = queues.get(lock.block.index());
    if (queue == null || !queue.remove(lock)) {
      return;
    }
    lock.held = false;
    if (queue.isEmpty()) {
      queues.remove(lock.block.index());
      return;
    }
    List<Lock> now = new ArrayList<>();
    for (int i = 0; i < queue.size(); i++) {
      Lock waiting = queue.get(i);
      if (!waiting.held && waiting.overlaps(lock) && free(queue, i)) {
        waiting.held = true;
        now.add(waiting);
      }
    }
    now.forEach(l -> l.granted.run());
  }

  private static boolean free(List<Lock> queue, int index) {
    Lock lock = queue.get(index);
    for (int i = 0; i < index; i++) {
      if (queue.get(i).overlaps(lock)) {
        return false;
      }
    }
    return true;
  }
}
