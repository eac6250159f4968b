package io.aerie.storage.admin;

import io.aerie.base.NodeId;
import io.aerie.storage.block.Extent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * What lists and single objects show. {@code revision} is the RCD index of the last change of the
 * object.
 */
public final class StorageViews {
  private StorageViews() {}

  /**
   * A node in the eyes of RCD.
   *
   * @param state up, suspect or down; leaving when it is being removed from the cluster
   * @param incarnation number of its present or last life
   * @param duty serving; draining or absent when none of its disks serves: what they drain, or are
   *     given up as
   * @param rack where it stands; empty when nobody told: then it is a rack of its own
   * @param site where its rack stands; likewise
   */
  public record NodeView(
      NodeId id,
      String state,
      long incarnation,
      String duty,
      int diskCount,
      int ownedVolumes,
      Optional<String> rack,
      Optional<String> site,
      long revision) {}

  /**
   * A disk.
   *
   * @param id UUID from its superblock
   * @param path the device or file on its node
   * @param state up or down
   * @param duty serving, draining (its members move to other disks) or absent (given up: others
   *     take the place of its members)
   * @param speedPercent how fast it is said to be, 100 as its peers
   */
  public record DiskView(
      String id,
      NodeId node,
      String path,
      String pool,
      String state,
      String duty,
      long capacityBytes,
      long usedBytes,
      long generation,
      int speedPercent,
      long revision) {}

  /**
   * A pool.
   *
   * @param state healthy, degraded (some copies missing) or frozen (some data can't be written)
   * @param reservedBytes raw bytes promised to volumes (whole blocks x copies)
   * @param redundantBytes those of them that are there only so that disks may be lost: further
   *     copies, and parities
   * @param availableBytes the size of the largest further volume by protection, by its name
   * @param failureDomain disk, node, rack or site: each copy or fragment of a block is in another
   * @param rebalance automatic or manual: whether members move by themselves to disks that came
   */
  public record PoolView(
      String id,
      String name,
      String state,
      long capacityBytes,
      long usedBytes,
      long reservedBytes,
      long redundantBytes,
      SortedMap<String, Long> availableBytes,
      int diskCount,
      int groupsTotal,
      int groupsInSync,
      int groupsFrozen,
      String failureDomain,
      String rebalance,
      long revision) {}

  /**
   * A volume.
   *
   * @param state healthy, degraded or frozen, by its worst group
   * @param owner the node that orders its operations
   * @param epoch the ownership's number
   * @param reservedBytes raw bytes of the pool that are promised to it with all its layers
   * @param snapshotCount snapshots of it
   * @param foldingLayers layers of deleted snapshots and of what was gone back from, whose blocks
   *     are still being folded or removed; what was promised to them is given back then
   * @param originVolume of a clone: the name of the volume whose snapshot it began as
   * @param originSnapshot of a clone: that snapshot's name
   * @param limits what its clients together may ask of it
   * @param reservation how an initiator has reserved it, as {@link ReservationView}; empty: not
   */
  public record VolumeView(
      String id,
      String name,
      String pool,
      long sizeBytes,
      String protection,
      String state,
      NodeId owner,
      long epoch,
      long reservedBytes,
      int snapshotCount,
      int foldingLayers,
      Optional<String> originVolume,
      Optional<String> originSnapshot,
      VolumeLimits limits,
      Optional<String> reservation,
      long revision) {}

  /**
   * A snapshot: what a volume held at one moment.
   *
   * @param volume the volume's name
   * @param state making (its owner waits for the writes that are under way) or ready
   * @param sizeBytes of the volume at that moment
   * @param cloneCount volumes that read it
   * @param createdAt when it was asked for, by the clock of the node that was asked
   */
  public record SnapshotView(
      String id,
      String name,
      String volume,
      String state,
      long sizeBytes,
      int cloneCount,
      Optional<Instant> createdAt,
      long revision) {}

  /**
   * Some of the extents of a snapshot.
   *
   * @param since name of the snapshot that it is compared with
   * @param sizeBytes of the snapshot
   * @param extents that may have data or, compared, are not the same; in order
   * @param next the offset to go on from; empty when that was all. A page may have none
   */
  public record ExtentsView(
      String volume,
      String snapshot,
      Optional<String> since,
      long sizeBytes,
      List<Extent> extents,
      OptionalLong next) {}

  /**
   * Work that goes on by itself.
   *
   * @param kind resynchronisation of a disk that came back, replacement of one that others take the
   *     place of, or rebalancing of a pool
   * @param state running, done or failed (also: called off)
   * @param subject what it works on: a disk's id, or a pool's
   * @param groupsDone groups of {@code groupsTotal} that need it no more; of a rebalancing moves
   * @param doneBytes bytes copied; how many there will be nobody knows before all is compared
   * @param rateBytesPerSecond copied per second since the node that is asked saw it first; empty
   *     until a group was done since then
   * @param secondsLeft for the other groups, if each takes as long as those that this node saw;
   *     empty as long as the rate is
   */
  public record JobView(
      String id,
      String kind,
      String state,
      String subject,
      int groupsDone,
      int groupsTotal,
      long doneBytes,
      OptionalLong rateBytesPerSecond,
      OptionalLong secondsLeft,
      long revision) {}

  /**
   * A scrub: all blocks of volumes are looked at, and repaired from what is right.
   *
   * @param scope all, pool or volume
   * @param subject name of that pool or volume; empty of all, and of a volume that is gone
   * @param state running, paused, done or cancelled
   * @param volumesDone volumes that were looked at as a whole
   * @param volumesTotal volumes that it is to look at
   * @param blocksChecked blocks looked at so far, with all their copies or fragments
   * @param pagesFound pages that were not what they are to be
   * @param pagesRepaired of those, made good
   * @param pagesUnrepairable of those, without a good source
   * @param startedAt by the clock of the node that was asked
   */
  public record ScrubView(
      String id,
      String scope,
      Optional<String> subject,
      String state,
      int volumesDone,
      int volumesTotal,
      long blocksChecked,
      long pagesFound,
      long pagesRepaired,
      long pagesUnrepairable,
      Instant startedAt,
      long revision) {}

  /**
   * What disks hold of a volume that is not known.
   *
   * @param id the volume's number
   * @param nodes those that told of it
   * @param disks their disks' ids
   * @param blocks on all of them
   * @param heldBytes of slots that they take
   */
  public record QuarantineView(
      String id, List<NodeId> nodes, List<String> disks, int blocks, long heldBytes) {}

  /**
   * A volume's part in a group of which nobody complete is there, and the copy to go on with.
   *
   * @param id the group's number and the volume's id
   * @param name the volume's; empty for a group in which no volume has anything yet
   * @param pool its pool's name
   * @param group the group's number
   * @param protection of the group
   * @param affectedBytes of the volume that lie in the group, at most; estimated for volumes of
   *     more than 65,536 blocks. What of them was written since the copy was left behind would be
   *     lost
   * @param disk the copy's, by id; empty when there is none
   * @param node where that is
   * @param copy stale, or rebuilding: then some blocks are newer than others
   * @param staleSince epoch of the group since which the copy misses something; empty when there is
   *     none, or its blocks are of different times, as it is or was being rebuilt
   * @param groupEpoch the group's epoch now: each change of its members is one
   * @param completeDisks ids of the disks that had everything, and would not be believed any more
   * @param refusal the code of why the copy can't be taken now; empty when it can
   * @param reason the same in words
   * @param revision of the group
   */
  public record RecoveryView(
      String id,
      String name,
      String pool,
      long group,
      String protection,
      long affectedBytes,
      Optional<String> disk,
      Optional<NodeId> node,
      Optional<String> copy,
      OptionalLong staleSince,
      long groupEpoch,
      List<String> completeDisks,
      Optional<String> refusal,
      Optional<String> reason,
      long revision) {}

  /**
   * Who has reserved a volume, and who is registered with it.
   *
   * @param id the volume's
   * @param name the volume's
   * @param type the reservation's: write_exclusive, exclusive_access, these two with
   *     _registrants_only or _all_registrants, or reserve_6; empty: nobody has reserved it
   * @param generation of the registrations, as initiators are told it
   * @param persistent what the last who registered asked for (APTPL); they are kept anyway
   * @param revision 0 when nobody ever reserved it
   */
  public record ReservationView(
      String id,
      String name,
      Optional<String> type,
      long generation,
      boolean persistent,
      List<RegistrationView> registrations,
      long revision) {}

  /**
   * A way of an initiator to a volume.
   *
   * @param initiator its iSCSI name
   * @param qualifier the ISID of its sessions, hexadecimal; empty when its name came without one
   * @param node through which it comes; empty when there is no such node any more
   * @param port that node's relative target port
   * @param key it is registered with, hexadecimal; empty of who has it by RESERVE(6)
   * @param holder whether it holds the reservation, alone or with others
   * @param open whether it has the volume open now
   */
  public record RegistrationView(
      String initiator,
      Optional<String> qualifier,
      Optional<NodeId> node,
      int port,
      Optional<String> key,
      boolean holder,
      boolean open) {}

  /**
   * What a change does or would do.
   *
   * @param dryRun true when nothing was changed
   * @param freeBytesAfter raw bytes of the pool that are not promised after it
   * @param toleratedNodeFailures how many nodes may fail then without loss of the object
   * @param explanation why, in sentences
   */
  public record Outcome<T>(
      T object,
      boolean dryRun,
      long freeBytesAfter,
      int toleratedNodeFailures,
      List<String> explanation) {}
}
