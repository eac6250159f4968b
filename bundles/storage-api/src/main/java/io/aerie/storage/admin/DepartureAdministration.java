package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.NodeView;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Storage's part in a node's leaving for good. Both steps may be repeated. */
public interface DepartureAdministration {
  /**
   * Tells that a node is to leave: it gets no volume to own, disk, client or next life any more,
   * and its present life ends. Complete when that is over, with the node as it is then. NOT_FOUND,
   * IN_USE (it has disks: the text names them), PRECONDITION_FAILED (it is the only node; revision
   * given and stale, unless it is leaving already), TIMED_OUT (its life has not ended: it is told,
   * and others wait for it).
   */
  CompletableFuture<NodeView> retireNode(
      String node, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Forgets a node whose life is over and that was told to leave: nobody asks for its vote any
   * more. Nothing happens when there is no such node. PRECONDITION_FAILED (it lives, or was not
   * told).
   */
  CompletableFuture<Void> forgetNode(String node);
}
