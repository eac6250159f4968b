package io.aerie.cluster.atomix.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.atomix.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  Path lastSegment() {
    try (Stream<Path> files = Files.list(raft())) {
      return files
          .filter(file -> file.getFileName().toString().matches(PREFIX + "-\\d+\\.log"))
          .max(java.util.Comparator.comparingInt(ReplicaFolder::number))
          .orElse(raft());
    } catch (IOException e) {
      throw corrupt(e.getMessage(), e);
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
  Optional<ReplicaId> find(NodeId self) {
    if (!holdsReplica()) {
      return Optional.empty();
    }
    ReplicaId id;
    try {
      id = ReplicaId.parse(Files.readString(identity(), UTF_8).strip());
    } catch (IOException | IllegalArgumentException | AerieException e) {
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

  private boolean hasSegments() {
    try (Stream<Path> files = Files.list(raft())) {
      return files.anyMatch(file -> file.getFileName().toString().matches(PREFIX + "-\\d+\\.log"));
    } catch (IOException e) {
      throw corrupt(e.getMessage(), e);
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
        "Remove the folder: the node then joins the log anew and gets all from the others.",
        cause);
  }
}
