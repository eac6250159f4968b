package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.ScrubAdministration.Control;
import io.aerie.storage.admin.ScrubAdministration.Scope;
import io.aerie.storage.admin.StorageViews.ScrubView;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Begins, holds and ends scrubs. */
final class ScrubChanges {
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  ScrubChanges(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  CompletableFuture<ScrubView> start(Scope scope, String nameOrId, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              long subject = replica.read(state -> subject(state, scope, nameOrId));
              RcdCommand command =
                  new RcdCommand.StartScrub(
                      UUID.randomUUID(),
                      ScrubJobRecord.Scope.valueOf(scope.name()),
                      subject,
                      System.currentTimeMillis());
              return carryOut(command, dryRun);
            });
  }

  private static long subject(RcdState state, Scope scope, String nameOrId) {
    return switch (scope) {
      case ALL -> 0L;
      case VOLUME ->
          state
              .volume(nameOrId)
              .map(VolumeRecord::number)
              .orElseThrow(() -> RcdAccess.noVolume(nameOrId));
      case POOL -> RcdAccess.pool(state, nameOrId).number();
    };
  }

  /** All commands of scrubs answer the scrub's number. */
  private CompletableFuture<ScrubView> carryOut(RcdCommand command, boolean dryRun) {
    if (dryRun) {
      return CompletableFuture.completedFuture(
          access.tried(command, (storage, answer) -> storage.scrub(answer.number()).orElseThrow()));
    }
    return rcd.submit(command)
        .thenCompose(answer -> rcd.catchUp(replica).thenApply(done -> scrub(answer.number())));
  }

  private ScrubView scrub(long number) {
    return replica
        .list(storage -> storage.scrub(number))
        .orElseThrow(() -> noScrub(Long.toString(number)));
  }

  private static AerieException noScrub(String id) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "There is no scrub '" + id + "'",
        "Of those that ended the last are remembered.",
        "Look at the list of scrubs.");
  }

  CompletableFuture<ScrubView> control(
      String id, Control control, OptionalLong expectedRevision, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              ScrubView scrub =
                  replica
                      .list(
                          storage ->
                              storage.scrubs().stream()
                                  .filter(each -> each.id().equals(id))
                                  .findFirst())
                      .orElseThrow(() -> noScrub(id));
              RcdAccess.requireRevision("Scrub " + scrub.id(), scrub.revision(), expectedRevision);
              return carryOut(
                  new RcdCommand.ControlScrub(
                      Long.parseLong(scrub.id()),
                      RcdCommand.ControlScrub.Action.valueOf(control.name())),
                  dryRun);
            });
  }
}
