package io.aerie.engine.node;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Lets frozen groups go on without members that stay away, where others can be rebuilt from those
 * in sync (H16). RCD has no clock: who leads its log counts, from when it saw the group as it is.
 */
final class FrozenGroups {
  private final NodeContext context;
  private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
  private boolean proposing;

  /** A group as it was at that epoch, and since when this node has seen it while it led. */
  private record Waiting(long epoch, long sinceNanos) {}

  FrozenGroups(NodeContext context) {
    this.context = context;
  }

  void start() {
    watch();
    context.later(Timing.ALONE_WATCH, this::start);
  }

  private void watch() {
    if (!context.rcdLeader()) {
      waiting.clear();
      return;
    }
    long now = context.now();
    TreeMap<Long, Long> due = new TreeMap<>();
    TreeSet<Long> frozen = new TreeSet<>();
    for (GroupRecord group : context.rcd().rebuildable()) {
      frozen.add(group.number());
      Waiting since = waiting.get(group.number());
      if (since == null || since.epoch() != group.epoch()) {
        waiting.put(group.number(), new Waiting(group.epoch(), now));
      } else if (now - since.sinceNanos() > Timing.ALONE) {
        due.put(group.number(), group.epoch());
      }
    }
    waiting.keySet().retainAll(frozen);
    if (!due.isEmpty() && !proposing) {
      proposing = true;
      context.event("groups " + due.keySet() + " go on without members that are away");
      context.submit(new RcdCommand.GoOnAlone(due), (answer, failure) -> proposing = false);
    }
  }
}
