package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.ExtentsView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import io.aerie.storage.block.Extent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Volumes and snapshots on {@link FakeHardware}. */
public final class FakeStorage extends FakeHardware implements StorageAdministration {
  private final TreeMap<String, VolumeView> volumes = new TreeMap<>();
  private final Map<String, VolumeLimits> limits = new HashMap<>();
  private final TreeMap<String, SnapshotView> snapshots = new TreeMap<>();
  private final FakeJobs jobs = new FakeJobs();
  private String elsewhere;

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
    return jobs.look();
  }

  /** What one sees of the job who looks once, and again. */
  public void seen(JobView... seen) {
    jobs.seen(seen);
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
    if (pools().stream().noneMatch(known -> known.name().equals(pool))) {
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
  public CompletableFuture<Outcome<VolumeView>> convertVolume(
      String nameOrId, Protection protection, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          VolumeView volume = find(nameOrId);
          check(volume, expectedRevision);
          VolumeView converted =
              volume(volume.name(), volume.sizeBytes(), volume.pool(), protection.toString());
          if (!dryRun) {
            volumes.put(volume.name(), converted);
          }
          return new Outcome<>(converted, dryRun, CAPACITY, 1, List.of("Clients go on."));
        });
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
                  nextRevision());
          if (!dryRun) {
            snapshots.put(made.id(), made);
          }
          return new Outcome<>(made, dryRun, CAPACITY, 2, List.of("Room is set aside."));
        });
  }

  /** Each MiB has data in its first half, or differs there; two MiB a page. */
  @Override
  public CompletableFuture<ExtentsView> extents(
      String volume, String snapshot, Optional<String> since, long offset, int limit) {
    return change(
        () -> {
          SnapshotView found = find(find(volume), snapshot);
          since.ifPresent(other -> find(find(volume), other));
          List<Extent> extents = new ArrayList<>();
          long at = offset;
          while (at < Math.min(found.sizeBytes(), offset + (2 << 20)) && extents.size() < limit) {
            extents.add(new Extent(at, 1 << 19, since.isPresent()));
            at += 1 << 20;
          }
          OptionalLong next = at < found.sizeBytes() ? OptionalLong.of(at) : OptionalLong.empty();
          return new ExtentsView(
              found.volume(), found.name(), since, found.sizeBytes(), extents, next);
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

  @Override
  public CompletableFuture<Outcome<VolumeView>> limitVolume(
      String nameOrId, VolumeLimits change, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          VolumeView of = find(nameOrId);
          check(of, expectedRevision);
          VolumeLimits before = of.limits();
          VolumeLimits now =
              new VolumeLimits(
                  laidOver(before.readOperationsPerSecond(), change.readOperationsPerSecond()),
                  laidOver(before.writeOperationsPerSecond(), change.writeOperationsPerSecond()),
                  laidOver(before.readBytesPerSecond(), change.readBytesPerSecond()),
                  laidOver(before.writeBytesPerSecond(), change.writeBytesPerSecond()));
          limits.put(of.name(), now);
          VolumeView limited = volume(of.name(), of.sizeBytes(), of.pool(), of.protection());
          if (dryRun) {
            limits.put(of.name(), before);
          } else {
            volumes.put(of.name(), limited);
          }
          return new Outcome<>(limited, dryRun, CAPACITY, 2, List.of("The rest waits."));
        });
  }

  private static OptionalLong laidOver(OptionalLong before, OptionalLong change) {
    if (change.isEmpty()) {
      return before;
    }
    if (change.getAsLong() < 0) {
      throw new AerieException(ErrorCode.INVALID_VALUE, "That can't be a limit");
    }
    return change.getAsLong() == 0 ? OptionalLong.empty() : change;
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
        limits.getOrDefault(name, VolumeLimits.NONE),
        reservationType(name),
        nextRevision());
  }
}
