package io.aerie.ardfs.device;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Which disks this node opens when it starts: a small JSON file. A hint only; what a disk is says
 * its superblock.
 */
public final class LocalDisks {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<LocalDisk> disks;

  /**
   * A disk.
   *
   * @param path device or file
   * @param disk id in its superblock
   */
  public record LocalDisk(String path, UUID disk) {}

  /**
   * Reads the file; none is an empty list.
   *
   * @throws AerieException CORRUPT when it can't be read: silently serving fewer disks would be
   *     worse
   */
  public LocalDisks(Path folder) {
    file = folder.resolve("disks.json");
    disks = Files.exists(file) ? read(file) : new ArrayList<>();
  }

  private static List<LocalDisk> read(Path file) {
    try {
      return new ArrayList<>(
          JSON.readValue(file.toFile(), new TypeReference<List<LocalDisk>>() {}));
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          file + " can't be read",
          e.getMessage(),
          "Restore it, or remove it and add the disks again.",
          e);
    }
  }

  public synchronized List<LocalDisk> list() {
    return List.copyOf(disks);
  }

  /** Remembers a disk; an older entry for its path goes. */
  public synchronized void add(LocalDisk disk) {
    disks.removeIf(known -> known.path().equals(disk.path()));
    disks.add(disk);
    write();
  }

  /** It is not opened any more. */
  public synchronized void remove(UUID disk) {
    if (disks.removeIf(known -> known.disk().equals(disk))) {
      write();
    }
  }

  private void write() {
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(aside, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(disks));
      try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, file + " can't be written", String.valueOf(e.getMessage()), "", e);
    }
  }
}
