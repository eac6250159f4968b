package io.aerie.cluster.ratis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What {@code java.nio.file} doesn't say aloud about stable storage on Linux. */
final class Durability {
  private Durability() {}

  /** Makes renames and new files in a folder durable: fsync(2) of the folder itself. */
  static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
