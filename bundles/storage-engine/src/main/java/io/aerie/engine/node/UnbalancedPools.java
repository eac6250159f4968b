package io.aerie.engine.node;

import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdCommand;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Rebalances pools which may be, some time after their disks came: they rarely come alone, and what
 * moved before the last one is there might have to move again. A pool's state is the revision of
 * the disk that changed last.
 */
final class UnbalancedPools extends LeaderWatch<UUID, Long> {
  UnbalancedPools(NodeContext context) {
    super(context, Timing.BALANCE_WATCH);
  }

  @Override
  SortedMap<UUID, Long> look() {
    TreeMap<UUID, Long> revisions = new TreeMap<>();
    for (PoolRecord pool : context.rcd().pools().values()) {
      if (context.rcd().unbalanced(pool)) {
        revisions.put(pool.id(), disksRevision(pool));
      }
    }
    return revisions;
  }

  private long disksRevision(PoolRecord pool) {
    return context.rcd().disks().values().stream()
        .filter(disk -> disk.pool().equals(pool.name()))
        .mapToLong(DiskRecord::revision)
        .max()
        .orElse(0);
  }

  @Override
  long patienceNanos() {
    return Timing.BALANCE_PATIENCE;
  }

  @Override
  RcdCommand remedy(SortedMap<UUID, Long> due) {
    context.event("pool " + due.firstKey() + " is to be rebalanced");
    return new RcdCommand.RebalancePool(due.firstKey(), false);
  }
}
