package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Where nodes stand, how fast disks are, and over what pools spread what they keep. */
public interface TopologyAdministration {
  /**
   * Says where a node stands; what is not given stays, what is given and empty is not known.
   * NOT_FOUND, INVALID_VALUE (nothing is given), INVALID_NAME, PROTECTION_IMPOSSIBLE (volumes that
   * there are would have two members in one domain), PRECONDITION_FAILED (revision given and
   * stale).
   */
  CompletableFuture<NodeView> locateNode(
      String node,
      Optional<String> rack,
      Optional<String> site,
      OptionalLong expectedRevision,
      boolean dryRun);

  /**
   * Has a pool keep each copy or fragment of a block in another domain of that level. NOT_FOUND,
   * PROTECTION_IMPOSSIBLE (volumes that there are do not lie so), UNAVAILABLE (ConfigDB, where the
   * wish for the pool is), PRECONDITION_FAILED.
   */
  CompletableFuture<PoolView> spreadPool(
      String nameOrId, FailureDomain level, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Says how fast a disk is, in percent of what its peers do: its share of the groups that are made
   * from then on is in proportion to it. NOT_FOUND, INVALID_VALUE, PRECONDITION_FAILED.
   */
  CompletableFuture<DiskView> measureDisk(
      String id, int speedPercent, OptionalLong expectedRevision, boolean dryRun);
}
