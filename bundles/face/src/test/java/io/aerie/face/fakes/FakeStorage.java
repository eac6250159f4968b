package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One pool "default" of 64 GiB on node n1; can be told to never answer. */
public final class FakeStorage extends FakeScrubs implements StorageAdministration {
  private static final NodeId N1 = new NodeId("n1");
  private static final long CAPACITY = 64L << 30;

  private final TreeMap<String, VolumeView> volumes = new TreeMap<>();
  private final TreeMap<String, SnapshotView> snapshots = new TreeMap<>();
  private final TreeMap<String, DiskView> disks = new TreeMap<>();
  private final TreeMap<String, PoolView> pools = new TreeMap<>();
  private long revision = 10;
  private String nodeState = "up";
  private RuntimeException failure;
  private String elsewhere;

  /** With the pool. */
  public FakeStorage() {
    pools.put("default", pool("default"));
  }

  /** What storage thinks of n1. */
  public void nodeState(String state) {
    nodeState = state;
  }

  /** Every change fails like this from now on. */
  public void failWith(RuntimeException exception) {
    failure = exception;
  }

  @Override
  public List<NodeView> nodes() {
    return List.of(new NodeView(N1, nodeState, 3, 2, volumes.size(), 7));
  }

  @Override
  public List<DiskView> disks() {
    return List.copyOf(disks.values());
  }

  @Override
  public List<PoolView> pools() {
    return List.copyOf(pools.values());
  }

  /** What another node made: on the lists once they have caught up. */
  public void madeElsewhere(String volume) {
    elsewhere = volume;
  }

  @Override
  public CompletableFuture<Void> catchUp() {
    return change(
        () -> {
          if (elsewhere != null) {
            volumes.put(elsewhere, volume(elsewhere, 1 << 20, "default", "rf2"));
          }
          return null;
        });
  }

  @Override
  public List<VolumeView> volumes() {
    return List.copyOf(volumes.values());
  }

  @Override
  public List<JobView> jobs() {
    return List.of(
        new JobView(
            "j1",
            "resynchronisation",
            "running",
            "d1",
            5,
            OptionalLong.empty(),
            OptionalLong.of(9),
            8));
  }

  @Override
  public CompletableFuture<Outcome<DiskView>> addDisk(
      String path, String pool, boolean force, boolean dryRun) {
    return change(
        () -> {
          DiskView disk =
              new DiskView(
                  "d-" + path.hashCode(), N1, path, pool, "up", CAPACITY, 0, 1, ++revision);
          if (!dryRun) {
            disks.put(path, disk);
          }
          return new Outcome<>(disk, dryRun, CAPACITY, 0, List.of("The pool grows."));
        });
  }

  @Override
  public CompletableFuture<Outcome<PoolView>> createPool(String name, boolean dryRun) {
    return change(
        () -> {
          Names.check("pool", name);
          if (pools.containsKey(name)) {
            throw new AerieException(ErrorCode.ALREADY_EXISTS, "There is a pool '" + name + "'");
          }
          PoolView pool = pool(name);
          if (!dryRun) {
            pools.put(name, pool);
          }
          return new Outcome<>(pool, dryRun, CAPACITY, 0, List.of());
        });
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> createVolume(
      String name, ByteSize size, String pool, Protection protection, boolean dryRun) {
    return change(
        () -> {
          Names.check("volume", name);
          check(name, size, pool, protection);
          VolumeView volume = volume(name, size.bytes(), pool, protection.toString());
          if (!dryRun) {
            volumes.put(name, volume);
          }
          return new Outcome<>(
              volume,
              dryRun,
              CAPACITY - raw(size, protection),
              protection.parityCount(),
              List.of("Each of " + protection.memberCount() + " nodes keeps a part."));
        });
  }

  private static long raw(ByteSize size, Protection protection) {
    return size.bytes() * protection.memberCount() / protection.dataCount();
  }

  private void check(String name, ByteSize size, String pool, Protection protection) {
    if (size.bytes() == 0 || size.bytes() % 4096 != 0) {
      throw new AerieException(
          ErrorCode.INVALID_SIZE,
          "A volume can't have " + size.bytes() + " bytes",
          "It is a multiple of 4 KiB.",
          "");
    }
    if (volumes.containsKey(name)) {
      throw new AerieException(ErrorCode.ALREADY_EXISTS, "There is a volume '" + name + "'");
    }
    if (!pools.containsKey(pool)) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no pool '" + pool + "'");
    }
    if (raw(size, protection) > CAPACITY) {
      throw new AerieException(
          ErrorCode.CAPACITY_EXCEEDED,
          "The pool has too little space",
          "64 GiB are free.",
          "Add disks.");
    }
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> deleteVolume(
      String nameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          VolumeView volume = find(nameOrId);
          check(volume, expectedRevision);
          if (!dryRun) {
            volumes.remove(volume.name());
          }
          return new Outcome<>(volume, dryRun, CAPACITY, 0, List.of());
        });
  }

  private VolumeView find(String nameOrId) {
    return volumes.values().stream()
        .filter(v -> v.name().equals(nameOrId) || v.id().equals(nameOrId))
        .findFirst()
        .orElseThrow(
            () -> new AerieException(ErrorCode.NOT_FOUND, "There is no volume '" + nameOrId + "'"));
  }

  private static void check(VolumeView volume, OptionalLong expectedRevision) {
    if (expectedRevision.isPresent() && expectedRevision.getAsLong() != volume.revision()) {
      throw new AerieException(ErrorCode.PRECONDITION_FAILED, "The volume has changed");
    }
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> resizeVolume(
      String nameOrId,
      ByteSize size,
      boolean force,
      OptionalLong expectedRevision,
      boolean dryRun) {
    return change(
        () -> {
          VolumeView volume = find(nameOrId);
          check(volume, expectedRevision);
          if (size.bytes() < volume.sizeBytes() && !force) {
            throw new AerieException(ErrorCode.PRECONDITION_FAILED, "It would become smaller");
          }
          VolumeView resized =
              volume(volume.name(), size.bytes(), volume.pool(), volume.protection());
          if (!dryRun) {
            volumes.put(volume.name(), resized);
          }
          return new Outcome<>(resized, dryRun, CAPACITY, 2, List.of("It has another size."));
        });
  }

  @Override
  public List<SnapshotView> snapshots() {
    return List.copyOf(snapshots.values());
  }

  private SnapshotView find(VolumeView volume, String nameOrId) {
    return snapshots.values().stream()
        .filter(s -> s.volume().equals(volume.name()))
        .filter(s -> s.name().equals(nameOrId) || s.id().equals(nameOrId))
        .findFirst()
        .orElseThrow(
            () ->
                new AerieException(ErrorCode.NOT_FOUND, "There is no snapshot '" + nameOrId + "'"));
  }

  @Override
  public CompletableFuture<Outcome<SnapshotView>> createSnapshot(
      String volume, String name, boolean dryRun) {
    return change(
        () -> {
          VolumeView of = find(volume);
          SnapshotView made =
              new SnapshotView(
                  "id-" + volume + "-" + name,
                  name,
                  of.name(),
                  "ready",
                  of.sizeBytes(),
                  0,
                  Optional.of(Instant.EPOCH),
                  ++revision);
          if (!dryRun) {
            snapshots.put(made.id(), made);
          }
          return new Outcome<>(made, dryRun, CAPACITY, 2, List.of("Room is set aside."));
        });
  }

  @Override
  public CompletableFuture<Outcome<SnapshotView>> deleteSnapshot(
      String volume, String snapshot, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          SnapshotView found = find(find(volume), snapshot);
          if (expectedRevision.isPresent() && expectedRevision.getAsLong() != found.revision()) {
            throw new AerieException(ErrorCode.PRECONDITION_FAILED, "The snapshot has changed");
          }
          if (!dryRun) {
            snapshots.remove(found.id());
          }
          return new Outcome<>(found, dryRun, CAPACITY, 2, List.of());
        });
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> cloneSnapshot(
      String volume, String snapshot, String name, boolean dryRun) {
    return change(
        () -> {
          VolumeView of = find(volume);
          SnapshotView from = find(of, snapshot);
          VolumeView clone =
              volume(name, from.sizeBytes(), of.pool(), of.protection(), of.name(), from.name());
          if (!dryRun) {
            volumes.put(name, clone);
          }
          return new Outcome<>(clone, dryRun, CAPACITY, 2, List.of("It reads the snapshot."));
        });
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> revertVolume(
      String volume, String snapshot, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          VolumeView of = find(volume);
          check(of, expectedRevision);
          SnapshotView to = find(of, snapshot);
          VolumeView back = volume(of.name(), to.sizeBytes(), of.pool(), of.protection());
          if (!dryRun) {
            volumes.put(of.name(), back);
          }
          return new Outcome<>(back, dryRun, CAPACITY, 2, List.of("It is as it was."));
        });
  }

  private <T> CompletableFuture<T> change(Supplier<T> action) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    try {
      return CompletableFuture.completedFuture(action.get());
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private VolumeView volume(String name, long sizeBytes, String pool, String protection) {
    return volume(name, sizeBytes, pool, protection, null, null);
  }

  private VolumeView volume(
      String name,
      long sizeBytes,
      String pool,
      String protection,
      String originVolume,
      String originSnapshot) {
    long its = snapshots.values().stream().filter(s -> s.volume().equals(name)).count();
    return new VolumeView(
        "id-" + name,
        name,
        pool,
        sizeBytes,
        protection,
        "healthy",
        N1,
        1,
        3 * sizeBytes,
        (int) its,
        0,
        Optional.ofNullable(originVolume),
        Optional.ofNullable(originSnapshot),
        ++revision);
  }

  private PoolView pool(String name) {
    return new PoolView(
        "pool-" + name,
        name,
        "healthy",
        CAPACITY,
        1 << 20,
        0,
        new TreeMap<>(Map.of("rf2", CAPACITY / 2, "rf3", CAPACITY / 3)),
        2,
        8,
        8,
        0,
        ++revision);
  }
}
