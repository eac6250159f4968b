package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.Views;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Other protections of volumes. */
final class ConversionChanges {
  /** Draining takes two seconds at most, and is tried again; a face waits ten. */
  private static final long BEGINNING_SECONDS_MAX = 8;

  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  ConversionChanges(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  CompletableFuture<Outcome<VolumeView>> convert(
      String nameOrId, Protection protection, OptionalLong expectedRevision, boolean dryRun) {
    Redundancy to = Views.redundancy(protection);
    return access
        .volume(nameOrId)
        .thenCompose(volume -> convert(volume, to, expectedRevision, dryRun));
  }

  private CompletableFuture<Outcome<VolumeView>> convert(
      VolumeRecord volume, Redundancy to, OptionalLong expectedRevision, boolean dryRun) {
    RcdCommand command =
        new RcdCommand.ConvertVolume(
            volume.id(),
            to,
            UUID.randomUUID(),
            ThreadLocalRandom.current().nextLong(),
            expectedRevision.orElse(ClusterStorage.ANY_REVISION));
    String why = explained(volume, to);
    if (dryRun) {
      return access.tried(
          command, volume, why, (storage, answer) -> storage.volume(volume.number()).orElseThrow());
    }
    return rcd.submit(command)
        .thenCompose(answer -> begun(volume))
        .thenCompose(done -> access.volume(volume.id().toString()))
        .thenApply(
            now -> {
              if (!now.redundancy().equals(to)) {
                throw given(volume, to);
              }
              return access.done(now, why, access.view(now));
            });
  }

  private static String explained(VolumeRecord volume, Redundancy to) {
    if (volume.redundancy().equals(to)) {
      return "It has " + to + " already.";
    }
    long bytes = to.blocks(volume.sizeBytes()) * to.memberCount() * Geometry.BLOCK_BYTES;
    return new ByteSize(bytes)
        + " raw is set aside for "
        + to
        + "; what is set aside for "
        + volume.redundancy()
        + " is given back when all is there. Clients go on meanwhile.";
  }

  private CompletableFuture<Void> begun(VolumeRecord volume) {
    String id = volume.id().toString();
    return rcd.catchUp(replica)
        .thenCompose(
            done ->
                replica
                    .await(state -> state.volume(id).map(v -> v.wanted() == 0).orElse(true))
                    .orTimeout(BEGINNING_SECONDS_MAX, TimeUnit.SECONDS))
        .handle(
            (done, failure) -> {
              Throwable cause = failure == null ? null : Causes.of(failure);
              if (cause instanceof TimeoutException) {
                throw waiting(volume);
              } else if (cause != null) {
                throw new CompletionException(cause);
              }
              return null;
            });
  }

  private static AerieException waiting(VolumeRecord volume) {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "The conversion of volume '" + volume.name() + "' has not begun yet",
        "The volume's owner waits until all writes that are under way are done.",
        "It has begun when the volume shows the new protection.");
  }

  private static AerieException given(VolumeRecord volume, Redundancy to) {
    return new AerieException(
        ErrorCode.CONFLICT,
        "Volume '" + volume.name() + "' was not converted to " + to,
        "Others took the room, too few nodes were up, or something else was asked of it meanwhile.",
        "Look at it, and try again.");
  }
}
