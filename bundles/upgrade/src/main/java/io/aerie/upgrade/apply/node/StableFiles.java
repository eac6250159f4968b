package io.aerie.upgrade.apply.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files that are there, whole, after the power was cut, or not at all. */
final class StableFiles {
  private StableFiles() {}

  /** Writes beside and renames: a reader sees the former content or this. */
  static void write(Path file, String content) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    try (FileChannel out =
        FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    rename(beside, file);
  }

  /** Renames, replacing what is there. */
  static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(to.toAbsolutePath().getParent());
  }

  /** Removes a file, if there is one. */
  static void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      force(file.toAbsolutePath().getParent());
    }
  }

  /** The content of a small file, without the end of its last line. */
  static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file).stripTrailing());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Brings a file, or what a folder lists, to stable storage. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Brings all files and folders at and below one to stable storage. */
  static void forceTree(Path folder) throws IOException {
    for (Path path : tree(folder)) {
      if (!Files.isSymbolicLink(path)) {
        force(path);
      }
    }
  }

  /** Removes a folder and all in it, if there is one. */
  static void deleteTree(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path path : tree(folder)) {
        Files.delete(path);
      }
    }
  }

  /** All at and below a folder, what is in a folder before itself. */
  private static List<Path> tree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
