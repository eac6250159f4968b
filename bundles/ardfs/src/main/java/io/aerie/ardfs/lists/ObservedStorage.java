package io.aerie.ardfs.lists;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.JobRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.Topology;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.ScrubView;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Storage as lists and events show it, object by object, without looking at all others: the sums
 * that views need (volumes of a node, bytes of a pool, health of groups) are kept by what each
 * change adds and takes away. A command over thousands of volumes costs what it touches, and a list
 * what it shows. Not for several threads.
 */
public final class ObservedStorage {
  private final ObservedNodes nodes = new ObservedNodes();
  private final NavigableMap<UUID, DiskRecord> disks = new TreeMap<>();
  private final NavigableMap<Long, PoolRecord> pools = new TreeMap<>();
  private final Map<Long, GroupRecord> groups = new HashMap<>();
  private final NavigableMap<Long, VolumeRecord> volumes = new TreeMap<>();
  private final ObservedSnapshots snapshots = new ObservedSnapshots();
  private final NavigableMap<UUID, JobRecord> jobs = new TreeMap<>();
  private final ObservedScrubs scrubs = new ObservedScrubs();
  private final ObservedReservations reservations = new ObservedReservations();

  private final Map<String, Long> poolsByName = new HashMap<>();

  /** Both names of a volume, its own and its id. */
  private final Map<String, Long> volumesByName = new HashMap<>();

  private final Map<String, NavigableSet<UUID>> disksOfPool = new HashMap<>();
  private final Map<String, Long> capacityOfPool = new HashMap<>();
  private final Map<Long, NavigableSet<Long>> groupsOfPool = new HashMap<>();

  /** Made when it is asked for, and kept until something changes that it depends on. */
  private final Map<Long, SortedMap<String, Long>> availableOfPool = new HashMap<>();

  private final Map<GroupClass, Long> blocksOfClass = new HashMap<>();
  private final Map<Long, Health> healthOfPool = new HashMap<>();

  /** Groups are never deleted, and their revisions grow. */
  private final Map<Long, Long> groupRevisionOfPool = new HashMap<>();

  private final Map<GroupClass, Health> healthOfClass = new HashMap<>();
  private final Map<GroupClass, NavigableSet<Long>> volumesOfClass = new HashMap<>();

  /** Storage as the state has it; the state isn't kept. */
  public ObservedStorage(RcdState state) {
    state.nodes().values().forEach(nodes::put);
    state.disks().values().forEach(this::put);
    state.pools().values().forEach(this::put);
    state.groups().values().forEach(this::put);
    state.snapshots().values().forEach(snapshots::put);
    state.volumes().values().forEach(volume -> replace(volume.number(), volume));
    state.jobs().values().forEach(job -> jobs.put(job.subject(), job));
    state.scrubs().values().forEach(scrubs::put);
    state.scrubJobs().values().forEach(scrubs::put);
    state.reservations().values().forEach(reservations::put);
  }

  /** Adds what one change may be seen in; asked before it is applied. */
  public void touch(RcdChange change, Touched touched) {
    if (change instanceof RcdChange.Node c) {
      touched.nodes.add(c.node().id());
      if (isMoved(c.node())) {
        touched.pools.addAll(pools.keySet());
      }
    } else if (change instanceof RcdChange.NodeForgotten c) {
      touched.nodes.add(c.node());
    } else if (change instanceof RcdChange.Disk c) {
      touched.disks.add(c.disk().id());
      touchHome(c.disk(), touched);
      Optional.ofNullable(disks.get(c.disk().id())).ifPresent(old -> touchHome(old, touched));
    } else if (change instanceof RcdChange.Pool c) {
      touched.pools.add(c.pool().number());
    } else if (change instanceof RcdChange.Group c) {
      touched.pools.add(c.group().pool());
      touched.classes.add(GroupClass.of(c.group()));
    } else if (change instanceof RcdChange.Volume c) {
      touched.add(c.volume());
      Optional.ofNullable(volumes.get(c.volume().number())).ifPresent(touched::add);
    } else if (change instanceof RcdChange.VolumeDeleted c) {
      touched.volumes.add(c.volume());
      Optional.ofNullable(volumes.get(c.volume())).ifPresent(touched::add);
      scrubs.touchSubject(c.volume(), touched);
    } else if (change instanceof RcdChange.Snapshot c) {
      touched.add(c.snapshot());
    } else if (change instanceof RcdChange.SnapshotDeleted c) {
      snapshots.get(c.snapshot()).ifPresent(touched::add);
    } else if (change instanceof RcdChange.Job c) {
      touched.jobs.add(c.job().subject());
    } else {
      scrubs.touch(change, touched);
      reservations.touch(change, touched);
    }
    // attachments by themselves, what is pending, and numbers are in no list
  }

  private void touchHome(DiskRecord disk, Touched touched) {
    touched.nodes.add(disk.node());
    Long pool = poolsByName.get(disk.pool());
    if (pool != null) {
      touched.pools.add(pool);
    }
  }

  /** Applies one change. */
  public void apply(RcdChange change) {
    if (change instanceof RcdChange.Node c) {
      if (isMoved(c.node())) {
        availableOfPool.clear();
      }
      nodes.put(c.node());
    } else if (change instanceof RcdChange.NodeForgotten c) {
      nodes.remove(c.node());
    } else if (change instanceof RcdChange.Disk c) {
      put(c.disk());
    } else if (change instanceof RcdChange.Pool c) {
      put(c.pool());
    } else if (change instanceof RcdChange.Group c) {
      put(c.group());
    } else if (change instanceof RcdChange.Volume c) {
      replace(c.volume().number(), c.volume());
    } else if (change instanceof RcdChange.VolumeDeleted c) {
      replace(c.volume(), null);
      reservations.remove(c.volume());
    } else if (change instanceof RcdChange.Snapshot c) {
      snapshots.put(c.snapshot());
    } else if (change instanceof RcdChange.SnapshotDeleted c) {
      snapshots.remove(c.snapshot());
    } else if (change instanceof RcdChange.Job c) {
      jobs.put(c.job().subject(), c.job());
    } else {
      scrubs.apply(change);
      reservations.apply(change);
    }
  }

  /** Where nodes stand decides what fits into pools. */
  private boolean isMoved(NodeRecord node) {
    NodeRecord old = nodes.records().get(node.id());
    return old != null && !(old.rack().equals(node.rack()) && old.site().equals(node.site()));
  }

  private void put(PoolRecord pool) {
    pools.put(pool.number(), pool);
    availableOfPool.remove(pool.number());
    poolsByName.put(pool.name(), pool.number());
  }

  private void put(DiskRecord disk) {
    DiskRecord old = disk.removed() ? disks.remove(disk.id()) : disks.put(disk.id(), disk);
    if (old != null) {
      count(old, -1);
      disksOf(old.pool()).remove(old.id());
    }
    if (!disk.removed()) {
      count(disk, 1);
      disksOf(disk.pool()).add(disk.id());
    }
  }

  private void count(DiskRecord disk, int sign) {
    nodes.count(disk, sign);
    Long pool = poolsByName.get(disk.pool());
    if (pool != null) {
      availableOfPool.remove(pool);
    }
    capacityOfPool.merge(disk.pool(), sign * disk.capacityBytes(), Long::sum);
  }

  private void put(GroupRecord group) {
    GroupRecord old = groups.put(group.number(), group);
    if (old != null) {
      count(old, -1);
    }
    count(group, 1);
    groupRevisionOfPool.merge(group.pool(), group.revision(), Math::max);
    groupsOf(group.pool()).add(group.number());
    availableOfPool.remove(group.pool());
  }

  private void count(GroupRecord group, int sign) {
    healthOfPool.computeIfAbsent(group.pool(), none -> new Health()).add(group, sign);
    health(GroupClass.of(group)).add(group, sign);
  }

  private Health health(GroupClass groupClass) {
    return healthOfClass.computeIfAbsent(groupClass, none -> new Health());
  }

  private void replace(long number, VolumeRecord volume) {
    VolumeRecord old = volume == null ? volumes.remove(number) : volumes.put(number, volume);
    if (old != null) {
      count(old, -1);
      volumesOf(GroupClass.of(old)).remove(number);
      volumesByName.remove(old.name(), number);
      volumesByName.remove(old.id().toString(), number);
    }
    if (volume != null) {
      count(volume, 1);
      volumesOf(GroupClass.of(volume)).add(number);
      volumesByName.put(volume.id().toString(), number);
      volumesByName.put(volume.name(), number);
    }
  }

  private void count(VolumeRecord volume, int sign) {
    long blocks = volume.promisedBlocks();
    blocksOfClass.merge(GroupClass.of(volume), sign * blocks, Long::sum);
    availableOfPool.remove(volume.pool());
    snapshots.count(volume, sign);
    volume.owner().ifPresent(owner -> nodes.countVolume(owner, sign));
  }

  private NavigableSet<UUID> disksOf(String pool) {
    return disksOfPool.computeIfAbsent(pool, none -> new TreeSet<>());
  }

  private NavigableSet<Long> groupsOf(long pool) {
    return groupsOfPool.computeIfAbsent(pool, none -> new TreeSet<>());
  }

  /** Numbers of the volumes that lie on a class' groups. */
  public NavigableSet<Long> volumesOf(GroupClass groupClass) {
    return volumesOfClass.computeIfAbsent(groupClass, none -> new TreeSet<>());
  }

  /** A class' health by the worst of its groups. */
  public String state(GroupClass groupClass) {
    return health(groupClass).state();
  }

  /** All nodes, by name. */
  public List<NodeView> nodes() {
    return nodes.all();
  }

  /** One node. */
  public Optional<NodeView> node(NodeId id) {
    return nodes.get(id);
  }

  /**
   * All disks, by id.
   *
   * @param usedBytes what is known of each disk's use; RCD doesn't know it
   */
  public List<DiskView> disks(Map<UUID, Long> usedBytes) {
    return disks.values().stream().map(disk -> Views.disk(disk, usedBytes)).toList();
  }

  /** One disk, without what it uses. */
  public Optional<DiskView> disk(UUID id) {
    return Optional.ofNullable(disks.get(id)).map(disk -> Views.disk(disk, Map.of()));
  }

  /** The latest job of each disk and pool, by its id. */
  public List<JobView> jobs() {
    return Stream.concat(
            jobs.values().stream().map(Views::job),
            volumes.values().stream().flatMap(volume -> Views.conversion(volume, volumes).stream()))
        .toList();
  }

  /** The latest job of a disk or pool. */
  public Optional<JobView> job(UUID subject) {
    return Optional.ofNullable(jobs.get(subject)).map(Views::job);
  }

  /** All pools, by number, with what their disks use. */
  public List<PoolView> pools(Map<UUID, Long> usedBytes) {
    return pools.values().stream().map(pool -> view(pool, usedBytes)).toList();
  }

  /** One pool, without what its disks use. */
  public Optional<PoolView> pool(long number) {
    return Optional.ofNullable(pools.get(number)).map(pool -> view(pool, Map.of()));
  }

  /** One pool by name, with what its disks use. */
  public Optional<PoolView> pool(String name, Map<UUID, Long> usedBytes) {
    return Optional.ofNullable(poolsByName.get(name)).map(pools::get).map(p -> view(p, usedBytes));
  }

  private PoolView view(PoolRecord pool, Map<UUID, Long> usedBytes) {
    NavigableSet<UUID> its = disksOf(pool.name());
    Health health = healthOfPool.getOrDefault(pool.number(), new Health());
    Map<Redundancy, Long> promised = PoolSums.promisedBlocks(pool.number(), blocksOfClass);
    return new PoolView(
        pool.id().toString(),
        pool.name(),
        health.state(),
        capacityOfPool.getOrDefault(pool.name(), 0L),
        its.stream().mapToLong(disk -> usedBytes.getOrDefault(disk, 0L)).sum(),
        PoolSums.bytes(promised, Redundancy::memberCount),
        PoolSums.bytes(promised, Redundancy::parityCount),
        availableOfPool.computeIfAbsent(pool.number(), number -> availableBytes(pool)),
        its.size(),
        health.total(),
        health.inSync(),
        health.frozen(),
        Views.word(pool.spread()),
        Views.word(pool.balance()),
        Math.max(pool.revision(), groupRevisionOfPool.getOrDefault(pool.number(), 0L)));
  }

  private SortedMap<String, Long> availableBytes(PoolRecord pool) {
    return PoolSums.availableBytes(
        disksOf(pool.name()).stream().map(disks::get).toList(),
        new Topology(nodes.records(), pool.spread()),
        groupsOf(pool.number()).stream().map(groups::get).toList(),
        PoolSums.promisedBlocks(pool.number(), blocksOfClass));
  }

  /** All volumes, by number; without those whose place another has. */
  public List<VolumeView> volumes() {
    return volumes.values().stream()
        .filter(volume -> !volume.conversion().isFormer())
        .map(volume -> view(volume, state(GroupClass.of(volume))))
        .toList();
  }

  /** One volume, by name or id. */
  public Optional<VolumeView> volume(String nameOrId) {
    return Optional.ofNullable(volumesByName.get(nameOrId)).flatMap(this::volume);
  }

  /** One volume. */
  public Optional<VolumeView> volume(long number) {
    return Optional.ofNullable(volumes.get(number))
        .filter(volume -> !volume.conversion().isFormer())
        .map(volume -> view(volume, state(GroupClass.of(volume))));
  }

  /** A volume as it was when its groups' health was another, and nothing else. */
  public VolumeView volume(long number, String state) {
    return view(volumes.get(number), state);
  }

  private VolumeView view(VolumeRecord volume, String state) {
    String pool = pools.get(volume.pool()).name();
    Optional<String> reservation = reservations.of(volume.number());
    return Views.volume(volume, pool, state, snapshots, volumes, reservation);
  }

  /** Snapshots of all volumes, by number. */
  public List<SnapshotView> snapshots() {
    return snapshots.all().stream().map(this::view).toList();
  }

  /** One snapshot. */
  public Optional<SnapshotView> snapshot(long number) {
    return snapshots.get(number).map(this::view);
  }

  private SnapshotView view(SnapshotRecord snapshot) {
    String volume = volumes.get(snapshot.volume()).name();
    return Views.snapshot(snapshot, volume, snapshots.cloneCount(snapshot.number()));
  }

  /** Scrubs that go on, and the last that ended, by number. */
  public List<ScrubView> scrubs() {
    return scrubs.views(pools, volumes);
  }

  /** One scrub. */
  public Optional<ScrubView> scrub(long number) {
    return scrubs.view(number, pools, volumes);
  }
}
