package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.BalancePolicy;
import io.aerie.engine.rcd.Conversion;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.FailureDomain;
import io.aerie.engine.rcd.JobRecord;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import io.aerie.storage.reservation.ReservationState;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** RCD's words for administrators, as far as a record tells all by itself. */
public final class Views {
  private static final String RESERVED_SIMPLY = "reserve_6";

  private Views() {}

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static DiskView disk(DiskRecord disk, Map<UUID, Long> usedBytes) {
    return new DiskView(
        disk.id().toString(),
        disk.node(),
        disk.path(),
        disk.pool(),
        disk.up() ? "up" : "down",
        word(disk.duty()),
        disk.capacityBytes(),
        usedBytes.getOrDefault(disk.id(), 0L),
        disk.generation(),
        disk.speedPercent(),
        disk.revision());
  }

  static VolumeView volume(
      VolumeRecord volume,
      String pool,
      String state,
      ObservedSnapshots snapshots,
      Map<Long, VolumeRecord> volumes,
      Optional<String> reservation) {
    // neither a snapshot with clones nor its volume can be deleted
    Optional<SnapshotRecord> origin = snapshots.get(volume.origin());
    return new VolumeView(
        volume.id().toString(),
        volume.name(),
        pool,
        volume.sizeBytes(),
        volume.redundancy().toString(),
        state,
        volume.owner().orElse(null),
        volume.epoch(),
        volume.promisedBlocks() * volume.redundancy().memberCount() * Geometry.BLOCK_BYTES,
        snapshots.of(volume.number()).size(),
        snapshots.foldingLayers(volume),
        origin.map(snapshot -> volumes.get(snapshot.volume()).name()),
        origin.map(SnapshotRecord::name),
        limits(volume.limits()),
        reservation,
        volume.revision());
  }

  /** The word for how a volume is reserved; empty when it isn't. */
  public static Optional<String> reservation(ReservationState state) {
    return state.simple() == null
        ? state.reserved().map(Views::word)
        : Optional.of(RESERVED_SIMPLY);
  }

  private static VolumeLimits limits(io.aerie.engine.rcd.VolumeLimits limits) {
    return new VolumeLimits(
        limit(limits.readOperations()),
        limit(limits.writeOperations()),
        limit(limits.readBytes()),
        limit(limits.writeBytes()));
  }

  private static OptionalLong limit(long perSecond) {
    return perSecond == 0 ? OptionalLong.empty() : OptionalLong.of(perSecond);
  }

  static SnapshotView snapshot(SnapshotRecord snapshot, String volume, int cloneCount) {
    return new SnapshotView(
        snapshot.id().toString(),
        snapshot.name(),
        volume,
        snapshot.ready() ? "ready" : "making",
        snapshot.sizeBytes(),
        cloneCount,
        TimedIds.timeOf(snapshot.id()),
        snapshot.createdAt());
  }

  /** RCD writes what is not known as nothing. */
  static Optional<String> known(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  /** The engine's word for when a pool is rebalanced. */
  public static BalancePolicy policy(io.aerie.storage.admin.BalancePolicy policy) {
    return BalancePolicy.valueOf(policy.name());
  }

  /** The engine's word for what can fail as one. */
  public static FailureDomain domain(io.aerie.storage.admin.FailureDomain domain) {
    return FailureDomain.valueOf(domain.name());
  }

  /** The engine's word for a protection. */
  public static Redundancy redundancy(Protection protection) {
    return new Redundancy(protection.dataCount(), protection.parityCount());
  }

  /** The job of filling what took a volume's place, or of beginning it; counted in places. */
  static Optional<JobView> conversion(VolumeRecord volume, Map<Long, VolumeRecord> volumes) {
    Conversion conversion = volume.conversion();
    if (!conversion.isFormer()) {
      return conversion
          .wish()
          .map(wish -> conversion(volume.wanted(), volume, wish.redundancy(), 0));
    }
    return Optional.ofNullable(volumes.get(conversion.successor()))
        .filter(next -> !next.conversion().isFormer())
        .map(
            next ->
                conversion(
                    volume.number(), next, next.redundancy(), next.conversion().filledPlaces()));
  }

  private static JobView conversion(long id, VolumeRecord volume, Redundancy to, long places) {
    return new JobView(
        Long.toString(id),
        "conversion",
        "running",
        volume.id().toString(),
        (int) places,
        (int) to.blocks(volume.sizeBytes()),
        places * to.spanBytes(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        volume.revision());
  }

  static JobView job(JobRecord job) {
    return new JobView(
        Long.toString(job.number()),
        word(job.kind()),
        word(job.state()),
        job.subject().toString(),
        job.groupsDone(),
        job.groupsTotal(),
        job.copiedBytes(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        job.revision());
  }
}
