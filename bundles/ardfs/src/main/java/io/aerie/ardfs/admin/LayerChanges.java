package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.TimedIds;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Snapshots, what is made of them, and other sizes of volumes. */
final class LayerChanges {
  /** Draining takes two seconds at most, and is tried again; a face waits ten. */
  private static final long MAKING_SECONDS_MAX = 8;

  /** A volume changes by itself when it gets another owner: then it is looked at again. */
  private static final int REVERTS_MAX = 3;

  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  LayerChanges(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  CompletableFuture<Outcome<SnapshotView>> create(String of, String name, boolean dryRun) {
    Names.check("snapshot", name);
    return access.volume(of).thenCompose(volume -> create(volume, name, dryRun));
  }

  private CompletableFuture<Outcome<SnapshotView>> create(
      VolumeRecord volume, String name, boolean dryRun) {
    UUID id = TimedIds.make(System.currentTimeMillis(), ThreadLocalRandom.current());
    RcdCommand command = new RcdCommand.CreateSnapshot(id, name, volume.id());
    String why =
        rawBytes(volume, volume.sizeBytes())
            + " raw is set aside: volume '"
            + volume.name()
            + "' may be written anew as a whole while the snapshot keeps what it had.";
    if (dryRun) {
      return access.tried(
          command,
          volume,
          why,
          (storage, answer) -> storage.snapshot(answer.number()).orElseThrow());
    }
    return rcd.submit(command)
        .thenCompose(answer -> made(volume, answer.number(), name))
        .thenApply(view -> access.done(volume, why, view));
  }

  private CompletableFuture<SnapshotView> made(VolumeRecord volume, long number, String name) {
    return rcd.catchUp(replica)
        .thenCompose(
            done ->
                replica
                    .await(state -> state.snapshot(number).map(SnapshotRecord::ready).orElse(true))
                    .orTimeout(MAKING_SECONDS_MAX, TimeUnit.SECONDS))
        .exceptionally(
            failure -> {
              Throwable cause = Causes.of(failure);
              throw cause instanceof TimeoutException
                  ? stillMaking(volume, name)
                  : new CompletionException(cause);
            })
        .thenApply(
            done ->
                replica
                    .list(storage -> storage.snapshot(number))
                    .orElseThrow(() -> RcdAccess.deletedMeanwhile("Snapshot", name)));
  }

  private static AerieException stillMaking(VolumeRecord volume, String name) {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "Snapshot '" + name + "' of volume '" + volume.name() + "' is still being made",
        "The volume's owner waits until all writes that are under way are done.",
        "It is made when its state is ready; delete it to give it up.");
  }

  CompletableFuture<Outcome<SnapshotView>> delete(
      String of, String nameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return access
        .volume(of)
        .thenCompose(
            volume -> {
              SnapshotRecord snapshot = access.snapshot(volume, nameOrId);
              RcdAccess.requireRevision(
                  "Snapshot '" + snapshot.name() + "'", snapshot.createdAt(), expectedRevision);
              return delete(volume, snapshot, dryRun);
            });
  }

  /** What is not there any more when the log has come to the command is gone, as was asked. */
  private CompletableFuture<Outcome<SnapshotView>> delete(
      VolumeRecord volume, SnapshotRecord snapshot, boolean dryRun) {
    RcdCommand command = new RcdCommand.DeleteSnapshot(snapshot.id());
    SnapshotView before =
        replica.list(storage -> storage.snapshot(snapshot.number())).orElseThrow();
    String why =
        rawBytes(volume, snapshot.sizeBytes())
            + " raw is given back when what only this snapshot held is removed, in the background.";
    if (dryRun) {
      return access.tried(command, volume, why, (storage, answer) -> before);
    }
    return rcd.submitDeletion(command)
        .thenCompose(answer -> replica.await(state -> state.snapshot(snapshot.number()).isEmpty()))
        .thenApply(gone -> access.done(volume, why, before));
  }

  CompletableFuture<Outcome<VolumeView>> clone(
      String of, String nameOrId, String name, boolean dryRun) {
    Names.check("volume", name);
    return access
        .volume(of)
        .thenCompose(volume -> clone(volume, access.snapshot(volume, nameOrId), name, dryRun));
  }

  private CompletableFuture<Outcome<VolumeView>> clone(
      VolumeRecord volume, SnapshotRecord snapshot, String name, boolean dryRun) {
    RcdCommand command =
        new RcdCommand.CloneSnapshot(
            UUID.randomUUID(),
            name,
            snapshot.id(),
            volume.redundancy(),
            ThreadLocalRandom.current().nextLong());
    String why =
        rawBytes(volume, snapshot.sizeBytes())
            + " raw is set aside for what will be written to it. It reads all else from snapshot '"
            + snapshot.name()
            + "', which can't be deleted as long.";
    if (dryRun) {
      return access.tried(
          command, volume, why, (storage, answer) -> storage.volume(answer.number()).orElseThrow());
    }
    return rcd.submit(command)
        .thenCompose(answer -> access.made(answer.number(), name))
        .thenApply(view -> access.done(volume, why, view));
  }

  CompletableFuture<Outcome<VolumeView>> revert(
      String of, String nameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return access
        .volume(of)
        .thenCompose(
            volume -> {
              SnapshotRecord snapshot = access.snapshot(volume, nameOrId);
              return dryRun
                  ? access.tried(
                      revert(volume, snapshot, expectedRevision),
                      volume,
                      reverted(snapshot),
                      (storage, answer) -> storage.volume(volume.number()).orElseThrow())
                  : revert(volume, snapshot, expectedRevision, REVERTS_MAX);
            });
  }

  private static RcdCommand revert(
      VolumeRecord volume, SnapshotRecord snapshot, OptionalLong expectedRevision) {
    return new RcdCommand.RevertVolume(
        volume.id(), snapshot.id(), expectedRevision.orElse(volume.revision()));
  }

  private static String reverted(SnapshotRecord snapshot) {
    return "It has "
        + new ByteSize(snapshot.sizeBytes())
        + " as in snapshot '"
        + snapshot.name()
        + "'. What no snapshot kept of its later content is removed in the background.";
  }

  /**
   * The command departs from a revision, so that going back happens once. When the volume has
   * another by then, an earlier try whose answer was lost may have done it, or the volume only got
   * another owner.
   */
  private CompletableFuture<Outcome<VolumeView>> revert(
      VolumeRecord before, SnapshotRecord snapshot, OptionalLong expected, int attemptsLeft) {
    return rcd.submit(revert(before, snapshot, expected))
        .handle((answer, failure) -> Optional.ofNullable(failure))
        .thenCompose(
            failure -> {
              if (failure.isPresent() && !RcdClient.isPreconditionFailed(failure.get())) {
                return CompletableFuture.failedFuture(failure.get());
              }
              return access
                  .volume(before.id().toString())
                  .thenCompose(
                      now -> reverted(before, now, snapshot, expected, attemptsLeft, failure));
            });
  }

  private CompletableFuture<Outcome<VolumeView>> reverted(
      VolumeRecord before,
      VolumeRecord now,
      SnapshotRecord snapshot,
      OptionalLong expected,
      int attemptsLeft,
      Optional<Throwable> refusal) {
    if (refusal.isEmpty() || standsOn(now, before, snapshot)) {
      return CompletableFuture.completedFuture(
          access.done(now, reverted(snapshot), access.view(now)));
    }
    return expected.isEmpty() && attemptsLeft > 1
        ? revert(now, snapshot, expected, attemptsLeft - 1)
        : CompletableFuture.failedFuture(refusal.get());
  }

  private static boolean standsOn(VolumeRecord now, VolumeRecord before, SnapshotRecord snapshot) {
    return now.live().number() != before.live().number() && now.live().parent() == snapshot.layer();
  }

  CompletableFuture<Outcome<VolumeView>> resize(
      String of, ByteSize size, boolean force, OptionalLong expectedRevision, boolean dryRun) {
    return access
        .volume(of)
        .thenCompose(
            volume -> {
              RcdCommand command =
                  new RcdCommand.ResizeVolume(
                      volume.id(),
                      size.bytes(),
                      force,
                      expectedRevision.orElse(ClusterStorage.ANY_REVISION));
              String why = resized(volume, size);
              if (dryRun) {
                return access.tried(
                    command,
                    volume,
                    why,
                    (storage, answer) -> storage.volume(volume.number()).orElseThrow());
              }
              return rcd.submit(command)
                  .thenCompose(answer -> access.volume(volume.id().toString()))
                  .thenApply(now -> access.done(now, why, access.view(now)));
            });
  }

  private static String resized(VolumeRecord volume, ByteSize size) {
    if (size.bytes() == volume.sizeBytes()) {
      return "It has this size already.";
    }
    return size.bytes() > volume.sizeBytes()
        ? "It had " + new ByteSize(volume.sizeBytes()) + "; what is new reads as zeroes."
        : "What lay behind " + size + " is lost, but for what snapshots keep.";
  }

  /** All that may come to be written to so much of the volume, on all its members. */
  private static ByteSize rawBytes(VolumeRecord volume, long sizeBytes) {
    return new ByteSize(
        volume.redundancy().blocks(sizeBytes)
            * volume.redundancy().memberCount()
            * Geometry.BLOCK_BYTES);
  }
}
