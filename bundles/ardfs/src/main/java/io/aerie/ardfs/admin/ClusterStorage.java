package io.aerie.ardfs.admin;

import io.aerie.ardfs.admin.PoolWishes.Wish;
import io.aerie.ardfs.host.OwnerRequests;
import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.config.ConfigStore;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.aerie.storage.admin.BalancePolicy;
import io.aerie.storage.admin.FailureDomain;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.ExtentsView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.QuarantineView;
import io.aerie.storage.admin.StorageViews.RecoveryView;
import io.aerie.storage.admin.StorageViews.ReservationView;
import io.aerie.storage.admin.StorageViews.ScrubView;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Storage of the whole cluster, asked on this node. */
public final class ClusterStorage implements StorageAdministration {
  static final long ANY_REVISION = -1;

  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;
  private final VolumeChanges volumes;
  private final LayerChanges layers;
  private final ConversionChanges conversions;
  private final DutyChanges duties;
  private final NodeDepartures departures;
  private final JobRates rates = new JobRates(System::nanoTime);
  private final ScrubChanges scrubs;
  private final TopologyChanges topology;
  private final BalanceChanges balance;
  private final QuarantineChanges quarantine;
  private final RecoveryChanges recoveries;
  private final ReservationChanges reservations;
  private final ExtentPages extents;
  private final PoolWishes wishes;
  private final DiskAdder disks;
  private final Supplier<Optional<ConfigStore>> config;
  private final Supplier<Map<UUID, Long>> usedBytes;

  /** Adds a disk of this node. */
  public interface DiskAdder {
    /** Checks and, unless dry, formats and adds; answers the disk's path as it is kept. */
    CompletableFuture<Outcome<DiskView>> add(
        String path, String pool, boolean force, boolean dryRun);
  }

  public ClusterStorage(
      RcdReplica replica,
      RcdClient rcd,
      DiskAdder disks,
      Supplier<Optional<ConfigStore>> config,
      Supplier<Map<UUID, Long>> usedBytes,
      Supplier<Map<NodeId, List<Quarantined>>> quarantined,
      OwnerRequests owners) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = new RcdAccess(replica, rcd);
    this.volumes = new VolumeChanges(replica, rcd, access);
    this.layers = new LayerChanges(replica, rcd, access);
    this.conversions = new ConversionChanges(replica, rcd, access);
    this.duties = new DutyChanges(replica, rcd, access, usedBytes);
    this.departures = new NodeDepartures(replica, rcd, access);
    this.scrubs = new ScrubChanges(replica, rcd, access);
    this.topology = new TopologyChanges(replica, rcd, access);
    this.balance = new BalanceChanges(replica, rcd, access);
    this.quarantine = new QuarantineChanges(replica, rcd, access, quarantined);
    this.recoveries = new RecoveryChanges(replica, rcd, access);
    this.reservations = new ReservationChanges(replica, access, owners);
    this.extents = new ExtentPages(access, owners);
    this.wishes = new PoolWishes(replica, rcd);
    this.disks = disks;
    this.config = config;
    this.usedBytes = usedBytes;
  }

  @Override
  public List<NodeView> nodes() {
    return replica.list(ObservedStorage::nodes);
  }

  @Override
  public List<DiskView> disks() {
    Map<UUID, Long> used = usedBytes.get();
    return replica.list(storage -> storage.disks(used));
  }

  @Override
  public List<PoolView> pools() {
    Map<UUID, Long> used = usedBytes.get();
    return replica.list(storage -> storage.pools(used));
  }

  @Override
  public List<VolumeView> volumes() {
    return replica.list(ObservedStorage::volumes);
  }

  @Override
  public List<SnapshotView> snapshots() {
    return replica.list(ObservedStorage::snapshots);
  }

  @Override
  public List<JobView> jobs() {
    return rates.measured(replica.list(ObservedStorage::jobs));
  }

  @Override
  public CompletableFuture<Void> catchUp() {
    return rcd.catchUp(replica);
  }

  /** Carries out what ConfigDB wants and RCD lacks, and looks how far jobs are. */
  public void reconcile() {
    rates.look(replica.list(ObservedStorage::jobs));
    config.get().ifPresent(wishes::reconcile);
  }

  @Override
  public CompletableFuture<Outcome<DiskView>> addDisk(
      String path, String pool, boolean force, boolean dryRun) {
    return refusing(
        () -> {
          Names.check("pool", pool);
          return disks.add(path, pool, force, dryRun);
        });
  }

  @Override
  public CompletableFuture<Outcome<DiskView>> drainDisk(
      String id, boolean cancel, OptionalLong expectedRevision, boolean dryRun) {
    return duties.drainDisk(id, cancel, expectedRevision, dryRun);
  }

  @Override
  public CompletableFuture<Outcome<DiskView>> failDisk(
      String id, OptionalLong expectedRevision, boolean dryRun) {
    return duties.failDisk(id, expectedRevision, dryRun);
  }

  @Override
  public CompletableFuture<Outcome<DiskView>> removeDisk(
      String id, OptionalLong expectedRevision, boolean dryRun) {
    return duties.removeDisk(id, expectedRevision, dryRun);
  }

  @Override
  public CompletableFuture<Outcome<NodeView>> drainNode(
      String node, boolean cancel, OptionalLong expectedRevision, boolean dryRun) {
    return duties.drainNode(node, cancel, expectedRevision, dryRun);
  }

  @Override
  public CompletableFuture<NodeView> retireNode(
      String node, OptionalLong expectedRevision, boolean dryRun) {
    return departures.retire(node, expectedRevision, dryRun);
  }

  @Override
  public CompletableFuture<Void> forgetNode(String node) {
    return departures.forget(node);
  }

  @Override
  public CompletableFuture<Outcome<PoolView>> createPool(
      String name, FailureDomain spread, boolean dryRun) {
    return refusing(
        () -> {
          Names.check("pool", name);
          Wish wish = Wish.of(UUID.randomUUID(), name, spread);
          Outcome<PoolView> preview =
              access.tried(
                  wish.commands(),
                  (storage, answer) -> RcdAccess.outcome(answer, pool(storage, name), true));
          if (dryRun) {
            return CompletableFuture.completedFuture(preview);
          }
          ConfigStore store = config.get().orElseThrow(ClusterStorage::noConfig);
          return wishes
              .wish(store, wish)
              .thenCompose(done -> rcd.catchUp(replica))
              .thenApply(
                  done ->
                      new Outcome<>(
                          replica.list(storage -> pool(storage, name)),
                          false,
                          preview.freeBytesAfter(),
                          preview.toleratedNodeFailures(),
                          preview.explanation()));
        });
  }

  private PoolView pool(ObservedStorage storage, String name) {
    return storage.pool(name, usedBytes.get()).orElseThrow();
  }

  private static AerieException noConfig() {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        "ConfigDB is away",
        "The wish for a pool is kept there.",
        "Try again when cluster:info shows it.");
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> createVolume(
      String name, ByteSize size, String pool, Protection protection, boolean dryRun) {
    return refusing(() -> volumes.create(name, size, pool, protection, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> deleteVolume(
      String nameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> volumes.delete(nameOrId, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> limitVolume(
      String nameOrId, VolumeLimits change, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> volumes.limit(nameOrId, change, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> resizeVolume(
      String nameOrId,
      ByteSize size,
      boolean force,
      OptionalLong expectedRevision,
      boolean dryRun) {
    return refusing(() -> layers.resize(nameOrId, size, force, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> convertVolume(
      String nameOrId, Protection protection, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> conversions.convert(nameOrId, protection, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<SnapshotView>> createSnapshot(
      String volume, String name, boolean dryRun) {
    return refusing(() -> layers.create(volume, name, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<SnapshotView>> deleteSnapshot(
      String volume, String snapshot, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> layers.delete(volume, snapshot, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> cloneSnapshot(
      String volume, String snapshot, String name, boolean dryRun) {
    return refusing(() -> layers.clone(volume, snapshot, name, dryRun));
  }

  @Override
  public CompletableFuture<Outcome<VolumeView>> revertVolume(
      String volume, String snapshot, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> layers.revert(volume, snapshot, expectedRevision, dryRun));
  }

  @Override
  public List<ScrubView> scrubs() {
    return replica.list(ObservedStorage::scrubs);
  }

  @Override
  public CompletableFuture<ScrubView> startScrub(Scope scope, String nameOrId, boolean dryRun) {
    return refusing(() -> scrubs.start(scope, nameOrId, dryRun));
  }

  @Override
  public CompletableFuture<ScrubView> controlScrub(
      String id, Control control, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> scrubs.control(id, control, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<NodeView> locateNode(
      String node,
      Optional<String> rack,
      Optional<String> site,
      OptionalLong expectedRevision,
      boolean dryRun) {
    return refusing(() -> topology.locate(node, rack, site, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<PoolView> spreadPool(
      String nameOrId, FailureDomain level, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(
        () ->
            topology.spread(
                nameOrId,
                level,
                expectedRevision,
                dryRun,
                pool ->
                    wishes.spread(
                        config.get().orElseThrow(ClusterStorage::noConfig), pool, level)));
  }

  @Override
  public CompletableFuture<Outcome<PoolView>> rebalancePool(
      String nameOrId, boolean cancel, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> balance.rebalance(nameOrId, cancel, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<PoolView> chooseBalance(
      String nameOrId, BalancePolicy policy, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> balance.choose(nameOrId, policy, expectedRevision, dryRun));
  }

  @Override
  public CompletableFuture<DiskView> measureDisk(
      String id, int speedPercent, OptionalLong expectedRevision, boolean dryRun) {
    return refusing(() -> topology.measure(id, speedPercent, expectedRevision, dryRun));
  }

  @Override
  public List<QuarantineView> quarantine() {
    return quarantine.list();
  }

  @Override
  public CompletableFuture<QuarantineView> forgetQuarantined(String volume, boolean dryRun) {
    return refusing(() -> quarantine.forget(volume, dryRun));
  }

  @Override
  public List<RecoveryView> recovery() {
    return recoveries.list();
  }

  @Override
  public CompletableFuture<Outcome<PoolView>> acceptStale(
      String poolNameOrId, OptionalLong expectedRevision, boolean dryRun) {
    return recoveries.accept(poolNameOrId, expectedRevision, dryRun);
  }

  @Override
  public List<ReservationView> reservations() {
    return reservations.list();
  }

  @Override
  public CompletableFuture<ReservationView> reservation(String volumeNameOrId) {
    return reservations.one(volumeNameOrId);
  }

  @Override
  public CompletableFuture<ReservationView> clearReservation(
      String volumeNameOrId, boolean force, OptionalLong expectedRevision, boolean dryRun) {
    return reservations.clear(volumeNameOrId, force, expectedRevision, dryRun);
  }

  @Override
  public CompletableFuture<ExtentsView> extents(
      String volume, String snapshot, Optional<String> since, long offset, int limit) {
    return refusing(() -> extents.page(volume, snapshot, since, offset, limit));
  }

  /** A refusal found before anything was asked comes by the future, as all others do. */
  private static <T> CompletableFuture<T> refusing(Supplier<CompletableFuture<T>> change) {
    try {
      return change.get();
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
