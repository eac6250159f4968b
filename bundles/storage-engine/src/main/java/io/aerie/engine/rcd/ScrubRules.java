package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand.ControlScrub;
import io.aerie.engine.rcd.RcdCommand.ForgetVolume;
import io.aerie.engine.rcd.RcdCommand.ReportScrub;
import io.aerie.engine.rcd.RcdCommand.ScrubCommand;
import io.aerie.engine.rcd.RcdCommand.StartScrub;
import io.aerie.engine.rcd.ScrubJobRecord.Scope;
import io.aerie.engine.rcd.ScrubJobRecord.State;
import java.util.ArrayList;
import java.util.List;

/**
 * Scrubs and quarantine. A volume is wanted by one job at most: a later one takes it over and
 * begins anew. Its owner looks at it, whoever that is by then, and begins anew when it is another.
 */
final class ScrubRules {
  /** Jobs that ended and are remembered. */
  private static final int ENDED_JOBS_MAX = 32;

  private final RcdTables tables;

  ScrubRules(RcdTables tables) {
    this.tables = tables;
  }

  RcdAnswer apply(long index, ScrubCommand command) {
    if (command instanceof StartScrub c) {
      return start(index, c);
    } else if (command instanceof ControlScrub c) {
      return control(index, c);
    } else if (command instanceof ReportScrub c) {
      return report(index, c);
    }
    return forget((ForgetVolume) command);
  }

  private RcdAnswer start(long index, StartScrub command) {
    for (ScrubJobRecord job : tables.scrubJobs.values()) {
      if (job.id().equals(command.id())) {
        return RcdAnswer.done(job.number());
      }
    }
    List<VolumeRecord> volumes = volumes(command);
    forgetOldJobs();
    long number = tables.takeNumber();
    for (VolumeRecord volume : volumes) {
      ScrubRecord former = tables.scrubs.get(volume.number());
      if (former != null) {
        leave(index, former);
      }
      tables.change(
          new RcdChange.Scrub(
              new ScrubRecord(
                  volume.number(),
                  number,
                  ScrubRecord.Counts.NONE,
                  former == null ? 0 : former.doneIndex(),
                  former == null ? 0 : former.doneAtMs(),
                  index)));
    }
    tables.change(
        new RcdChange.ScrubJob(
            new ScrubJobRecord(
                number,
                command.id(),
                command.scope(),
                command.subject(),
                volumes.isEmpty() ? State.DONE : State.RUNNING,
                0,
                volumes.size(),
                ScrubRecord.Counts.NONE,
                command.startedAtMs(),
                index)));
    return RcdAnswer.done(number);
  }

  private List<VolumeRecord> volumes(StartScrub command) {
    if (command.scope() == Scope.POOL && !tables.pools.containsKey(command.subject())) {
      throw RcdRules.notFound("pool", command.subject());
    }
    if (command.scope() == Scope.VOLUME && !tables.volumes.containsKey(command.subject())) {
      throw RcdRules.notFound("volume", command.subject());
    }
    if (command.scope() == Scope.VOLUME) {
      return List.of(tables.volumes.get(command.subject()));
    }
    List<VolumeRecord> of = new ArrayList<>(tables.volumes.values());
    of.removeIf(v -> command.scope() == Scope.POOL && v.pool() != command.subject());
    return of;
  }

  private void forgetOldJobs() {
    List<Long> ended = new ArrayList<>();
    for (ScrubJobRecord job : tables.scrubJobs.values()) {
      if (!job.open()) {
        ended.add(job.number());
      }
    }
    for (int i = 0; i <= ended.size() - ENDED_JOBS_MAX; i++) {
      tables.change(new RcdChange.ScrubJobForgotten(ended.get(i)));
    }
  }

  /** The job that wanted a volume wants it no more. */
  private void leave(long index, ScrubRecord record) {
    ScrubJobRecord job = tables.scrubJobs.get(record.job());
    if (job != null && job.open()) {
      end(index, job, job.volumesDone(), job.volumesTotal() - 1, job.counts());
    }
  }

  private void end(long index, ScrubJobRecord job, int done, int total, ScrubRecord.Counts counts) {
    State state = done == total ? State.DONE : job.state();
    tables.change(new RcdChange.ScrubJob(job.with(state, done, total, counts, index)));
  }

  private RcdAnswer control(long index, ControlScrub command) {
    ScrubJobRecord job = tables.scrubJobs.get(command.job());
    if (job == null) {
      throw RcdRules.notFound("scrub", command.job());
    }
    State wanted =
        switch (command.action()) {
          case PAUSE -> State.PAUSED;
          case RESUME -> State.RUNNING;
          case CANCEL -> State.CANCELLED;
        };
    if (job.state() == wanted) {
      return RcdAnswer.done(job.number());
    }
    if (!job.open()) {
      throw RcdRules.precondition("Scrub " + job.number() + " is over", "It is " + job.state());
    }
    tables.change(new RcdChange.ScrubJob(job.with(wanted, index)));
    if (wanted == State.CANCELLED) {
      for (ScrubRecord record : List.copyOf(tables.scrubs.values())) {
        if (record.job() == job.number()) {
          put(index, record, 0, record.counts(), record.doneIndex(), record.doneAtMs());
        }
      }
    }
    return RcdAnswer.done(job.number());
  }

  private void put(
      long index,
      ScrubRecord record,
      long job,
      ScrubRecord.Counts counts,
      long doneIndex,
      long doneAtMs) {
    tables.change(
        new RcdChange.Scrub(
            new ScrubRecord(record.volume(), job, counts, doneIndex, doneAtMs, index)));
  }

  private RcdAnswer report(long index, ReportScrub command) {
    ScrubRecord record = tables.scrubs.get(command.volume());
    VolumeRecord volume = tables.volumes.get(command.volume());
    if (record == null || volume == null || command.job() == 0 || record.job() != command.job()) {
      throw RcdRules.precondition(
          "The scrub is not wanted any more", "It ended, or another began.");
    }
    if (volume.epoch() != command.volumeEpoch()) {
      throw RcdRules.precondition("The volume has another owner", "Its epoch is higher.");
    }
    if (!command.done()) {
      put(index, record, record.job(), command.counts(), record.doneIndex(), record.doneAtMs());
      return RcdAnswer.done(0);
    }
    put(index, record, 0, command.counts(), index, command.atMs());
    ScrubJobRecord job = tables.scrubJobs.get(record.job());
    if (job != null && job.open()) {
      end(
          index,
          job,
          job.volumesDone() + 1,
          job.volumesTotal(),
          job.counts().plus(command.counts()));
    }
    return RcdAnswer.done(0);
  }

  /** A volume was deleted. */
  void deleted(long index, long volume) {
    ScrubRecord record = tables.scrubs.get(volume);
    if (record != null) {
      tables.change(new RcdChange.ScrubForgotten(volume));
      leave(index, record);
    }
  }

  /**
   * An administrator gives up what disks hold of a volume that is not known: recorded like a
   * deletion, so that disks that are away obey when they are back. Its number will not be given to
   * another, even if it is from a time that this state knows nothing of.
   */
  private RcdAnswer forget(ForgetVolume command) {
    long number = command.volume();
    if (tables.volumes.containsKey(number)) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "Volume " + number + " is known",
          "Only what belongs to no volume is forgotten.",
          "Delete the volume if it isn't needed.");
    }
    if (number <= 0 || number == Long.MAX_VALUE) {
      throw new AerieException(ErrorCode.INVALID_VALUE, number + " is no number of a volume");
    }
    if (!tables.deletedVolumes.contains(number)) {
      if (number >= tables.nextNumber) {
        tables.change(new RcdChange.NextNumber(number + 1));
      }
      tables.change(new RcdChange.VolumeDeleted(number));
    }
    return RcdAnswer.done(number);
  }
}
