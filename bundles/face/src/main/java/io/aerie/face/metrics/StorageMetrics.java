package io.aerie.face.metrics;

import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.PoolView;

/** What RCD knows; the same on all nodes. */
final class StorageMetrics {
  private StorageMetrics() {}

  static void add(StorageAdministration storage, Samples samples) {
    storage.nodes().forEach(node -> samples.add(Metric.NODES, 1, node.state()));
    storage.disks().forEach(disk -> disk(disk, samples));
    storage.pools().forEach(pool -> pool(pool, samples));
    storage
        .volumes()
        .forEach(volume -> samples.add(Metric.VOLUMES, 1, volume.pool(), volume.state()));
    samples.add(Metric.SNAPSHOTS, storage.snapshots().size());
    storage.jobs().forEach(job -> samples.add(Metric.JOBS, 1, job.kind(), job.state()));
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
