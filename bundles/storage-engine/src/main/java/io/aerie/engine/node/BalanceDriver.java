package io.aerie.engine.node;

import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdCommand;
import java.util.TreeMap;

/**
 * Where this node leads RCD's log, it sees to it that pools which may be are rebalanced, some time
 * after their disks came: they rarely come alone, and what moved before the last one is there might
 * have to move again.
 */
final class BalanceDriver {
  /**
   * What a pool looked like.
   *
   * @param disksRevision of the disk that changed last
   */
  private record Seen(long sinceNanos, long disksRevision) {}

  private final NodeContext context;
  private final TreeMap<Long, Seen> unbalanced = new TreeMap<>();

  BalanceDriver(NodeContext context) {
    this.context = context;
  }

  void start() {
    context.later(Timing.BALANCE_WATCH, this::watch);
  }

  private void watch() {
    if (context.rcdLeader()) {
      context.rcd().pools().values().forEach(this::look);
    } else {
      unbalanced.clear();
    }
    start();
  }

  private void look(PoolRecord pool) {
    if (!context.rcd().unbalanced(pool)) {
      unbalanced.remove(pool.number());
      return;
    }
    long revision = disksRevision(pool);
    Seen seen = unbalanced.get(pool.number());
    if (seen == null || seen.disksRevision() != revision) {
      unbalanced.put(pool.number(), new Seen(context.now(), revision));
    } else if (context.now() - seen.sinceNanos() >= Timing.BALANCE_PATIENCE) {
      unbalanced.remove(pool.number());
      context.event("pool " + pool.name() + " is to be rebalanced");
      context.submit(new RcdCommand.RebalancePool(pool.id(), false), (answer, failure) -> {});
    }
  }

  private long disksRevision(PoolRecord pool) {
    return context.rcd().disks().values().stream()
        .filter(disk -> disk.pool().equals(pool.name()))
        .mapToLong(DiskRecord::revision)
        .max()
        .orElse(0);
  }
}
