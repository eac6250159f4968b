package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.RecoveryView;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What can be saved where all members that had everything are away: with loss, never by itself. */
public interface RecoveryAdministration {
  /**
   * Volumes that can't be read somewhere, because nobody who is complete is there: for each group
   * of theirs which copy there is to go on with, or why there is none. Changes nothing.
   */
  List<RecoveryView> recovery();

  /**
   * Goes on with a stale copy in every group of a pool where {@link #recovery} shows one that may
   * be taken; others stay as they are. What the copies lack is lost for good, and whoever was
   * complete is never believed again. Answers when it is decided; the pool's volumes serve a moment
   * later. NOT_FOUND, PRECONDITION_FAILED (revision given and stale, or a group changed at that
   * moment), and when there is nothing to take CONFLICT (all groups have somebody complete),
   * MEMBER_MAY_RETURN or NOT_RECOVERABLE.
   *
   * @param expectedRevision of the pool: it is another when any of its groups has changed
   */
  CompletableFuture<Outcome<PoolView>> acceptStale(
      String poolNameOrId, OptionalLong expectedRevision, boolean dryRun);
}
