package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.Views;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.storage.admin.FailureDomain;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Says where nodes stand, how fast disks are, and over what pools spread. */
final class TopologyChanges {
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  TopologyChanges(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  CompletableFuture<NodeView> locate(
      String node,
      Optional<String> rack,
      Optional<String> site,
      OptionalLong expectedRevision,
      boolean dryRun) {
    if (rack.isEmpty() && site.isEmpty()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "Neither rack nor site is given",
          "",
          "Give one or both; an empty one is not known any more.");
    }
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              NodeRecord known = access.node(node);
              RcdAccess.requireRevision("Node " + node, known.revision(), expectedRevision);
              RcdCommand command =
                  new RcdCommand.LocateNode(
                      known.id(), rack.orElse(known.rack()), site.orElse(known.site()));
              return access.carriedOut(
                  command, storage -> storage.node(known.id()), dryRun, access::submitted);
            });
  }

  CompletableFuture<DiskView> measure(
      String id, int speedPercent, OptionalLong expectedRevision, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              DiskRecord disk = access.disk(id);
              RcdAccess.requireRevision("Disk " + id, disk.revision(), expectedRevision);
              return access.carriedOut(
                  new RcdCommand.MeasureDisk(disk.id(), speedPercent),
                  storage -> storage.disk(disk.id()),
                  dryRun,
                  access::submitted);
            });
  }

  /**
   * Carries it out.
   *
   * @param wishes where it is to be written first, so that it can be carried out later
   */
  CompletableFuture<PoolView> spread(
      String nameOrId,
      FailureDomain level,
      OptionalLong expectedRevision,
      boolean dryRun,
      Function<PoolRecord, CompletableFuture<Void>> wishes) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              PoolRecord pool = access.pool(nameOrId, expectedRevision);
              return access.carriedOut(
                  new RcdCommand.SpreadPool(pool.id(), Views.domain(level)),
                  storage -> storage.pool(pool.number()),
                  dryRun,
                  command -> wishes.apply(pool).thenCompose(written -> access.submitted(command)));
            });
  }
}
