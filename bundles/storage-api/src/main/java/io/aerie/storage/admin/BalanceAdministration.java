package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Giving each disk of a pool what it is due, by its capacity and speed. */
public interface BalanceAdministration {
  /**
   * Moves as little as makes the shares of a pool's disks equal, after all that is to be rebuilt or
   * emptied, while all disks serve as before; or ends that: what has moved stays where it is.
   * Answers when it is begun: the pool's job tells how far it is, {@code explanation} how much is
   * to move from where to where. NOT_FOUND, PRECONDITION_FAILED (revision given and stale).
   *
   * @param cancel call it off
   */
  CompletableFuture<Outcome<PoolView>> rebalancePool(
      String nameOrId, boolean cancel, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Says whether a pool is rebalanced by itself: a minute after the shares of some of its disks
   * began to differ by more than 10 %. NOT_FOUND, PRECONDITION_FAILED.
   */
  CompletableFuture<PoolView> chooseBalance(
      String nameOrId, BalancePolicy policy, OptionalLong expectedRevision, boolean dryRun);
}
