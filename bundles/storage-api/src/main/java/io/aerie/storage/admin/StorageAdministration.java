package io.aerie.storage.admin;

import io.aerie.base.ByteSize;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Changes and lists of storage, on any node. Lists answer from this node's replica of RCD. A
 * refusal is an {@link io.aerie.base.AerieException} and changes nothing.
 */
public interface StorageAdministration {
  List<NodeView> nodes();

  List<DiskView> disks();

  List<PoolView> pools();

  List<VolumeView> volumes();

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
   * Makes a pool of the disks that were added under its name. ALREADY_EXISTS, NOT_FOUND (no such
   * disks), INVALID_NAME.
   */
  CompletableFuture<Outcome<PoolView>> createPool(String name, boolean dryRun);

  /**
   * Makes a thin volume. INVALID_NAME, INVALID_SIZE (not a multiple of 4 KiB, zero),
   * ALREADY_EXISTS, NOT_FOUND (pool), CAPACITY_EXCEEDED, PROTECTION_IMPOSSIBLE (too few nodes with
   * disks).
   */
  CompletableFuture<Outcome<VolumeView>> createVolume(
      String name, ByteSize size, String pool, Protection protection, boolean dryRun);

  /**
   * Deletes a volume and its data. NOT_FOUND, IN_USE (a client has it open), PRECONDITION_FAILED
   * (revision given and stale).
   *
   * @param nameOrId either
   */
  CompletableFuture<Outcome<VolumeView>> deleteVolume(
      String nameOrId, OptionalLong expectedRevision, boolean dryRun);
}
