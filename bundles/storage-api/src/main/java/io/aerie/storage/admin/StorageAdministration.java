package io.aerie.storage.admin;

import io.aerie.base.ByteSize;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Changes and lists of storage, on any node. Lists answer from this node's replica of RCD. A
 * refusal is an {@link io.aerie.base.AerieException} and changes nothing.
 */
public interface StorageAdministration
    extends ScrubAdministration,
        TopologyAdministration,
        BalanceAdministration,
        QuarantineAdministration,
        ReservationAdministration,
        ExtentAdministration,
        RecoveryAdministration,
        DepartureAdministration {
  List<NodeView> nodes();

  List<DiskView> disks();

  List<PoolView> pools();

  List<VolumeView> volumes();

  /** Of all volumes. */
  List<SnapshotView> snapshots();

  List<JobView> jobs();

  /**
   * Done when lists on this node have all that was acknowledged before the call, on any node. Fails
   * with UNAVAILABLE or TIMED_OUT when no majority answers.
   */
  CompletableFuture<Void> catchUp();

  /**
   * Formats a disk of this node and adds it to a pool, which may not exist yet.
   *
   * @param path block device or file
   * @param force take it even if it holds something that is not ours
   */
  CompletableFuture<Outcome<DiskView>> addDisk(
      String path, String pool, boolean force, boolean dryRun);

  /**
   * Moves all that a disk has to others, while it serves as before; or lets one that is being
   * drained serve again. Answers when it is begun: the disk's job tells how far it is. NOT_FOUND,
   * PROTECTION_IMPOSSIBLE (with the proof: there is no place for all that it has),
   * PRECONDITION_FAILED (revision given and stale; to be called off, though it is given up).
   *
   * @param cancel call the draining off
   */
  CompletableFuture<Outcome<DiskView>> drainDisk(
      String id, boolean cancel, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Gives up a disk that is away, at once instead of after {@code absence.minutes}: others take the
   * place of its members. It serves again when it is brought back. NOT_FOUND, PRECONDITION_FAILED
   * (it serves: drain it; revision given and stale).
   */
  CompletableFuture<Outcome<DiskView>> failDisk(
      String id, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Takes a disk out of the cluster for good that was drained or given up and has nothing left. Its
   * node closes it and opens it no more; nothing on it is changed, and it can be added again as a
   * new disk. NOT_FOUND, IN_USE (groups still have it), PRECONDITION_FAILED (it is to serve;
   * revision given and stale).
   */
  CompletableFuture<Outcome<DiskView>> removeDisk(
      String id, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Drains all disks of a node, or none when one of them can't be; or lets those that are being
   * drained serve again. As {@link #drainDisk}.
   */
  CompletableFuture<Outcome<NodeView>> drainNode(
      String node, boolean cancel, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Makes a pool of the disks that were added under its name. ALREADY_EXISTS, NOT_FOUND (no such
   * disks), INVALID_NAME.
   *
   * @param spread each copy or fragment of a block is in another domain of this level
   */
  CompletableFuture<Outcome<PoolView>> createPool(
      String name, FailureDomain spread, boolean dryRun);

  /**
   * Makes a thin volume. INVALID_NAME, INVALID_SIZE (not a multiple of 4 KiB, zero),
   * ALREADY_EXISTS, NOT_FOUND (pool), CAPACITY_EXCEEDED, PROTECTION_IMPOSSIBLE (too few nodes with
   * disks).
   */
  CompletableFuture<Outcome<VolumeView>> createVolume(
      String name, ByteSize size, String pool, Protection protection, boolean dryRun);

  /**
   * Deletes a volume and its data. NOT_FOUND, IN_USE (a client has it open, or it has snapshots),
   * PRECONDITION_FAILED (revision given and stale).
   *
   * @param nameOrId either
   */
  CompletableFuture<Outcome<VolumeView>> deleteVolume(
      String nameOrId, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Gives a volume another size. A larger one is there at once, also for clients that have it open
   * and ask again. A smaller one loses what lies behind it: by force only, and only when no client
   * has it open. NOT_FOUND, INVALID_SIZE, CAPACITY_EXCEEDED, IN_USE, PRECONDITION_FAILED (smaller
   * without force; revision given and stale), CONFLICT (a snapshot or another shrinking is under
   * way).
   */
  CompletableFuture<Outcome<VolumeView>> resizeVolume(
      String nameOrId, ByteSize size, boolean force, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Gives a volume another protection while clients read and write. Complete when it has begun:
   * what is written from then on has the new protection; the rest is brought there in the
   * background, as a job. Room for both is promised until then. NOT_FOUND, INVALID_PROTECTION,
   * PROTECTION_IMPOSSIBLE, CAPACITY_EXCEEDED, IN_USE (it has snapshots), PRECONDITION_FAILED,
   * CONFLICT (a snapshot, a shrinking, or two conversions are under way, or others took the room),
   * TIMED_OUT (it is still wanted, and begins when all writes that are under way are done).
   */
  CompletableFuture<Outcome<VolumeView>> convertVolume(
      String nameOrId, Protection protection, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Limits what the clients of a volume may ask of it, from whichever nodes, at once and for what
   * waits already. What exceeds a limit waits; nothing fails because of it. NOT_FOUND,
   * INVALID_VALUE (nothing is given; no limit: operations are from 1, bytes from 4096 to 2^40 a
   * second), PRECONDITION_FAILED (revision given and stale).
   *
   * @param change what isn't given stays, 0 takes a limit away
   */
  CompletableFuture<Outcome<VolumeView>> limitVolume(
      String nameOrId, VolumeLimits change, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Keeps what a volume holds now, while clients write on: all that was acknowledged before the
   * call is in it, and of what is under way each write or not, as after a power failure at that
   * moment. Complete when it is made; TIMED_OUT when the volume's writes could not be brought to an
   * end: it is still wanted then, and made as soon as they can. NOT_FOUND, INVALID_NAME,
   * ALREADY_EXISTS, CAPACITY_EXCEEDED (as much is set aside as the volume has), LIMIT_REACHED,
   * CONFLICT.
   */
  CompletableFuture<Outcome<SnapshotView>> createSnapshot(
      String volume, String name, boolean dryRun);

  /**
   * Deletes a snapshot; what only it held is removed in the background. NOT_FOUND, IN_USE (it has
   * clones), PRECONDITION_FAILED.
   */
  CompletableFuture<Outcome<SnapshotView>> deleteSnapshot(
      String volume, String snapshot, OptionalLong expectedRevision, boolean dryRun);

  /**
   * Makes a volume that begins as a snapshot of another and is written on its own. NOT_FOUND,
   * INVALID_NAME, ALREADY_EXISTS, CONFLICT (the snapshot is not ready), CAPACITY_EXCEEDED.
   */
  CompletableFuture<Outcome<VolumeView>> cloneSnapshot(
      String volume, String snapshot, String name, boolean dryRun);

  /**
   * Takes a volume back to a snapshot: what was written since is lost unless another snapshot has
   * it; its size is that of the snapshot. All snapshots stay. NOT_FOUND, IN_USE (a client has it
   * open), PRECONDITION_FAILED, CAPACITY_EXCEEDED, CONFLICT.
   */
  CompletableFuture<Outcome<VolumeView>> revertVolume(
      String volume, String snapshot, OptionalLong expectedRevision, boolean dryRun);
}
