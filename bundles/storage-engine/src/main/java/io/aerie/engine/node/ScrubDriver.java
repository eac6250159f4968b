package io.aerie.engine.node;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.ScrubJobRecord;
import java.util.UUID;

/** Where this node leads RCD's log, it sees to it that everything is looked at now and then. */
final class ScrubDriver {
  private final NodeContext context;
  private long leadingNanos;

  ScrubDriver(NodeContext context) {
    this.context = context;
  }

  void start() {
    context.later(Timing.SCRUB_WATCH, this::watch);
  }

  private void watch() {
    leadingNanos = context.rcdLeader() ? leadingNanos + Timing.SCRUB_WATCH : 0;
    if (leadingNanos > 0 && due()) {
      leadingNanos = 0;
      context.event("everything is to be looked at again");
      context.submit(
          new RcdCommand.StartScrub(
              new UUID(context.random(), context.random()),
              ScrubJobRecord.Scope.ALL,
              0,
              context.wallMillis()),
          (answer, failure) -> {});
    }
    start();
  }

  /** By the last time that everything was; a cluster that never was is, after some time. */
  private boolean due() {
    long lastMs = Long.MIN_VALUE;
    for (ScrubJobRecord job : context.rcd().scrubJobs().values()) {
      if (job.open()) {
        return false;
      }
      if (job.scope() == ScrubJobRecord.Scope.ALL) {
        lastMs = Math.max(lastMs, job.startedAtMs());
      }
    }
    return lastMs == Long.MIN_VALUE
        ? leadingNanos >= Timing.SCRUB_FIRST
        : context.wallMillis() - lastMs >= Timing.SCRUB_PERIOD / 1_000_000L;
  }
}
