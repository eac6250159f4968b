package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * RCD's records, and the one way to change them: by an {@link RcdChange}, noted for those that
 * follow the state. All collections are sorted, so that every replica iterates alike.
 */
final class RcdTables {
  /** Disk within group, for what must still be resynchronised. */
  record Target(long group, UUID disk) implements Comparable<Target> {
    @Override
    public int compareTo(Target other) {
      int byGroup = Long.compare(group, other.group);
      return byGroup != 0 ? byGroup : disk.compareTo(other.disk);
    }
  }

  final TreeMap<NodeId, NodeRecord> nodes = new TreeMap<>();

  /** Nodes that were removed, with the number of their last life: the next of that name goes on. */
  final TreeMap<NodeId, Long> formerNodes = new TreeMap<>();

  final TreeMap<UUID, DiskRecord> disks = new TreeMap<>();
  final TreeMap<Long, PoolRecord> pools = new TreeMap<>();
  final TreeMap<Long, GroupRecord> groups = new TreeMap<>();
  final TreeMap<Long, VolumeRecord> volumes = new TreeMap<>();
  final TreeSet<Long> deletedVolumes = new TreeSet<>();
  final TreeMap<Long, SnapshotRecord> snapshots = new TreeMap<>();
  final TreeMap<Long, AttachmentRecord> attachments = new TreeMap<>();
  final TreeMap<Long, ReservationRecord> reservations = new TreeMap<>();
  final TreeMap<Target, TreeSet<Long>> pending = new TreeMap<>();
  final TreeMap<UUID, JobRecord> jobs = new TreeMap<>();
  final TreeMap<Long, ScrubRecord> scrubs = new TreeMap<>();
  final TreeMap<Long, ScrubJobRecord> scrubJobs = new TreeMap<>();
  private RcdIndex index = new RcdIndex();
  long nextNumber = 1;
  private List<RcdChange> changes = new ArrayList<>();

  RcdIndex index() {
    return index;
  }

  void change(RcdChange change) {
    if (change instanceof RcdChange.Node c) {
      nodes.put(c.node().id(), c.node());
      formerNodes.remove(c.node().id());
      index.node(c.node());
    } else if (change instanceof RcdChange.NodeForgotten c) {
      nodes.remove(c.node());
      formerNodes.put(c.node(), c.incarnation());
    } else if (change instanceof RcdChange.Disk c) {
      index.disk(disks.put(c.disk().id(), c.disk()), c.disk());
    } else if (change instanceof RcdChange.Pool c) {
      pools.put(c.pool().number(), c.pool());
      index.pool(c.pool());
    } else if (change instanceof RcdChange.Group c) {
      index.group(groups.put(c.group().number(), c.group()), c.group());
    } else if (change instanceof RcdChange.Volume c) {
      index.volume(volumes.put(c.volume().number(), c.volume()), c.volume());
    } else if (change instanceof RcdChange.VolumeDeleted c) {
      index.volume(volumes.remove(c.volume()), null);
      deletedVolumes.add(c.volume());
      reservations.remove(c.volume());
    } else if (change instanceof RcdChange.Snapshot c) {
      SnapshotRecord before = snapshots.put(c.snapshot().number(), c.snapshot());
      index.snapshots.snapshot(before, c.snapshot());
    } else if (change instanceof RcdChange.SnapshotDeleted c) {
      index.snapshots.snapshot(snapshots.remove(c.snapshot()), null);
    } else if (change instanceof RcdChange.Attached c) {
      AttachmentRecord before = attachments.put(c.attachment().generation(), c.attachment());
      if (before != null) {
        index.attachment(before, false);
      }
      index.attachment(c.attachment(), true);
    } else if (change instanceof RcdChange.Detached c) {
      attachments.remove(c.attachment().generation());
      index.attachment(c.attachment(), false);
      reservations.computeIfPresent(
          c.attachment().volume(), (volume, of) -> of.detached(c.attachment()));
    } else if (change instanceof RcdChange.Reservation c) {
      reservations.put(c.reservation().volume(), c.reservation());
    } else if (change instanceof RcdChange.Pending c) {
      setPending(new Target(c.group(), c.disk()), c.volume(), c.pending());
    } else if (change instanceof RcdChange.Job c) {
      jobs.put(c.job().subject(), c.job());
    } else if (change instanceof RcdChange.NextNumber c) {
      nextNumber = c.next();
    } else {
      changeScrub(change);
    }
    changes.add(change);
  }

  private void changeScrub(RcdChange change) {
    if (change instanceof RcdChange.Scrub c) {
      scrubs.put(c.scrub().volume(), c.scrub());
    } else if (change instanceof RcdChange.ScrubForgotten c) {
      scrubs.remove(c.volume());
    } else if (change instanceof RcdChange.ScrubJob c) {
      scrubJobs.put(c.job().number(), c.job());
    } else if (change instanceof RcdChange.ScrubJobForgotten c) {
      scrubJobs.remove(c.number());
    } else {
      throw new IllegalArgumentException("unknown change " + change);
    }
  }

  private void setPending(Target target, long volume, boolean add) {
    TreeSet<Long> of = pending.computeIfAbsent(target, t -> new TreeSet<>());
    if (add) {
      of.add(volume);
    } else {
      of.remove(volume);
    }
    if (of.isEmpty()) {
      pending.remove(target);
    }
  }

  ReservationRecord reservation(long volume) {
    ReservationRecord of = reservations.get(volume);
    return of == null ? ReservationRecord.none(volume) : of;
  }

  /** Whose answers to beats and whose reports count. */
  SortedSet<NodeId> voters() {
    SortedSet<NodeId> voters = new TreeSet<>(nodes.keySet());
    voters.removeIf(node -> !nodes.get(node).votes());
    return voters;
  }

  /** The highest number that a life of the node had; 0 when it had none. */
  long lastIncarnation(NodeId node) {
    NodeRecord known = nodes.get(node);
    return known == null ? formerNodes.getOrDefault(node, 0L) : known.incarnation();
  }

  SortedSet<Long> pendingOf(long group, UUID disk) {
    TreeSet<Long> of = pending.get(new Target(group, disk));
    return of == null ? new TreeSet<>() : of;
  }

  long takeNumber() {
    long number = nextNumber;
    change(new RcdChange.NextNumber(number + 1));
    return number;
  }

  List<RcdChange> takeChanges() {
    List<RcdChange> taken = changes;
    changes = new ArrayList<>();
    return taken;
  }

  /** Records are immutable, so a copy of the tables is a copy of the state. */
  void copyFrom(RcdTables other) {
    clear();
    nodes.putAll(other.nodes);
    formerNodes.putAll(other.formerNodes);
    disks.putAll(other.disks);
    pools.putAll(other.pools);
    groups.putAll(other.groups);
    volumes.putAll(other.volumes);
    deletedVolumes.addAll(other.deletedVolumes);
    snapshots.putAll(other.snapshots);
    attachments.putAll(other.attachments);
    reservations.putAll(other.reservations);
    other.pending.forEach((target, of) -> pending.put(target, new TreeSet<>(of)));
    jobs.putAll(other.jobs);
    scrubs.putAll(other.scrubs);
    scrubJobs.putAll(other.scrubJobs);
    nextNumber = other.nextNumber;
    index = RcdIndex.of(this);
  }

  void clear() {
    nodes.clear();
    formerNodes.clear();
    disks.clear();
    pools.clear();
    groups.clear();
    volumes.clear();
    deletedVolumes.clear();
    snapshots.clear();
    attachments.clear();
    reservations.clear();
    pending.clear();
    jobs.clear();
    scrubs.clear();
    scrubJobs.clear();
    index = new RcdIndex();
    nextNumber = 1;
    changes.clear();
  }
}
