package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.ScrubRecord;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * Looks at the volumes of an owner that RCD wants looked at: one after the other, one block at a
 * time, with rests in between that are longer where disks are slow or busy (docs/scrub.md).
 *
 * <pre>
 *  a job runs and wants a volume that this node owns -> walk it -> tell RCD, now and then and at the end
 *      ^  paused, cancelled, or the volume is gone  |
 *      +--------------------------------------------+
 * </pre>
 *
 * How far it has come is in memory only: who owns the volume next begins anew.
 */
final class Scrubber {
  private final NodeContext context;
  private final NavigableMap<Long, OwnedVolume> volumes;
  private ScrubWalk walk;
  private long job;
  private long reportedNanos;

  /** Something of the present walk is on its way, or it rests. */
  private boolean busy;

  Scrubber(NodeContext context, NavigableMap<Long, OwnedVolume> volumes) {
    this.context = context;
    this.volumes = volumes;
  }

  /** Once in a life. Looks again and again: a walk whose volume is let go says nothing any more. */
  void start() {
    context.later(
        Timing.SCRUB_LOOK,
        () -> {
          start();
          look();
        });
  }

  private void look() {
    if (walk != null && !wanted(walk.volume(), job)) {
      walk = null;
    }
    if (walk == null) {
      busy = false;
      choose();
    }
    if (walk == null || paused() || busy) {
      return;
    }
    busy = true;
    if (walk.done()) {
      report(walk, true);
    } else {
      step(walk);
    }
  }

  private void step(ScrubWalk of) {
    if (context.now() - reportedNanos > Timing.SCRUB_REPORT) {
      reportedNanos = context.now();
      report(of, false);
    }
    long beginNanos = context.now();
    of.step(
        answered -> {
          long tookNanos = context.now() - beginNanos;
          long restNanos = Math.max(Timing.SCRUB_REST, Timing.SCRUB_RESTS * tookNanos);
          context.later(answered ? restNanos : Timing.SCRUB_LOOK, () -> rested(of));
        });
  }

  private void rested(ScrubWalk of) {
    if (walk == of) {
      busy = false;
      look();
    }
  }

  private boolean paused() {
    ScrubJobRecord of = context.rcd().scrubJobs().get(job);
    return of == null || of.state() != ScrubJobRecord.State.RUNNING;
  }

  private boolean wanted(OwnedVolume volume, long byJob) {
    ScrubRecord record = context.rcd().scrubs().get(volume.number());
    return !volume.stopped() && record != null && record.job() == byJob;
  }

  private void choose() {
    for (ScrubJobRecord of : context.rcd().scrubJobs().values()) {
      if (of.state() == ScrubJobRecord.State.RUNNING) {
        Optional<OwnedVolume> next =
            volumes.values().stream().filter(v -> wanted(v, of.number())).findFirst();
        if (next.isPresent()) {
          job = of.number();
          walk = new ScrubWalk(context, next.get());
          reportedNanos = context.now();
          return;
        }
      }
    }
  }

  /** One at the end that is refused or lost is made again. */
  private void report(ScrubWalk of, boolean done) {
    context.submit(
        new RcdCommand.ReportScrub(
            of.volume().number(),
            of.volume().record().epoch(),
            job,
            of.counts(),
            done,
            context.wallMillis()),
        (answer, failure) -> {
          if (done) {
            context.later(Timing.SCRUB_LOOK, () -> rested(of));
          }
        });
  }
}
