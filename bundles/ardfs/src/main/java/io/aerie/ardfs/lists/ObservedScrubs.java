package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.ScrubRecord;
import io.aerie.engine.rcd.ScrubRecord.Counts;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.StorageViews.ScrubView;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Scrubs, with what is reported of the volumes that they look at now; kept change by change. */
final class ObservedScrubs {
  private final NavigableMap<Long, ScrubJobRecord> jobs = new TreeMap<>();
  private final Map<Long, ScrubRecord> ofVolume = new HashMap<>();

  /** Of volumes that are not done. */
  private final Map<Long, Counts> running = new HashMap<>();

  void put(ScrubJobRecord job) {
    jobs.put(job.number(), job);
  }

  void put(ScrubRecord record) {
    forget(record.volume());
    ofVolume.put(record.volume(), record);
    count(record, 1);
  }

  private void forget(long volume) {
    ScrubRecord old = ofVolume.remove(volume);
    if (old != null) {
      count(old, -1);
    }
  }

  private void count(ScrubRecord record, int sign) {
    if (record.job() != 0) {
      Counts of = record.counts();
      Counts signed =
          new Counts(
              sign * of.blocks(),
              sign * of.pagesFound(),
              sign * of.pagesRepaired(),
              sign * of.pagesUnrepairable());
      running.merge(record.job(), signed, Counts::plus);
      running.remove(record.job(), Counts.NONE);
    }
  }

  /** Adds the scrubs that a change may be seen in; asked before it is applied. */
  void touch(RcdChange change, Touched touched) {
    if (change instanceof RcdChange.ScrubJob c) {
      touched.scrubs.add(c.job().number());
    } else if (change instanceof RcdChange.ScrubJobForgotten c) {
      touched.scrubs.add(c.number());
    } else if (change instanceof RcdChange.Scrub c) {
      touched.scrubs.add(c.scrub().job());
      touchOld(c.scrub().volume(), touched);
    } else if (change instanceof RcdChange.ScrubForgotten c) {
      touchOld(c.volume(), touched);
    }
  }

  /** A volume goes, and with it the name of what was looked at. */
  void touchSubject(long volume, Touched touched) {
    for (ScrubJobRecord job : jobs.values()) {
      if (job.scope() == ScrubJobRecord.Scope.VOLUME && job.subject() == volume) {
        touched.scrubs.add(job.number());
      }
    }
  }

  private void touchOld(long volume, Touched touched) {
    ScrubRecord old = ofVolume.get(volume);
    if (old != null) {
      touched.scrubs.add(old.job());
    }
  }

  void apply(RcdChange change) {
    if (change instanceof RcdChange.ScrubJob c) {
      put(c.job());
    } else if (change instanceof RcdChange.ScrubJobForgotten c) {
      jobs.remove(c.number());
    } else if (change instanceof RcdChange.Scrub c) {
      put(c.scrub());
    } else if (change instanceof RcdChange.ScrubForgotten c) {
      forget(c.volume());
    }
  }

  /** By number. */
  List<ScrubView> views(Map<Long, PoolRecord> pools, Map<Long, VolumeRecord> volumes) {
    return jobs.values().stream().map(job -> view(job, pools, volumes)).toList();
  }

  Optional<ScrubView> view(
      long number, Map<Long, PoolRecord> pools, Map<Long, VolumeRecord> volumes) {
    return Optional.ofNullable(jobs.get(number)).map(job -> view(job, pools, volumes));
  }

  private ScrubView view(
      ScrubJobRecord job, Map<Long, PoolRecord> pools, Map<Long, VolumeRecord> volumes) {
    Counts counts = job.counts().plus(running.getOrDefault(job.number(), Counts.NONE));
    Optional<String> subject =
        switch (job.scope()) {
          case ALL -> Optional.empty();
          case POOL -> Optional.ofNullable(pools.get(job.subject())).map(PoolRecord::name);
          case VOLUME -> Optional.ofNullable(volumes.get(job.subject())).map(VolumeRecord::name);
        };
    return new ScrubView(
        Long.toString(job.number()),
        job.scope().name().toLowerCase(Locale.ROOT),
        subject,
        job.state().name().toLowerCase(Locale.ROOT),
        job.volumesDone(),
        job.volumesTotal(),
        counts.blocks(),
        counts.pagesFound(),
        counts.pagesRepaired(),
        counts.pagesUnrepairable(),
        Instant.ofEpochMilli(job.startedAtMs()),
        job.revision());
  }
}
