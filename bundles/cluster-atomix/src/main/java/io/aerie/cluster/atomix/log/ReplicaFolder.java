package io.aerie.cluster.atomix.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.atomix.DurableFiles;
import io.aerie.cluster.log.DamagedLog;
import io.atomix.storage.StorageException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a replica keeps its data.
 *
 * <pre>
 * replica            text: NODE/INCARNATION, written last when the folder is made
 * ballot             {@link Ballot}
 * base               {@link StateSnapshot} that the log was founded with
 * snapshot           {@link StateSnapshot}
 * committed          {@link io.aerie.cluster.log.CommittedBound}
 * raft/log.meta      Atomix: term and vote
 * raft/log.conf      Atomix: members
 * raft/log-N.log     Atomix: segments of the log
 * </pre>
 */
final class ReplicaFolder {
  /** Prefix of Atomix' files. */
  static final String PREFIX = "log";

  private final Path folder;

  ReplicaFolder(Path folder) {
    this.folder = folder;
  }

  Path raft() {
    return folder.resolve("raft");
  }

  Path ballot() {
    return folder.resolve("ballot");
  }

  /** {@link io.aerie.cluster.log.CommittedBound}. */
  Path committed() {
    return folder.resolve("committed");
  }

  /** Where a log that ends too early is damaged: Atomix writes to its last segment only. */
  Path lastSegment() throws IOException {
    try (Stream<Path> files = Files.list(raft())) {
      return files
          .filter(file -> file.getFileName().toString().matches(PREFIX + "-\\d+\\.log"))
          .max(java.util.Comparator.comparingInt(ReplicaFolder::number))
          .orElse(raft());
    }
  }

  private static int number(Path segment) {
    return Integer.parseInt(segment.getFileName().toString().replaceAll("\\D", ""));
  }

  /** {@link StateSnapshot} at index 0: what the log began with, when it didn't begin empty. */
  Path base() {
    return folder.resolve("base");
  }

  Path snapshot() {
    return folder.resolve("snapshot");
  }

  boolean holdsReplica() {
    return Files.exists(identity());
  }

  private Path identity() {
    return folder.resolve("replica");
  }

  /**
   * The replica whose data lies here.
   *
   * @throws AerieException CORRUPT when parts of its data are missing
   */
  Optional<ReplicaId> find(NodeId self) throws IOException {
    if (!holdsReplica()) {
      return Optional.empty();
    }
    ReplicaId id;
    try {
      id = ReplicaId.parse(Files.readString(identity(), UTF_8).strip());
    } catch (CharacterCodingException | IllegalArgumentException | AerieException e) {
      throw corrupt("its name can't be read: " + e.getMessage(), e);
    }
    if (!id.node().equals(self)) {
      throw corrupt("it is that of " + id + ", this is " + self, null);
    }
    if (!Files.exists(raft().resolve(PREFIX + ".meta")) || !hasSegments()) {
      throw corrupt("term, vote or log are missing", null);
    }
    return Optional.of(id);
  }

  private boolean hasSegments() throws IOException {
    try (Stream<Path> files = Files.list(raft())) {
      return files.anyMatch(file -> file.getFileName().toString().matches(PREFIX + "-\\d+\\.log"));
    }
  }

  /**
   * Opens all files of the log at once, and closes them. Where that fails for want of handles or of
   * rights the engine would fail half-way, and leave its threads behind with each try.
   */
  void checkOpens() throws IOException {
    List<FileChannel> opened = new ArrayList<>();
    try (Stream<Path> files = Files.list(raft())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        opened.add(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
      }
    } finally {
      for (FileChannel channel : opened) {
        channel.close();
      }
    }
  }

  /** Removes all, the replica's name first: what a crash leaves is no replica. */
  void remove() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (Files.deleteIfExists(identity())) {
      DurableFiles.syncDirectory(folder);
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    DurableFiles.syncDirectory(folder.getParent());
  }

  /** Makes the folder for a replica that never was; left-overs of an unfinished making go. */
  void prepare() throws IOException {
    remove();
    Files.createDirectories(raft());
    DurableFiles.syncDirectory(folder.getParent());
    DurableFiles.syncDirectory(folder);
  }

  /** From here on the folder holds a replica; Atomix has made its files before. */
  void name(ReplicaId id) throws IOException {
    DurableFiles.syncDirectory(raft());
    DurableFiles.write(identity(), (id + "\n").getBytes(UTF_8));
  }

  AerieException corrupt(String why, Throwable cause) {
    return new AerieException(
        ErrorCode.CORRUPT,
        "The replica in " + folder + " can't be read",
        why,
        DamagedLog.remedy(folder),
        cause);
  }

  /**
   * Why the replica can't be opened: CORRUPT when its data is missing or isn't what was written,
   * which only a new replica heals; IO_ERROR for what may pass, as a full disk.
   */
  AerieException refusal(Throwable failure) {
    Throwable passing = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof AerieException known) {
        return known;
      }
      if (isDamage(cause)) {
        boolean ours = cause instanceof DamagedFileException;
        return corrupt(ours ? cause.getMessage() : cause.toString(), failure);
      }
      if (cause instanceof IOException || cause instanceof StorageException.OutOfDiskSpace) {
        passing = cause;
      }
    }
    // what Atomix can't make sense of it tells by whatever exception that makes
    return passing == null
        ? corrupt(failure.toString(), failure)
        : new AerieException(
            ErrorCode.IO_ERROR,
            "The replica in " + folder + " can't be opened",
            passing.toString(),
            "Look whether its disk is full or fails; it is tried again.",
            failure);
  }

  private static boolean isDamage(Throwable cause) {
    return cause instanceof DamagedFileException
        || cause instanceof NoSuchFileException
        || cause instanceof EOFException
        || cause instanceof CharacterCodingException;
  }
}
