package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.storage.admin.FailureDomain;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.TopologyAdministration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One pool "default" of 64 GiB on node n1; can be told to never answer. */
abstract class FakeHardware extends FakeScrubs implements TopologyAdministration {
  static final NodeId N1 = new NodeId("n1");
  static final long CAPACITY = 64L << 30;

  private final TreeMap<String, DiskView> disks = new TreeMap<>();
  private final TreeMap<String, PoolView> pools = new TreeMap<>();
  private long revision = 10;
  private String nodeState = "up";
  private RuntimeException failure;
  private Optional<String> rack = Optional.empty();
  private Optional<String> site = Optional.empty();

  /** With the pool. */
  FakeHardware() {
    pools.put("default", pool("default", FailureDomain.NODE));
  }

  /** All volumes. */
  public abstract List<VolumeView> volumes();

  long nextRevision() {
    return ++revision;
  }

  /** What storage thinks of n1. */
  public void nodeState(String state) {
    nodeState = state;
  }

  /** Every change fails like this from now on. */
  public void failWith(RuntimeException exception) {
    failure = exception;
  }

  public List<NodeView> nodes() {
    return List.of(node(rack, site));
  }

  private NodeView node(Optional<String> inRack, Optional<String> atSite) {
    return new NodeView(N1, nodeState, 3, 2, volumes().size(), inRack, atSite, 7);
  }

  public List<DiskView> disks() {
    return List.copyOf(disks.values());
  }

  public List<PoolView> pools() {
    return List.copyOf(pools.values());
  }

  public CompletableFuture<Outcome<DiskView>> addDisk(
      String path, String pool, boolean force, boolean dryRun) {
    return change(
        () -> {
          DiskView disk =
              new DiskView(
                  "d-" + path.hashCode(),
                  N1,
                  path,
                  pool,
                  "up",
                  CAPACITY,
                  0,
                  1,
                  100,
                  nextRevision());
          if (!dryRun) {
            disks.put(path, disk);
          }
          return new Outcome<>(disk, dryRun, CAPACITY, 0, List.of("The pool grows."));
        });
  }

  public CompletableFuture<Outcome<PoolView>> createPool(
      String name, FailureDomain spread, boolean dryRun) {
    return change(
        () -> {
          Names.check("pool", name);
          if (pools.containsKey(name)) {
            throw new AerieException(ErrorCode.ALREADY_EXISTS, "There is a pool '" + name + "'");
          }
          PoolView pool = pool(name, spread);
          if (!dryRun) {
            pools.put(name, pool);
          }
          return new Outcome<>(pool, dryRun, CAPACITY, 0, List.of());
        });
  }

  private static void check(long revision, OptionalLong expected) {
    if (expected.isPresent() && expected.getAsLong() != revision) {
      throw new AerieException(ErrorCode.PRECONDITION_FAILED, "It has changed");
    }
  }

  @Override
  public CompletableFuture<NodeView> locateNode(
      String node,
      Optional<String> newRack,
      Optional<String> newSite,
      OptionalLong expectedRevision,
      boolean dryRun) {
    return change(
        () -> {
          if (!node.equals("n1")) {
            throw new AerieException(ErrorCode.NOT_FOUND, "There is no node '" + node + "'");
          }
          check(7, expectedRevision);
          NodeView located = node(newRack.or(() -> rack), newSite.or(() -> site));
          if (!dryRun) {
            rack = located.rack();
            site = located.site();
          }
          return located;
        });
  }

  @Override
  public CompletableFuture<PoolView> spreadPool(
      String nameOrId, FailureDomain level, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          PoolView pool = pools.get(nameOrId);
          if (pool == null) {
            throw new AerieException(ErrorCode.NOT_FOUND, "There is no pool '" + nameOrId + "'");
          }
          check(pool.revision(), expectedRevision);
          PoolView spread = pool(nameOrId, level);
          if (!dryRun) {
            pools.put(nameOrId, spread);
          }
          return spread;
        });
  }

  @Override
  public CompletableFuture<DiskView> measureDisk(
      String id, int speedPercent, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          DiskView disk =
              disks.values().stream()
                  .filter(d -> d.id().equals(id))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new AerieException(ErrorCode.NOT_FOUND, "There is no disk '" + id + "'"));
          check(disk.revision(), expectedRevision);
          DiskView measured =
              new DiskView(
                  id,
                  N1,
                  disk.path(),
                  disk.pool(),
                  "up",
                  CAPACITY,
                  0,
                  1,
                  speedPercent,
                  nextRevision());
          if (!dryRun) {
            disks.put(disk.path(), measured);
          }
          return measured;
        });
  }

  <T> CompletableFuture<T> change(Supplier<T> action) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    try {
      return CompletableFuture.completedFuture(action.get());
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private PoolView pool(String name, FailureDomain spread) {
    return new PoolView(
        "pool-" + name,
        name,
        "healthy",
        CAPACITY,
        1 << 20,
        0,
        new TreeMap<>(Map.of("rf2", CAPACITY / 2, "rf3", CAPACITY / 3)),
        2,
        8,
        8,
        0,
        spread.toString(),
        nextRevision());
  }
}
