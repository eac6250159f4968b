package io.aerie.cluster.log;

import java.nio.file.Path;

/** What all providers say of a replica whose data is damaged. */
public final class DamagedLog {
  private DamagedLog() {}

  /**
   * What to do about it.
   *
   * @param folder all of the replica's data, and nothing that others need
   */
  public static String remedy(Path folder) {
    return "If the disk is well, stop the node, remove "
        + folder
        + " and start it: it rejoins as a new member.";
  }
}
