package io.aerie.config.copies;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * The storage disks of this node as places for copies of ConfigDB. Each keeps the last two whole
 * ones; a write that is torn loses neither. What the bytes mean, disks don't know. A service while
 * storage serves.
 */
public interface CopyDisks {
  /**
   * The disks that this node ought to have, whether or not they are up and have room for copies.
   */
  CompletableFuture<List<Disk>> disks();

  /** The whole copies on a disk, the newest first; reads and checks all of them. */
  CompletableFuture<List<Copy>> copies(UUID disk);

  /** A copy's content; NOT_FOUND when it is not there any more, or not whole. */
  CompletableFuture<byte[]> read(UUID disk, long number);

  /** Writes a copy over the older of two; TOO_LARGE when it doesn't fit. Durable when done. */
  CompletableFuture<Void> write(UUID disk, Label label, byte[] content);

  /**
   * A disk.
   *
   * @param path device or file
   * @param roomBytes for one copy; 0 when the disk was formatted before there were copies
   * @param serves false when it can't be opened: nobody knows what it holds
   */
  record Disk(UUID disk, String path, long roomBytes, boolean serves) {}

  /**
   * What a copy is of.
   *
   * @param lineage one life of ConfigDB, from its founding to the loss of all its replicas
   * @param order of lineages: a later one has a higher
   * @param revision of the database in its lineage
   * @param written by the clock of the node that wrote it
   */
  record Label(UUID lineage, long order, long revision, Instant written) {}

  /**
   * A whole copy.
   *
   * @param number of the copy on its disk
   * @param bytes of its content
   */
  record Copy(long number, Label label, int bytes) {}
}
