package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Ways into RCD's records, kept by what each change adds and takes away, so that no command goes
 * through all of them. It says nothing that the records don't: it is in no snapshot, and equals
 * what a new count of all records comes to.
 */
final class RcdIndex {
  final SetIndex<UUID, Long> groupsOfDisk = new SetIndex<>();

  /** Groups in which a disk is stale, or is being resynchronised. */
  final SetIndex<UUID, Long> staleOfDisk = new SetIndex<>();

  /** Groups of which a disk may still have blocks, though it is no member any more. */
  final SetIndex<UUID, Long> formerOfDisk = new SetIndex<>();

  /** Disks that have members of groups, and should not. */
  final TreeSet<UUID> leaving = new TreeSet<>();

  final SetIndex<UUID, Long> rebuildingOfDisk = new SetIndex<>();
  final SetIndex<GroupClass, Long> groupsOfClass = new SetIndex<>();

  /** Groups with a member that is being resynchronised. */
  final SetIndex<GroupClass, Long> rebuildingOfClass = new SetIndex<>();

  final SetIndex<GroupClass, Long> volumesOfClass = new SetIndex<>();
  final SetIndex<NodeId, Long> volumesOfOwner = new SetIndex<>();
  final TreeSet<Long> ownerless = new TreeSet<>();
  final SetIndex<NodeId, Long> attachmentsOfNode = new SetIndex<>();
  final SetIndex<Long, Long> attachmentsOfVolume = new SetIndex<>();
  final TreeMap<UUID, Long> attachmentOfSession = new TreeMap<>();
  final TreeMap<UUID, Long> volumeOfId = new TreeMap<>();
  final TreeMap<String, Long> volumeOfName = new TreeMap<>();
  final TreeMap<String, Long> poolOfName = new TreeMap<>();
  final SetIndex<NodeId, UUID> disksOfNode = new SetIndex<>();
  final SetIndex<String, UUID> disksOfPool = new SetIndex<>();
  final OwnerLoad owners = new OwnerLoad();
  final SnapshotIndex snapshots = new SnapshotIndex();
  private final TreeMap<UUID, DiskRecord> disks = new TreeMap<>();
  private final TreeMap<UUID, DiskLoad> loadOfDisk = new TreeMap<>();

  /** Disks that may get members, by pool. */
  private final SetIndex<String, DiskLoad> takers = new SetIndex<>();

  private final TreeMap<UUID, DiskShare> shareOfDisk = new TreeMap<>();
  private final TreeMap<String, TreeMap<DiskShare, Integer>> sharesOfPool = new TreeMap<>();
  private final TreeMap<String, Long> capacityOfPool = new TreeMap<>();
  private final TreeMap<GroupClass, Long> promisedBlocks = new TreeMap<>();

  /** A new count. */
  static RcdIndex of(RcdTables tables) {
    RcdIndex index = new RcdIndex();
    tables.nodes.values().forEach(index::node);
    tables.disks.values().forEach(disk -> index.disk(null, disk));
    tables.pools.values().forEach(index::pool);
    tables.groups.values().forEach(group -> index.group(null, group));
    tables.volumes.values().forEach(volume -> index.volume(null, volume));
    tables.snapshots.values().forEach(snapshot -> index.snapshots.snapshot(null, snapshot));
    tables.attachments.values().forEach(attachment -> index.attachment(attachment, true));
    return index;
  }

  void node(NodeRecord node) {
    owners.node(node.id(), node.state() == NodeState.UP && !node.leaving());
  }

  void pool(PoolRecord pool) {
    poolOfName.put(pool.name(), pool.number());
  }

  void disk(DiskRecord before, DiskRecord after) {
    if (before != null) {
      disk(before, false);
    }
    disk(after, true);
    if (after.duty() == DiskDuty.SERVING || after.removed()) {
      leaving.remove(after.id());
    } else {
      leaving.add(after.id());
    }
    disks.put(after.id(), after);
    weigh(after.id());
    DiskShare known = shareOfDisk.get(after.id());
    DiskShare share = known == null ? DiskShare.empty(after) : known.resized(after);
    if (known != null) {
      share(before.pool(), known, -1);
    }
    shareOfDisk.put(after.id(), share);
    share(after.pool(), share, 1);
  }

  private void disk(DiskRecord disk, boolean present) {
    if (disk.removed()) {
      return;
    }
    disksOfNode.put(disk.node(), disk.id(), present);
    disksOfPool.put(disk.pool(), disk.id(), present);
    add(capacityOfPool, disk.pool(), present ? disk.capacityBytes() : -disk.capacityBytes());
    if (disk.up()) {
      owners.upDisks(disk.node(), disk.pool(), present ? 1 : -1);
    }
  }

  private void share(String pool, DiskShare share, int more) {
    TreeMap<DiskShare, Integer> of = sharesOfPool.computeIfAbsent(pool, p -> new TreeMap<>());
    of.merge(share, more, (before, by) -> before + by == 0 ? null : before + by);
    if (of.isEmpty()) {
      sharesOfPool.remove(pool);
    }
  }

  void group(GroupRecord before, GroupRecord after) {
    if (before != null) {
      sets(before, false);
    }
    sets(after, true);
    if (before == null || !before.disks().equals(after.disks())) {
      if (before != null) {
        disks(before, false);
      }
      disks(after, true);
    }
    if (before == null || !holders(before).equals(holders(after))) {
      if (before != null) {
        shares(before, -1);
      }
      shares(after, 1);
    }
    GroupClass of = GroupClass.of(after);
    groupsOfClass.add(of, after.number());
    rebuildingOfClass.put(of, after.number(), !after.rebuilding().isEmpty());
  }

  private void sets(GroupRecord group, boolean present) {
    group.former().forEach(disk -> formerOfDisk.put(disk, group.number(), present));
    group.stale().keySet().forEach(disk -> staleOfDisk.put(disk, group.number(), present));
    group.rebuilding().forEach(disk -> rebuildingOfDisk.put(disk, group.number(), present));
  }

  private void disks(GroupRecord group, boolean present) {
    for (UUID disk : group.disks()) {
      groupsOfDisk.put(disk, group.number(), present);
      weigh(disk);
    }
  }

  /** Disks that have, are to have, or may still have blocks of a group. */
  static SortedSet<UUID> holders(GroupRecord group) {
    TreeSet<UUID> of = new TreeSet<>(group.disks());
    of.addAll(group.former());
    return of;
  }

  private void shares(GroupRecord group, int more) {
    for (UUID disk : holders(group)) {
      DiskShare before = shareOfDisk.get(disk);
      DiskShare after = before.with(group.redundancy(), more);
      shareOfDisk.put(disk, after);
      String pool = disks.get(disk).pool();
      share(pool, before, -1);
      share(pool, after, 1);
    }
  }

  private void weigh(UUID id) {
    DiskRecord disk = disks.get(id);
    DiskLoad before = loadOfDisk.remove(id);
    if (before != null) {
      takers.remove(disk.pool(), before);
    }
    if (disk.takesMembers()) {
      DiskLoad after = new DiskLoad(groupsOfDisk.of(id).size(), Placement.merit(disk), id);
      loadOfDisk.put(id, after);
      takers.add(disk.pool(), after);
    }
  }

  /** Disks that may get members, the lightest first. */
  SortedSet<DiskLoad> takers(String pool) {
    return takers.of(pool);
  }

  void volume(VolumeRecord before, VolumeRecord after) {
    if (before != null) {
      volume(before, false);
    }
    if (after != null) {
      volume(after, true);
    }
  }

  private void volume(VolumeRecord volume, boolean present) {
    GroupClass of = GroupClass.of(volume);
    long blocks = volume.promisedBlocks();
    volumesOfClass.put(of, volume.number(), present);
    add(promisedBlocks, of, present ? blocks : -blocks);
    put(volumeOfId, volume.id(), volume.number(), present);
    put(volumeOfName, volume.name(), volume.number(), present);
    snapshots.volume(volume, present);
    if (volume.owner().isPresent()) {
      volumesOfOwner.put(volume.owner().get(), volume.number(), present);
      owners.volumes(volume.owner().get(), present ? 1 : -1);
    } else if (present) {
      ownerless.add(volume.number());
    } else {
      ownerless.remove(volume.number());
    }
  }

  void attachment(AttachmentRecord attachment, boolean present) {
    attachmentsOfNode.put(attachment.node(), attachment.generation(), present);
    attachmentsOfVolume.put(attachment.volume(), attachment.generation(), present);
    put(attachmentOfSession, attachment.session(), attachment.generation(), present);
  }

  private static <K> void put(Map<K, Long> index, K key, long number, boolean present) {
    if (present) {
      index.put(key, number);
    } else {
      index.remove(key);
    }
  }

  private static <K> void add(Map<K, Long> sums, K key, long more) {
    sums.merge(key, more, (before, by) -> before + by == 0 ? null : before + by);
  }

  /** Raw bytes of the disks that were added under a pool's name. */
  long capacityBytes(String pool) {
    return capacityOfPool.getOrDefault(pool, 0L);
  }

  /** Blocks promised to volumes of a pool, by protection. */
  SortedMap<Redundancy, Long> promisedBlocks(long pool) {
    TreeMap<Redundancy, Long> of = new TreeMap<>();
    promisedBlocks
        .tailMap(new GroupClass(pool, new Redundancy(0, 0)))
        .headMap(new GroupClass(pool + 1, new Redundancy(0, 0)))
        .forEach((groupClass, blocks) -> of.put(groupClass.redundancy(), blocks));
    return of;
  }

  boolean hasGroups(long pool, Redundancy redundancy) {
    return !groupsOfClass.of(new GroupClass(pool, redundancy)).isEmpty();
  }

  /** Groups of a pool, by protection. */
  SortedMap<Redundancy, Integer> groupCounts(long pool) {
    TreeMap<Redundancy, Integer> of = new TreeMap<>();
    for (GroupClass groupClass : groupsOfClass.keys()) {
      if (groupClass.pool() == pool) {
        of.put(groupClass.redundancy(), groupsOfClass.of(groupClass).size());
      }
    }
    return of;
  }

  /** The shares of a pool's disks, each once. */
  Iterable<DiskShare> shares(String pool) {
    return Collections.unmodifiableSet(sharesOfPool.getOrDefault(pool, new TreeMap<>()).keySet());
  }

  DiskShare share(UUID disk) {
    return shareOfDisk.get(disk);
  }
}
