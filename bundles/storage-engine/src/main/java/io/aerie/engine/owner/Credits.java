package io.aerie.engine.owner;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Bounds what this owner has unsettled on each disk (H15), taken on all members before anything is
 * sent, so that no two disks wait for each other.
 */
final class Credits {
  /**
   * A copied block and a good depth of writes. Three owners fit into the half of the smallest log
   * (32 MiB) that may be in doubt.
   */
  static final long BYTES_MAX = 5L << 20;

  /** What an entry without data takes of a log. */
  static final int ENTRY_BYTES = 256;

  private final Map<UUID, Long> used = new HashMap<>();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  boolean take(Collection<UUID> disks, int bytes) {
    for (UUID disk : disks) {
      long of = used.getOrDefault(disk, 0L);
      if (of > 0 && of + bytes > BYTES_MAX) {
        return false;
      }
    }
    disks.forEach(disk -> used.merge(disk, (long) bytes, Long::sum));
    return true;
  }

  void waitFor(Runnable again) {
    waiting.add(again);
  }

  void release(UUID disk, long bytes) {
    used.merge(disk, -bytes, Long::sum);
  }

  /** Lets those that wait try again; called when something was released. */
  void wake() {
    for (int i = waiting.size(); i > 0; i--) {
      waiting.remove().run();
    }
  }
}
