package io.aerie.face.metrics;

import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.block.VolumeTraffic.Traffic;

/** What RCD knows, the same on all nodes; and what was asked of volumes through this one. */
final class StorageMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private StorageMetrics() {}

  static void add(StorageAdministration storage, Samples samples) {
    storage.nodes().forEach(node -> samples.add(Metric.NODES, 1, node.state()));
    storage.disks().forEach(disk -> disk(disk, samples));
    storage.pools().forEach(pool -> pool(pool, samples));
    storage
        .volumes()
        .forEach(volume -> samples.add(Metric.VOLUMES, 1, volume.pool(), volume.state()));
    samples.add(Metric.SNAPSHOTS, storage.snapshots().size());
    storage.jobs().forEach(job -> job(job, samples));
  }

  static void add(Traffic traffic, Samples samples) {
    String[] labels = {traffic.volume(), traffic.operation()};
    samples.add(Metric.VOLUME_OPERATIONS_TOTAL, traffic.operations(), labels);
    samples.add(Metric.VOLUME_FAILURES_TOTAL, traffic.failures(), labels);
    samples.add(Metric.VOLUME_BYTES_TOTAL, traffic.bytes(), labels);
    samples.add(
        Metric.VOLUME_OPERATION_SECONDS_TOTAL, traffic.nanoseconds() / NANOS_PER_SECOND, labels);
  }

  private static void job(JobView job, Samples samples) {
    samples.add(Metric.JOBS, 1, job.kind(), job.state());
    if (job.state().equals("running")) {
      samples.add(Metric.JOB_GROUPS_LEFT, job.groupsTotal() - job.groupsDone(), job.kind());
    }
  }

  private static void disk(DiskView disk, Samples samples) {
    samples.add(Metric.DISKS, 1, disk.state(), disk.duty());
    String[] labels = {disk.id(), disk.node().value(), disk.pool()};
    samples.add(Metric.DISK_CAPACITY_BYTES, disk.capacityBytes(), labels);
    samples.add(Metric.DISK_USED_BYTES, disk.usedBytes(), labels);
  }

  private static void pool(PoolView pool, Samples samples) {
    String name = pool.name();
    samples.add(Metric.POOL_CAPACITY_BYTES, pool.capacityBytes(), name);
    samples.add(Metric.POOL_USED_BYTES, pool.usedBytes(), name);
    samples.add(Metric.POOL_RESERVED_BYTES, pool.reservedBytes(), name);
    samples.add(Metric.POOL_REDUNDANT_BYTES, pool.redundantBytes(), name);
    int degraded = pool.groupsTotal() - pool.groupsInSync() - pool.groupsFrozen();
    samples.add(Metric.POOL_GROUPS, pool.groupsInSync(), name, "in-sync");
    samples.add(Metric.POOL_GROUPS, degraded, name, "degraded");
    samples.add(Metric.POOL_GROUPS, pool.groupsFrozen(), name, "frozen");
  }
}
