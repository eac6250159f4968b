package io.aerie.ardfs.events;

import io.aerie.ardfs.lists.Views;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.ScrubRecord;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.ScrubView;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import io.aerie.storage.reservation.ReservationState;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What lists must show, with every sum counted anew from all records. */
final class Recount {
  private final RcdState rcd;

  Recount(RcdState rcd) {
    this.rcd = rcd;
  }

  List<NodeView> nodes() {
    return rcd.nodes().values().stream().map(this::node).toList();
  }

  private NodeView node(NodeRecord node) {
    long disks = disks().filter(d -> d.node().equals(node.id())).count();
    long owned =
        rcd.volumes().values().stream()
            .filter(v -> v.owner().equals(Optional.of(node.id())))
            .count();
    return new NodeView(
        node.id(),
        node.leaving() ? "leaving" : node.state().name().toLowerCase(Locale.ROOT),
        node.incarnation(),
        duty(node),
        (int) disks,
        (int) owned,
        node.rack().isEmpty() ? Optional.empty() : Optional.of(node.rack()),
        node.site().isEmpty() ? Optional.empty() : Optional.of(node.site()),
        node.revision());
  }

  private Stream<DiskRecord> disks() {
    return rcd.disks().values().stream().filter(disk -> !disk.removed());
  }

  private String duty(NodeRecord node) {
    List<DiskDuty> duties =
        disks().filter(d -> d.node().equals(node.id())).map(DiskRecord::duty).toList();
    if (duties.isEmpty() || duties.contains(DiskDuty.SERVING)) {
      return "serving";
    }
    return duties.contains(DiskDuty.DRAINING) ? "draining" : "absent";
  }

  List<PoolView> pools(Map<UUID, Long> usedBytes) {
    return rcd.pools().values().stream().map(pool -> pool(pool, usedBytes)).toList();
  }

  private PoolView pool(PoolRecord pool, Map<UUID, Long> usedBytes) {
    List<DiskRecord> disks = disks().filter(d -> d.pool().equals(pool.name())).toList();
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
        redundantBytes(pool),
        available(pool),
        disks.size(),
        groups.size(),
        (int) groups.stream().filter(GroupRecord::whole).count(),
        (int) groups.stream().filter(GroupRecord::frozen).count(),
        pool.spread().toString().toLowerCase(Locale.ROOT),
        pool.balance().toString().toLowerCase(Locale.ROOT),
        revision);
  }

  /** Volume by volume: its promise without what the data alone would take. */
  private long redundantBytes(PoolRecord pool) {
    return rcd.volumes().values().stream()
        .filter(volume -> volume.pool() == pool.number())
        .mapToLong(
            volume ->
                volume.promisedBlocks()
                    * (volume.redundancy().memberCount() - volume.redundancy().dataCount())
                    * Geometry.BLOCK_BYTES)
        .sum();
  }

  private SortedMap<String, Long> available(PoolRecord pool) {
    TreeMap<String, Long> available = new TreeMap<>();
    for (Protection protection : Protection.COMMON) {
      available.put(protection.toString(), rcd.availableBytes(pool, Views.redundancy(protection)));
    }
    return available;
  }

  private static String state(Collection<GroupRecord> groups) {
    if (groups.stream().anyMatch(GroupRecord::frozen)) {
      return "frozen";
    }
    return groups.stream().allMatch(GroupRecord::whole) ? "healthy" : "degraded";
  }

  List<VolumeView> volumes() {
    return rcd.volumes().values().stream().map(this::volume).toList();
  }

  private VolumeView volume(VolumeRecord volume) {
    Collection<SnapshotRecord> snapshots = rcd.snapshots().values();
    long merging =
        volume.layers().stream()
            .filter(layer -> layer.number() != volume.live().number())
            .filter(layer -> snapshots.stream().noneMatch(s -> s.layer() == layer.number()))
            .count();
    Optional<SnapshotRecord> origin =
        snapshots.stream().filter(s -> s.number() == volume.origin()).findFirst();
    return new VolumeView(
        volume.id().toString(),
        volume.name(),
        rcd.pools().get(volume.pool()).name(),
        volume.sizeBytes(),
        volume.redundancy().toString(),
        state(rcd.groupsOf(volume.pool(), volume.redundancy())),
        volume.owner().orElse(null),
        volume.epoch(),
        volume.promisedBlocks() * volume.redundancy().memberCount() * Geometry.BLOCK_BYTES,
        (int) snapshots.stream().filter(s -> s.volume() == volume.number()).count(),
        (int) merging,
        origin.map(s -> rcd.volumes().get(s.volume()).name()),
        origin.map(SnapshotRecord::name),
        new VolumeLimits(
            positive(volume.limits().readOperations()),
            positive(volume.limits().writeOperations()),
            positive(volume.limits().readBytes()),
            positive(volume.limits().writeBytes())),
        reservation(rcd.reservation(volume.number()).state()),
        volume.revision());
  }

  private static Optional<String> reservation(ReservationState state) {
    if (state.simple() != null) {
      return Optional.of("reserve_6");
    }
    return Optional.ofNullable(state.type()).map(type -> type.toString().toLowerCase(Locale.ROOT));
  }

  private static OptionalLong positive(long value) {
    return LongStream.of(value).filter(v -> v > 0).findFirst();
  }

  List<ScrubView> scrubs() {
    return rcd.scrubJobs().values().stream().map(this::scrub).toList();
  }

  private ScrubView scrub(ScrubJobRecord job) {
    ScrubRecord.Counts counts = job.counts();
    for (ScrubRecord record : rcd.scrubs().values()) {
      counts = record.job() == job.number() ? counts.plus(record.counts()) : counts;
    }
    String subject =
        switch (job.scope()) {
          case ALL -> null;
          case POOL -> rcd.pools().get(job.subject()).name();
          case VOLUME -> rcd.volume(job.subject()).map(VolumeRecord::name).orElse(null);
        };
    return new ScrubView(
        "" + job.number(),
        job.scope().name().toLowerCase(Locale.ROOT),
        Optional.ofNullable(subject),
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

  List<SnapshotView> snapshots() {
    return rcd.snapshots().values().stream().map(this::snapshot).toList();
  }

  private SnapshotView snapshot(SnapshotRecord snapshot) {
    long clones =
        rcd.volumes().values().stream().filter(v -> v.origin() == snapshot.number()).count();
    return new SnapshotView(
        snapshot.id().toString(),
        snapshot.name(),
        rcd.volumes().get(snapshot.volume()).name(),
        snapshot.layer() == 0 ? "making" : "ready",
        snapshot.sizeBytes(),
        (int) clones,
        Optional.of(Instant.ofEpochMilli(snapshot.id().getMostSignificantBits() >>> 16)),
        snapshot.createdAt());
  }
}
