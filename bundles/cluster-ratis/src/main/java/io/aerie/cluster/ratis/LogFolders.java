package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.DamagedLog;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftGroupId;

/**
 * What lies in this node's log folder, and what should:
 *
 * <pre>
 * ratis/replica.properties     incarnation=UUID
 *                              log.NAME=founding | joining | member
 * ratis/NAME/GROUP/current/    Raft's log segments, raft-meta (term, vote), raft-meta.conf
 * ratis/NAME/GROUP/sm/         snapshots
 * ratis/NAME.committed         {@link io.aerie.cluster.log.CommittedBound}
 * </pre>
 *
 * A log is written into the record before its first byte and as member once it is taken in. So data
 * that is missing although recorded is a loss, and the incarnation ends with it.
 *
 * <p>Several logs of a node are opened side by side, and share this record.
 */
final class LogFolders {
  /** How far a log has come on this node. */
  enum Stage {
    FOUNDING,
    JOINING,
    MEMBER
  }

  private static final String INCARNATION = "incarnation";
  private static final String LOG = "log.";

  private final Path root;
  private final Path file;
  private final Properties content = new Properties();

  LogFolders(Path root) throws IOException {
    this.root = Files.createDirectories(root);
    this.file = root.resolve("replica.properties");
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        content.load(reader);
      }
      check(content.getProperty(INCARNATION) != null);
    } else {
      renew();
    }
  }

  synchronized UUID incarnation() {
    return UUID.fromString(content.getProperty(INCARNATION));
  }

  Path folder(String log) {
    return root.resolve(log);
  }

  Path committed(String log) {
    return root.resolve(log + ".committed");
  }

  /** Raft's own folder of a log. */
  Path current(String log, RaftGroupId group) {
    return folder(log).resolve(group.getUuid().toString()).resolve("current");
  }

  synchronized Optional<Stage> stage(String log) {
    return Optional.ofNullable(content.getProperty(LOG + log))
        .map(text -> Stage.valueOf(text.toUpperCase(Locale.ROOT)));
  }

  synchronized void record(String log, Stage stage) throws IOException {
    content.setProperty(LOG + log, stage.name().toLowerCase(Locale.ROOT));
    store();
  }

  boolean hasData(String log, RaftGroupId group) {
    return Files.exists(current(log, group).resolve("raft-meta"));
  }

  /**
   * Ends the incarnation when a recorded log's data is gone. Other logs share the incarnation, so
   * it may only end when none of them has data.
   *
   * @return whether it ended
   */
  synchronized boolean renewIfLost(String log, RaftGroupId group) throws IOException {
    if (stage(log).isEmpty() || hasData(log, group)) {
      return false;
    }
    if (holdsFiles(folder(log)) || othersHoldFiles(log)) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "the data of log '" + log + "' is gone from " + folder(log),
          "Other files of this node's logs are there, and all share one identity.",
          remedy(log));
    }
    renew();
    return true;
  }

  /**
   * Forgets a log, then deletes its data: what a crash leaves is no replica. The incarnation goes
   * on, since nobody asks for this name again.
   */
  synchronized void remove(String log) throws IOException {
    if (content.remove(LOG + log) != null) {
      store();
    }
    Files.deleteIfExists(committed(log));
    if (Files.exists(folder(log))) {
      try (Stream<Path> files = Files.walk(folder(log))) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Durability.forceFolder(root);
  }

  /** What to do about damaged data of a log; names the folder. */
  synchronized String remedy(String log) throws IOException {
    return DamagedLog.remedy(othersHoldFiles(log) ? root : folder(log));
  }

  /** Logs share the node's identity: who loses it in one log loses it in all. */
  private boolean othersHoldFiles(String log) throws IOException {
    for (String other : content.stringPropertyNames()) {
      if (other.startsWith(LOG)
          && !other.equals(LOG + log)
          && holdsFiles(folder(other.substring(LOG.length())))) {
        return true;
      }
    }
    return false;
  }

  private static boolean holdsFiles(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return false;
    }
    try (var paths = Files.walk(folder)) {
      return paths.anyMatch(Files::isRegularFile);
    }
  }

  private void renew() throws IOException {
    for (String name : content.stringPropertyNames()) {
      if (name.startsWith(LOG)) {
        Files.deleteIfExists(committed(name.substring(LOG.length())));
      }
    }
    content.clear();
    content.setProperty(INCARNATION, UUID.randomUUID().toString());
    store();
  }

  /** Writes aside, forces, renames, forces the folder: the record is whole after any crash. */
  private void store() throws IOException {
    StringWriter text = new StringWriter();
    content.store(text, null);
    Path aside = root.resolve("replica.properties.new");
    try (FileChannel channel =
            FileChannel.open(
                aside,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      channel.force(true);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    Durability.forceFolder(root);
  }

  private void check(boolean whole) {
    if (!whole) {
      throw new AerieException(
          ErrorCode.CORRUPT, file + " has no incarnation", "", DamagedLog.remedy(root));
    }
  }
}
