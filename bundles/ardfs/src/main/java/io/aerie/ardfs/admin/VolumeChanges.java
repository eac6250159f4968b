package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.lists.Views;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** Volumes that are made and deleted, and what their clients may ask of them. */
final class VolumeChanges {
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  VolumeChanges(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  CompletableFuture<Outcome<VolumeView>> create(
      String name, ByteSize size, String pool, Protection protection, boolean dryRun) {
    Names.check("volume", name);
    RcdCommand command =
        new RcdCommand.CreateVolume(
            UUID.randomUUID(),
            name,
            size.bytes(),
            pool,
            Views.redundancy(protection),
            ThreadLocalRandom.current().nextLong());
    if (dryRun) {
      return CompletableFuture.completedFuture(
          access.tried(
              command,
              (storage, answer) ->
                  RcdAccess.outcome(answer, storage.volume(name).orElseThrow(), true)));
    }
    return rcd.submit(command)
        .thenCompose(
            answer ->
                access
                    .made(answer.number(), name)
                    .thenApply(view -> RcdAccess.outcome(answer, view, false)));
  }

  CompletableFuture<Outcome<VolumeView>> delete(
      String nameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenApply(done -> replica.list(storage -> volume(storage, nameOrId)))
        .thenCompose(before -> delete(before, expectedRevision, dryRun));
  }

  private static VolumeView volume(ObservedStorage storage, String nameOrId) {
    return storage.volume(nameOrId).orElseThrow(() -> RcdAccess.noVolume(nameOrId));
  }

  /**
   * The volume was there when this was asked. If the log then says that it is not, it was deleted
   * meanwhile: by an earlier try of this very command whose answer was lost (the log carries out
   * twice what was not answered in time), or by somebody else. It is gone, as was asked.
   */
  private CompletableFuture<Outcome<VolumeView>> delete(
      VolumeView before, OptionalLong expectedRevision, boolean dryRun) {
    RcdCommand command =
        new RcdCommand.DeleteVolume(
            UUID.fromString(before.id()), expectedRevision.orElse(ClusterStorage.ANY_REVISION));
    if (dryRun) {
      return CompletableFuture.completedFuture(
          access.tried(command, (storage, answer) -> RcdAccess.outcome(answer, before, true)));
    }
    return rcd.submitDeletion(command)
        .thenCompose(
            answer ->
                replica
                    .await(state -> state.volume(before.id()).isEmpty())
                    .thenApply(
                        done ->
                            RcdAccess.outcome(
                                answer.orElseGet(() -> gone(before)), before, false)));
  }

  private RcdAnswer gone(VolumeView before) {
    long freeBytes =
        replica
            .list(storage -> storage.pool(before.pool(), Map.of()))
            .map(pool -> pool.capacityBytes() - pool.reservedBytes())
            .orElse(0L);
    return new RcdAnswer(Optional.empty(), 0, freeBytes, 0, List.of());
  }

  CompletableFuture<Outcome<VolumeView>> limit(
      String nameOrId, VolumeLimits change, OptionalLong expectedRevision, boolean dryRun) {
    if (change.equals(VolumeLimits.NONE)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "No limit is given",
          "What is not given stays as it is.",
          "Give a limit for operations or bytes, 0 to take one away.");
    }
    return access
        .volume(nameOrId)
        .thenCompose(volume -> limit(volume, change, expectedRevision, dryRun));
  }

  private CompletableFuture<Outcome<VolumeView>> limit(
      VolumeRecord volume, VolumeLimits change, OptionalLong expectedRevision, boolean dryRun) {
    RcdCommand command =
        new RcdCommand.LimitVolume(
            volume.id(),
            new io.aerie.engine.rcd.VolumeLimits(
                kept(change.readOperationsPerSecond()),
                kept(change.writeOperationsPerSecond()),
                kept(change.readBytesPerSecond()),
                kept(change.writeBytesPerSecond())),
            expectedRevision.orElse(ClusterStorage.ANY_REVISION));
    String why = "What its clients ask beyond its limits waits, and what waits is looked at anew.";
    if (dryRun) {
      return access.tried(
          command, volume, why, (storage, answer) -> storage.volume(volume.number()).orElseThrow());
    }
    return rcd.submit(command)
        .thenCompose(answer -> access.volume(volume.id().toString()))
        .thenApply(now -> access.done(now, why, access.view(now)));
  }

  private static long kept(OptionalLong limit) {
    return limit.orElse(io.aerie.engine.rcd.VolumeLimits.KEEP);
  }
}
