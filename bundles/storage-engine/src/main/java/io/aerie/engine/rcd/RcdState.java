package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.NodeId;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationState.Access;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;

/**
 * The state machine. Not for several threads: the thread of the log applies, others get a {@link
 * #copy} or the changes. Views are live and unmodifiable; the records in them are immutable.
 */
public final class RcdState {
  private final RcdTables tables = new RcdTables();
  private final RcdRules rules = new RcdRules(tables);
  private long index;

  /** What applying a command came to. */
  public static final class Applied {
    private final byte[] answer;
    private final List<RcdChange> changes;

    private Applied(byte[] answer, List<RcdChange> changes) {
      this.answer = answer;
      this.changes = List.copyOf(changes);
    }

    /** For the submitter, an encoded {@link RcdAnswer}; the caller's own. */
    public byte[] answer() {
      return answer;
    }

    /** In order; empty when repeated, and when refused but for a disk that is distrusted then. */
    public List<RcdChange> changes() {
      return changes;
    }
  }

  /** Applies a command. A refusal changes nothing but what is known of a copy of the past. */
  public Applied apply(long atIndex, byte[] command) {
    index = atIndex;
    RcdAnswer answer;
    try {
      answer = rules.apply(atIndex, RcdCommands.decode(command));
    } catch (AerieException e) {
      answer = RcdAnswer.refused(e);
    }
    return new Applied(answer.encode(), tables.takeChanges());
  }

  /** What {@link #apply} would answer now; changes nothing. */
  public RcdAnswer dryRun(byte[] command) {
    return RcdAnswer.decode(copy().apply(index + 1, command).answer());
  }

  /** Follows another replica of the state by its changes. */
  public void mirror(long atIndex, List<RcdChange> changes) {
    index = atIndex;
    changes.forEach(tables::change);
    tables.takeChanges();
  }

  /** An independent copy. */
  public RcdState copy() {
    RcdState copy = new RcdState();
    copy.tables.copyFrom(tables);
    copy.index = index;
    return copy;
  }

  /** Writes the whole state; see {@link RcdSnapshot}. */
  public void writeSnapshot(DataOutput out) throws IOException {
    RcdSnapshot.write(tables, out);
  }

  /** Replaces the whole state. */
  public void readSnapshot(long atIndex, DataInput in) throws IOException {
    RcdSnapshot.read(tables, in);
    index = atIndex;
  }

  /** For those who look behind the records. */
  RcdTables tables() {
    return tables;
  }

  /** Index of the last command applied. */
  public long index() {
    return index;
  }

  public SortedMap<NodeId, NodeRecord> nodes() {
    return Collections.unmodifiableSortedMap(tables.nodes);
  }

  /** All nodes whose answers to beats, and whose reports, count. */
  public SortedSet<NodeId> voters() {
    return tables.voters();
  }

  public SortedMap<UUID, DiskRecord> disks() {
    return Collections.unmodifiableSortedMap(tables.disks);
  }

  public SortedMap<Long, PoolRecord> pools() {
    return Collections.unmodifiableSortedMap(tables.pools);
  }

  public SortedMap<Long, GroupRecord> groups() {
    return Collections.unmodifiableSortedMap(tables.groups);
  }

  public SortedMap<Long, VolumeRecord> volumes() {
    return Collections.unmodifiableSortedMap(tables.volumes);
  }

  public SortedSet<Long> deletedVolumes() {
    return Collections.unmodifiableSortedSet(tables.deletedVolumes);
  }

  /** Snapshots of all volumes, by number. */
  public SortedMap<Long, SnapshotRecord> snapshots() {
    return Collections.unmodifiableSortedMap(tables.snapshots);
  }

  public Optional<SnapshotRecord> snapshot(long number) {
    return Optional.ofNullable(tables.snapshots.get(number));
  }

  public SortedMap<Long, AttachmentRecord> attachments() {
    return Collections.unmodifiableSortedMap(tables.attachments);
  }

  /** Whether a number, such as an attachment's generation, was given away. */
  public boolean knows(long number) {
    return number < tables.nextNumber;
  }

  /** Reservations, by volume; of one that nobody ever reserved there is none. */
  public SortedMap<Long, ReservationRecord> reservations() {
    return Collections.unmodifiableSortedMap(tables.reservations);
  }

  /** Reservations of a volume; of one that nobody reserves an empty record. */
  public ReservationRecord reservation(long volume) {
    return tables.reservation(volume);
  }

  /**
   * Whether a volume's reservations shut a client out.
   *
   * @param nexus the initiator; null when the client is none
   */
  public boolean conflicts(long volume, Nexus nexus, Access access) {
    if (tables.reservations.isEmpty()) {
      return false;
    }
    ReservationRecord of = tables.reservations.get(volume);
    return of != null && of.state().conflicts(nexus, access);
  }

  /** The latest job of each disk and pool, by its id. */
  public SortedMap<UUID, JobRecord> jobs() {
    return Collections.unmodifiableSortedMap(tables.jobs);
  }

  /** What is known of volumes' scrubs, by volume; of some nothing. */
  public SortedMap<Long, ScrubRecord> scrubs() {
    return Collections.unmodifiableSortedMap(tables.scrubs);
  }

  /** Scrubs that go on, and the last that ended. */
  public SortedMap<Long, ScrubJobRecord> scrubJobs() {
    return Collections.unmodifiableSortedMap(tables.scrubJobs);
  }

  public Optional<NodeRecord> node(NodeId id) {
    return Optional.ofNullable(tables.nodes.get(id));
  }

  /**
   * The highest number that a life of the node had, also of one that was removed; 0 when it had
   * none.
   */
  public long lastIncarnation(NodeId id) {
    return tables.lastIncarnation(id);
  }

  /** Whether the node belonged to the cluster once, and does no more. */
  public boolean isFormer(NodeId id) {
    return tables.formerNodes.containsKey(id);
  }

  public Optional<DiskRecord> disk(UUID id) {
    return Optional.ofNullable(tables.disks.get(id));
  }

  public Optional<GroupRecord> group(long number) {
    return Optional.ofNullable(tables.groups.get(number));
  }

  public Optional<VolumeRecord> volume(long number) {
    return Optional.ofNullable(tables.volumes.get(number));
  }

  /**
   * Frozen groups that need not wait for those that are away: what is in sync is enough to rebuild
   * a disk that serves.
   */
  public List<GroupRecord> rebuildable() {
    return rules.rebuildable();
  }

  /** Why that copy of a group can't be accepted as things are; empty when it can. */
  public Optional<AerieException> refusalToAccept(GroupRecord group, UUID disk) {
    return rules.refusalToAccept(group, disk);
  }

  /** By name, or by id as text. */
  public Optional<VolumeRecord> volume(String nameOrId) {
    Long byName = tables.index().volumeOfName.get(nameOrId);
    if (byName != null) {
      return volume(byName);
    }
    try {
      UUID id = UUID.fromString(nameOrId);
      Long byId = tables.index().volumeOfId.get(id);
      return byId == null || !id.toString().equals(nameOrId) ? Optional.empty() : volume(byId);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public Optional<PoolRecord> pool(String name) {
    return Optional.ofNullable(tables.index().poolOfName.get(name)).map(tables.pools::get);
  }

  /**
   * A frozen layer that no snapshot names and that at most one other stands on: it is to be folded
   * into that one, or emptied. The lowest number of them.
   */
  public Optional<VolumeRecord.Layer> layerToFold(VolumeRecord volume) {
    return rules.layerToFold(volume);
  }

  /**
   * What a volume took the place of when its protection was changed, and is still seen through it.
   */
  public Optional<VolumeRecord> former(VolumeRecord volume) {
    return rules.former(volume);
  }

  /** Whether a volume is to be filled from what it took the place of. */
  public boolean fills(VolumeRecord volume) {
    return rules.fills(volume);
  }

  /** Groups that a disk left, and of which it may still have blocks, by number. */
  public SortedSet<Long> leftBy(UUID disk) {
    return Collections.unmodifiableSortedSet(tables.index().formerOfDisk.of(disk));
  }

  /** Whether the volume must still be resynchronised to that rebuilding disk. */
  public boolean pending(long group, UUID disk, long volume) {
    return tables.pendingOf(group, disk).contains(volume);
  }

  /** Groups of a pool and protection, in order: block i falls to one by {@link Placement}. */
  public List<GroupRecord> groupsOf(long pool, Redundancy redundancy) {
    return rules.groupsOf(pool, redundancy);
  }

  /**
   * Whether a pool is to be rebalanced by itself: there is a member to move between disks whose
   * shares differ by more than 10 %, nothing is to be rebuilt or emptied first, and it was neither
   * forbidden nor called off since something about its disks changed last.
   */
  public boolean unbalanced(PoolRecord pool) {
    return rules.unbalanced(pool);
  }

  /** Raw bytes of a pool's disks. */
  public long capacityBytes(PoolRecord pool) {
    return rules.capacityBytes(pool);
  }

  /** Raw bytes promised to the volumes of a pool: whole blocks x members of a group. */
  public long reservedBytes(PoolRecord pool) {
    return rules.reservedBytes(pool);
  }

  /** The size in bytes of the largest volume of that protection that would still be promised. */
  public long availableBytes(PoolRecord pool, Redundancy redundancy) {
    return rules.availableBytes(pool, redundancy);
  }
}
