package io.aerie.ardfs.admin;

import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.JobRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** RCD's records as administrators see them. */
public final class Views {
  private Views() {}

  static List<NodeView> nodes(RcdState rcd) {
    return rcd.nodes().values().stream().map(node -> node(rcd, node)).toList();
  }

  private static NodeView node(RcdState rcd, NodeRecord node) {
    long disks = rcd.disks().values().stream().filter(d -> d.node().equals(node.id())).count();
    long owned =
        rcd.volumes().values().stream()
            .filter(v -> v.owner().equals(Optional.of(node.id())))
            .count();
    return new NodeView(
        node.id(),
        node.state().name().toLowerCase(Locale.ROOT),
        node.incarnation(),
        (int) disks,
        (int) owned,
        node.revision());
  }

  static List<DiskView> disks(RcdState rcd, Map<UUID, Long> usedBytes) {
    return rcd.disks().values().stream().map(disk -> disk(disk, usedBytes)).toList();
  }

  /** One disk; what it uses is not known to RCD. */
  public static DiskView disk(RcdState rcd, UUID id) {
    return disk(rcd.disk(id).orElseThrow(), Map.of());
  }

  /** The same of a record. */
  public static DiskView disk(DiskRecord disk) {
    return disk(disk, Map.of());
  }

  private static DiskView disk(DiskRecord disk, Map<UUID, Long> usedBytes) {
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

  static List<PoolView> pools(RcdState rcd, Map<UUID, Long> usedBytes) {
    return rcd.pools().values().stream().map(pool -> pool(rcd, pool, usedBytes)).toList();
  }

  static PoolView pool(RcdState rcd, PoolRecord pool, Map<UUID, Long> usedBytes) {
    List<DiskRecord> disks =
        rcd.disks().values().stream().filter(d -> d.pool().equals(pool.name())).toList();
    List<GroupRecord> groups =
        rcd.groups().values().stream().filter(g -> g.pool() == pool.number()).toList();
    long revision =
        Math.max(pool.revision(), groups.stream().mapToLong(GroupRecord::revision).max().orElse(0));
    return new PoolView(
        pool.id().toString(),
        pool.name(),
        state(groups),
        rcd.capacityBytes(pool),
        disks.stream().mapToLong(d -> usedBytes.getOrDefault(d.id(), 0L)).sum(),
        rcd.reservedBytes(pool),
        available(rcd, pool),
        disks.size(),
        groups.size(),
        (int) groups.stream().filter(GroupRecord::whole).count(),
        (int) groups.stream().filter(GroupRecord::frozen).count(),
        revision);
  }

  private static SortedMap<String, Long> available(RcdState rcd, PoolRecord pool) {
    TreeMap<String, Long> available = new TreeMap<>();
    for (Protection protection : Protection.COMMON) {
      available.put(protection.toString(), rcd.availableBytes(pool, redundancy(protection)));
    }
    return available;
  }

  /** The engine's word for a protection. */
  public static Redundancy redundancy(Protection protection) {
    return new Redundancy(protection.dataCount(), protection.parityCount());
  }

  private static String state(Collection<GroupRecord> groups) {
    if (groups.stream().anyMatch(GroupRecord::frozen)) {
      return "frozen";
    }
    return groups.stream().allMatch(GroupRecord::whole) ? "healthy" : "degraded";
  }

  /** All volumes, by number. */
  public static List<VolumeView> volumes(RcdState rcd) {
    return rcd.volumes().values().stream().map(volume -> volume(rcd, volume)).toList();
  }

  /** One volume, by name or id. */
  public static Optional<VolumeView> volume(RcdState rcd, String nameOrId) {
    return rcd.volume(nameOrId).map(volume -> volume(rcd, volume));
  }

  static VolumeView volume(RcdState rcd, VolumeRecord volume) {
    PoolRecord pool = rcd.pools().get(volume.pool());
    return new VolumeView(
        volume.id().toString(),
        volume.name(),
        pool.name(),
        volume.sizeBytes(),
        volume.redundancy().toString(),
        state(rcd.groupsOf(volume.pool(), volume.redundancy())),
        volume.owner().orElse(null),
        volume.epoch(),
        volume.revision());
  }

  static List<JobView> jobs(RcdState rcd) {
    return rcd.jobs().values().stream().map(Views::job).toList();
  }

  /** One job. */
  public static JobView job(JobRecord job) {
    return new JobView(
        Long.toString(job.number()),
        "resynchronisation",
        job.state().name().toLowerCase(Locale.ROOT),
        job.disk().toString(),
        job.copiedBytes(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        job.revision());
  }
}
