package io.aerie.engine.rcd;

/** What a disk is meant for. The order is on disk. */
public enum DiskDuty {
  /** Has members of groups, and gets more. */
  SERVING,
  /** Its members are moved to other disks; until then they serve as before. */
  DRAINING,
  /** Away, and not waited for: others take the place of its members. It serves when it is back. */
  ABSENT,
  /**
   * Belongs to the cluster no more. The record stays, so that its id is not taken again and its
   * node learns of it whenever it comes back.
   */
  REMOVED
}
