package io.aerie.engine.node;

import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.RcdCommand;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Gives up disks that stay away, so that others take their place. One that is back serves again.
 */
final class Absences extends LeaderWatch<UUID, DiskDuty> {
  Absences(NodeContext context) {
    super(context, Timing.ABSENCE_WATCH);
  }

  @Override
  SortedMap<UUID, DiskDuty> look() {
    TreeMap<UUID, DiskDuty> away = new TreeMap<>();
    for (DiskRecord disk : context.rcd().disks().values()) {
      if (!disk.up() && disk.duty() == DiskDuty.SERVING) {
        away.put(disk.id(), disk.duty());
      }
    }
    return away;
  }

  @Override
  long patienceNanos() {
    return context.absence();
  }

  @Override
  RcdCommand remedy(SortedMap<UUID, DiskDuty> due) {
    context.event("disks " + due.keySet() + " are away for too long");
    return new RcdCommand.AssignDuty(new ArrayList<>(due.keySet()), DiskDuty.ABSENT);
  }
}
