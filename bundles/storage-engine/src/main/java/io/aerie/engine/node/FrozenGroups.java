package io.aerie.engine.node;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lets frozen groups go on without members that stay away, where others can be rebuilt from those
 * in sync (H16). A group's state is its epoch.
 */
final class FrozenGroups extends LeaderWatch<Long, Long> {
  FrozenGroups(NodeContext context) {
    super(context, Timing.ALONE_WATCH);
  }

  @Override
  SortedMap<Long, Long> look() {
    TreeMap<Long, Long> epochs = new TreeMap<>();
    for (GroupRecord group : context.rcd().rebuildable()) {
      epochs.put(group.number(), group.epoch());
    }
    return epochs;
  }

  @Override
  long patienceNanos() {
    return Timing.ALONE;
  }

  @Override
  RcdCommand remedy(SortedMap<Long, Long> due) {
    context.event("groups " + due.keySet() + " go on without members that are away");
    return new RcdCommand.GoOnAlone(due);
  }
}
