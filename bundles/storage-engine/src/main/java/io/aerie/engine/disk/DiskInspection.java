package io.aerie.engine.disk;

import io.aerie.engine.store.DiskIdentity;
import java.util.Optional;

/**
 * What lies on a device, before it is added.
 *
 * @param content which of the three
 * @param identity of a disk of ours, as its superblock says; empty otherwise
 */
public record DiskInspection(Content content, Optional<DiskIdentity> identity) {
  /** Only an empty device may be formatted without asking. */
  public enum Content {
    /** Its first and last MiB are zero. */
    EMPTY,
    /** Has a superblock of ours, of any cluster. */
    OURS,
    /** Something else, or a disk of ours whose superblocks are both damaged. */
    FOREIGN
  }
}
