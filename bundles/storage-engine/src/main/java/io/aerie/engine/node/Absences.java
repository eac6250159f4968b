package io.aerie.engine.node;

import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.RcdCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Gives up disks that stay away, so that others take their place. RCD has no clock: who leads its
 * log counts, from when it began to lead, and proposes it. A disk that comes back serves again.
 */
final class Absences {
  private final NodeContext context;

  /** Disks that are away, and since when this node has seen it while it led. */
  private final TreeMap<UUID, Long> awaySinceNanos = new TreeMap<>();

  private boolean proposing;

  Absences(NodeContext context) {
    this.context = context;
  }

  void start() {
    watch();
    context.later(Timing.ABSENCE_WATCH, this::start);
  }

  private void watch() {
    if (!context.rcdLeader()) {
      awaySinceNanos.clear();
      return;
    }
    long now = context.now();
    List<UUID> absent = new ArrayList<>();
    for (DiskRecord disk : context.rcd().disks().values()) {
      if (disk.up() || disk.duty() != DiskDuty.SERVING) {
        awaySinceNanos.remove(disk.id());
      } else if (now - awaySinceNanos.computeIfAbsent(disk.id(), id -> now) > context.absence()) {
        absent.add(disk.id());
      }
    }
    if (!absent.isEmpty() && !proposing) {
      proposing = true;
      context.event("disks " + absent + " are away for too long");
      context.submit(
          new RcdCommand.AssignDuty(absent, DiskDuty.ABSENT),
          (answer, failure) -> proposing = false);
    }
  }
}
