package io.aerie.cluster.ratis;

import java.nio.file.Path;

/** The files of a log's entries. */
final class SegmentFiles {
  private SegmentFiles() {}

  /**
   * What they take, in bytes. Names first: files vanish while the log is purged.
   *
   * @param current Raft's folder
   */
  static long bytes(Path current) {
    String[] names = current.toFile().list((folder, name) -> name.startsWith("log_"));
    long sum = 0;
    for (String name : names == null ? new String[0] : names) {
      sum += current.resolve(name).toFile().length();
    }
    return sum;
  }
}
