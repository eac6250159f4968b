package io.aerie.engine.owner;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;

/**
 * Bounds what this owner has unsettled on each disk (H15), taken on all members before anything is
 * sent, so that no two disks wait for each other.
 */
final class Credits {
  /** What all owners together may have in doubt on a disk: half of the smallest log, 32 MiB. */
  private static final long ALL_OWNERS_BYTES_MAX = 15L << 20;

  /** A copied block and a good depth of writes. */
  private static final long BYTES_MAX = 5L << 20;

  /** What an entry without data takes of a log. */
  static final int ENTRY_BYTES = 256;

  private final IntSupplier owners;
  private final Map<UUID, Long> used = new HashMap<>();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  /**
   * @param owners how many nodes share each disk's log. With more than fifteen the largest writes,
   *     which are always let through alone, no longer fit into the smallest log together
   */
  Credits(IntSupplier owners) {
    this.owners = owners;
  }

  /** What this owner may have unsettled on a disk. */
  long bytesMax() {
    return Math.min(BYTES_MAX, ALL_OWNERS_BYTES_MAX / Math.max(1, owners.getAsInt()));
  }

  boolean take(Collection<UUID> disks, int bytes) {
    long most = bytesMax();
    for (UUID disk : disks) {
      long of = used.getOrDefault(disk, 0L);
      if (of > 0 && of + bytes > most) {
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
