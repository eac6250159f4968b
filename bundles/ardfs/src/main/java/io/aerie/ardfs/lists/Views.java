package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.JobRecord;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** RCD's words for administrators, as far as a record tells all by itself. */
public final class Views {
  private Views() {}

  static DiskView disk(DiskRecord disk, Map<UUID, Long> usedBytes) {
    return new DiskView(
        disk.id().toString(),
        disk.node(),
        disk.path(),
        disk.pool(),
        disk.up() ? "up" : "down",
        disk.capacityBytes(),
        usedBytes.getOrDefault(disk.id(), 0L),
        disk.generation(),
        disk.revision());
  }

  /** The engine's word for a protection. */
  public static Redundancy redundancy(Protection protection) {
    return new Redundancy(protection.dataCount(), protection.parityCount());
  }

  static JobView job(JobRecord job) {
    return new JobView(
        Long.toString(job.number()),
        job.kind().name().toLowerCase(Locale.ROOT),
        job.state().name().toLowerCase(Locale.ROOT),
        job.disk().toString(),
        job.copiedBytes(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        job.revision());
  }
}
