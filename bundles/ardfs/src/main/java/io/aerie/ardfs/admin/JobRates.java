package io.aerie.ardfs.admin;

import io.aerie.storage.admin.StorageViews.JobView;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast jobs go. RCD knows no time, so each node measures for itself, from the moment at which
 * it first saw a job. All is averaged over that time: a job that stands still is estimated to take
 * longer with every second that it does.
 */
final class JobRates {
  private static final String RUNNING = "running";

  private final LongSupplier nanos;
  private final Map<String, Begin> begun = new TreeMap<>();

  private record Begin(long atNanos, int groupsDone, long doneBytes) {}

  JobRates(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Begins to measure those that run; done now and then, so that none is seen late. */
  synchronized void look(List<JobView> jobs) {
    long now = nanos.getAsLong();
    Set<String> running = new TreeSet<>();
    for (JobView job : jobs) {
      if (job.state().equals(RUNNING)) {
        running.add(job.id());
        begun.putIfAbsent(job.id(), new Begin(now, job.groupsDone(), job.doneBytes()));
      }
    }
    begun.keySet().retainAll(running);
  }

  /** The same jobs with what was measured of them. */
  synchronized List<JobView> measured(List<JobView> jobs) {
    look(jobs);
    long now = nanos.getAsLong();
    return jobs.stream().map(job -> measured(job, now)).toList();
  }

  private JobView measured(JobView job, long now) {
    Begin begin = begun.get(job.id());
    if (begin == null) {
      return job;
    }
    int groups = job.groupsDone() - begin.groupsDone();
    long elapsedNanos = now - begin.atNanos();
    if (groups <= 0 || elapsedNanos <= 0) {
      return job;
    }
    double seconds = (double) elapsedNanos / TimeUnit.SECONDS.toNanos(1);
    double left = (job.groupsTotal() - job.groupsDone()) * seconds / groups;
    return new JobView(
        job.id(),
        job.kind(),
        job.state(),
        job.subject(),
        job.groupsDone(),
        job.groupsTotal(),
        job.doneBytes(),
        OptionalLong.of(Math.round((job.doneBytes() - begin.doneBytes()) / seconds)),
        OptionalLong.of((long) Math.ceil(Math.max(0, left))),
        job.revision());
  }
}
