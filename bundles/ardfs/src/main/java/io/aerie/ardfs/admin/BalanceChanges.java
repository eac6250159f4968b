package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.lists.Views;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.storage.admin.BalancePolicy;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Has pools rebalanced, now or by themselves. */
final class BalanceChanges {
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  BalanceChanges(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  CompletableFuture<Outcome<PoolView>> rebalance(
      String nameOrId, boolean cancel, OptionalLong expectedRevision, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              PoolRecord pool = access.pool(nameOrId, expectedRevision);
              RcdCommand command = new RcdCommand.RebalancePool(pool.id(), cancel);
              if (dryRun) {
                return CompletableFuture.completedFuture(
                    access.tried(
                        command, (storage, answer) -> outcome(storage, pool, answer, true)));
              }
              return rcd.submit(command)
                  .thenCompose(answer -> rcd.catchUp(replica).thenApply(caughtUp -> answer))
                  .thenApply(
                      answer -> replica.list(storage -> outcome(storage, pool, answer, false)));
            });
  }

  private static Outcome<PoolView> outcome(
      ObservedStorage storage, PoolRecord pool, RcdAnswer answer, boolean dryRun) {
    PoolView view = storage.pool(pool.number()).orElseThrow();
    return new Outcome<>(
        view,
        dryRun,
        Math.max(0, view.capacityBytes() - view.reservedBytes()),
        0,
        answer.explanation());
  }

  CompletableFuture<PoolView> choose(
      String nameOrId, BalancePolicy policy, OptionalLong expectedRevision, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              PoolRecord pool = access.pool(nameOrId, expectedRevision);
              return access.carriedOut(
                  new RcdCommand.AssignBalance(pool.id(), Views.policy(policy)),
                  storage -> storage.pool(pool.number()),
                  dryRun,
                  access::submitted);
            });
  }
}
