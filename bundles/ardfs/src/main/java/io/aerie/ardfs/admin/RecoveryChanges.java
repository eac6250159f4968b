package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.Recoveries;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.RecoveryView;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Shows what is left of groups that lost all who were complete, and goes on with it. */
final class RecoveryChanges {
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  RecoveryChanges(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  List<RecoveryView> list() {
    return replica.read(Recoveries::of);
  }

  CompletableFuture<Outcome<PoolView>> accept(
      String nameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              PoolRecord pool = access.pool(nameOrId, expectedRevision);
              List<RecoveryView> parts =
                  list().stream().filter(part -> part.pool().equals(pool.name())).toList();
              RcdCommand command = command(pool, parts);
              return access
                  .carriedOut(
                      command, storage -> storage.pool(pool.number()), dryRun, access::submitted)
                  .thenApply(view -> outcome(view, parts, dryRun));
            });
  }

  private static RcdCommand command(PoolRecord pool, List<RecoveryView> parts) {
    TreeMap<Long, RcdCommand.AcceptStale.Copy> copies = new TreeMap<>();
    for (RecoveryView part : parts) {
      if (part.refusal().isEmpty()) {
        copies.put(
            part.group(),
            new RcdCommand.AcceptStale.Copy(
                part.groupEpoch(), UUID.fromString(part.disk().orElseThrow())));
      }
    }
    if (copies.isEmpty()) {
      throw parts.isEmpty() ? nothing(pool) : refusal(parts.get(0));
    }
    return new RcdCommand.AcceptStale(copies);
  }

  private static AerieException nothing(PoolRecord pool) {
    return new AerieException(
        ErrorCode.CONFLICT,
        "Nothing of pool '" + pool.name() + "' needs a stale copy",
        "All groups of its volumes have a member that is complete.",
        "");
  }

  private static AerieException refusal(RecoveryView part) {
    ErrorCode code =
        part.refusal().filter(ErrorCode.MEMBER_MAY_RETURN.code()::equals).isPresent()
            ? ErrorCode.MEMBER_MAY_RETURN
            : ErrorCode.NOT_RECOVERABLE;
    return new AerieException(
        code,
        "No stale copy can be taken",
        part.reason().orElse(""),
        "volume:recover lists all groups, and what each waits for.");
  }

  private static Outcome<PoolView> outcome(
      PoolView pool, List<RecoveryView> parts, boolean dryRun) {
    List<String> sentences = new ArrayList<>();
    for (RecoveryView part : parts) {
      String whose = part.name().isEmpty() ? "No volume" : "Volume '" + part.name() + "'";
      String what =
          whose
              + ", group "
              + part.group()
              + ", up to "
              + new ByteSize(part.affectedBytes())
              + ": ";
      sentences.add(
          what
              + part.reason()
                  .map(reason -> "stays as it is. " + reason)
                  .orElseGet(
                      () ->
                          "the "
                              + part.copy().orElse("")
                              + " copy on disk "
                              + part.disk().orElse("")
                              + age(part)
                              + ". What was written since is lost."));
    }
    long freeBytes = Math.max(0, pool.capacityBytes() - pool.reservedBytes());
    return new Outcome<>(pool, dryRun, freeBytes, 0, sentences);
  }

  private static String age(RecoveryView part) {
    return part.staleSince().isPresent()
        ? " is what is left, as it was at epoch "
            + part.staleSince().getAsLong()
            + " of the group, which is at "
            + part.groupEpoch()
        : " is what is left, with blocks of different times, some of them from before it was away";
  }
}
