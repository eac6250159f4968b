package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.storage.admin.BalanceAdministration;
import io.aerie.storage.admin.BalancePolicy;
import io.aerie.storage.admin.DepartureAdministration;
import io.aerie.storage.admin.FailureDomain;
import io.aerie.storage.admin.RecoveryAdministration;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.RecoveryView;
import io.aerie.storage.admin.TopologyAdministration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One pool "default" of 64 GiB on node n1; can be told to never answer. */
abstract class FakeHardware extends FakeReservations
    implements TopologyAdministration,
        BalanceAdministration,
        DepartureAdministration,
        RecoveryAdministration {
  static final NodeId N1 = new NodeId("n1");
  static final long CAPACITY = 64L << 30;

  private final FakeDisks disks = new FakeDisks();
  private final TreeMap<String, PoolView> pools = new TreeMap<>();
  private long revision = 10;
  private String nodeState = "up";
  private RuntimeException failure;
  private final TreeMap<String, NodeView> others = new TreeMap<>();
  private FakeSteps departures = new FakeSteps();
  private Optional<String> rack = Optional.empty();
  private Optional<String> site = Optional.empty();
  private final List<RecoveryView> lost =
      new ArrayList<>(
          List.of(
              new RecoveryView(
                  "12/v",
                  "v1",
                  "default",
                  12,
                  "rf2",
                  8L << 20,
                  Optional.of("d1"),
                  Optional.of(N1),
                  Optional.of("stale"),
                  OptionalLong.of(4),
                  9,
                  List.of("d2"),
                  Optional.empty(),
                  Optional.empty(),
                  10)));

  /** With the pool. */
  FakeHardware() {
    pools.put("default", pool("default", "node", "automatic"));
  }

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
    List<NodeView> all = new ArrayList<>(others.values());
    all.add(0, node(rack, site));
    return all;
  }

  /** Another node, without disks. */
  public void addNode(String name) {
    others.put(
        name,
        new NodeView(
            new NodeId(name), "up", 1, "serving", 0, 0, Optional.empty(), Optional.empty(), 8));
  }

  /** Where to write down what is asked of nodes that leave. */
  public void departures(FakeSteps steps) {
    departures = steps;
  }

  @Override
  public CompletableFuture<NodeView> retireNode(
      String node, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          FakeDisks.check(8, expectedRevision);
          return dryRun
              ? others.get(node)
              : departures.take("retire " + node, () -> others.get(node));
        });
  }

  @Override
  public CompletableFuture<Void> forgetNode(String node) {
    return change(
        () -> {
          departures.take("forget " + node, () -> others.remove(node));
          return null;
        });
  }

  private NodeView node(Optional<String> inRack, Optional<String> atSite) {
    return new NodeView(
        N1, nodeState, 3, disks.duty(), disks.all().size(), volumes().size(), inRack, atSite, 7);
  }

  public List<DiskView> disks() {
    return disks.all();
  }

  public List<PoolView> pools() {
    return List.copyOf(pools.values());
  }

  public CompletableFuture<Outcome<DiskView>> addDisk(
      String path, String pool, boolean force, boolean dryRun) {
    return change(() -> disks.add(path, pool, CAPACITY, dryRun));
  }

  public CompletableFuture<Outcome<DiskView>> drainDisk(
      String id, boolean cancel, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> disks.assign(id, cancel ? "serving" : "draining", expectedRevision, dryRun));
  }

  /** A disk breaks. */
  public void goDown(String disk) {
    disks.goDown(disk);
  }

  public CompletableFuture<Outcome<DiskView>> failDisk(
      String id, OptionalLong expectedRevision, boolean dryRun) {
    return change(() -> disks.fail(id, expectedRevision, dryRun));
  }

  public CompletableFuture<Outcome<DiskView>> removeDisk(
      String id, OptionalLong expectedRevision, boolean dryRun) {
    return change(() -> disks.remove(id, expectedRevision, dryRun));
  }

  public CompletableFuture<Outcome<NodeView>> drainNode(
      String node, boolean cancel, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          check(node, expectedRevision);
          disks.assignAll(cancel ? "serving" : "draining", dryRun);
          return new Outcome<>(node(rack, site), dryRun, 0, 1, List.of("Its disks."));
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
          PoolView pool = pool(name, spread.toString(), "automatic");
          if (!dryRun) {
            pools.put(name, pool);
          }
          return new Outcome<>(pool, dryRun, CAPACITY, 0, List.of());
        });
  }

  private static void check(String node, OptionalLong expectedRevision) {
    if (!N1.value().equals(node)) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no node '" + node + "'");
    }
    FakeDisks.check(7, expectedRevision);
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
          check(node, expectedRevision);
          NodeView located = node(newRack.or(() -> rack), newSite.or(() -> site));
          if (!dryRun) {
            rack = located.rack();
            site = located.site();
          }
          return located;
        });
  }

  private PoolView find(String name, OptionalLong expectedRevision) {
    PoolView pool = pools.get(name);
    if (pool == null) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no pool '" + name + "'");
    }
    FakeDisks.check(pool.revision(), expectedRevision);
    return pool;
  }

  private PoolView put(PoolView pool, boolean dryRun) {
    if (!dryRun) {
      pools.put(pool.name(), pool);
    }
    return pool;
  }

  @Override
  public CompletableFuture<PoolView> spreadPool(
      String nameOrId, FailureDomain level, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          PoolView pool = find(nameOrId, expectedRevision);
          return put(pool(nameOrId, level.toString(), pool.rebalance()), dryRun);
        });
  }

  @Override
  public CompletableFuture<PoolView> chooseBalance(
      String nameOrId, BalancePolicy policy, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          PoolView pool = find(nameOrId, expectedRevision);
          return put(pool(nameOrId, pool.failureDomain(), policy.toString()), dryRun);
        });
  }

  @Override
  public CompletableFuture<Outcome<PoolView>> rebalancePool(
      String nameOrId, boolean cancel, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () ->
            new Outcome<>(
                find(nameOrId, expectedRevision),
                dryRun,
                CAPACITY,
                0,
                List.of(cancel ? "What has moved stays." : "3 members of groups are to move.")));
  }

  @Override
  public List<RecoveryView> recovery() {
    return List.copyOf(lost);
  }

  @Override
  public CompletableFuture<Outcome<PoolView>> acceptStale(
      String poolNameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return change(
        () -> {
          PoolView pool = find(poolNameOrId, expectedRevision);
          if (lost.isEmpty()) {
            throw new AerieException(ErrorCode.CONFLICT, "Nothing needs a stale copy");
          }
          if (!dryRun) {
            lost.clear();
          }
          return new Outcome<>(pool, dryRun, CAPACITY, 0, List.of("The copy on d1 is left."));
        });
  }

  @Override
  public CompletableFuture<DiskView> measureDisk(
      String id, int speedPercent, OptionalLong expectedRevision, boolean dryRun) {
    return change(() -> disks.measure(id, speedPercent, expectedRevision, dryRun));
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

  private PoolView pool(String name, String failureDomain, String rebalance) {
    return pool(name, failureDomain, rebalance, 1 << 20, 8, 8, 0);
  }

  /** What a pool's disks and groups come to. */
  public void pool(String name, int groups, int inSync, int frozen, int usedPercent) {
    PoolView is = pools.get(name);
    long usedBytes = CAPACITY / 100 * usedPercent + CAPACITY % 100;
    pools.put(
        name, pool(name, is.failureDomain(), is.rebalance(), usedBytes, groups, inSync, frozen));
  }

  private PoolView pool(
      String name,
      String failureDomain,
      String rebalance,
      long usedBytes,
      int groups,
      int inSync,
      int frozen) {
    return new PoolView(
        "pool-" + name,
        name,
        "healthy",
        CAPACITY,
        usedBytes,
        0,
        0,
        new TreeMap<>(Map.of("rf2", CAPACITY / 2, "rf3", CAPACITY / 3)),
        2,
        groups,
        inSync,
        frozen,
        failureDomain,
        rebalance,
        nextRevision());
  }
}
