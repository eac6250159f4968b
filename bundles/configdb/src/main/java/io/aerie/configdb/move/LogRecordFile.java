package io.aerie.configdb.move;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.configdb.state.LogName;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;

/**
 * The node's {@link LogRecord} on disk, {@code DATA/configdb/log.properties}. There is none before
 * the first move: then the configured provider counts.
 *
 * <pre>
 *  generation=2
 *  log=ratis:config-1a2b3c4d
 *  prepared=PROVIDER:NAME          where there is one
 *  former=atomix:config            where there is one
 * </pre>
 */
public final class LogRecordFile {
  private final Path file;

  /**
   * @param folder of ConfigDB in the node's data folder
   */
  public LogRecordFile(Path folder) {
    this.file = folder.resolve("log.properties");
  }

  /**
   * What is recorded.
   *
   * @param configuredProvider counts where nothing is recorded
   * @throws AerieException CORRUPT when it can't be read: nobody may guess then
   */
  public LogRecord read(String configuredProvider) {
    if (!Files.exists(file)) {
      return LogRecord.first(configuredProvider);
    }
    try {
      Properties content = new Properties();
      content.load(new StringReader(Files.readString(file)));
      return new LogRecord(
          Long.parseLong(content.getProperty("generation", "none")),
          LogName.parse(content.getProperty("log", "")),
          name(content, "prepared"),
          name(content, "former"));
    } catch (IOException | IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          file + " can't be read",
          String.valueOf(e.getMessage()),
          "It tells which log carries ConfigDB. Stop the node and copy the line of 'generation' and"
              + " that of 'log' from another node's.",
          e);
    }
  }

  private static Optional<LogName> name(Properties content, String key) {
    return Optional.ofNullable(content.getProperty(key)).map(LogName::parse);
  }

  /**
   * Writes aside, syncs, renames: the record is whole after any crash, and there when this returns.
   * A node whose ConfigDB never moved has none, so that its configuration counts.
   *
   * @throws AerieException IO_ERROR
   */
  void write(LogRecord record) {
    if (!record.isMoved() && record.prepared().isEmpty()) {
      delete();
      return;
    }
    Properties content = new Properties();
    content.setProperty("generation", Long.toString(record.generation()));
    content.setProperty("log", record.log().toString());
    record.prepared().ifPresent(name -> content.setProperty("prepared", name.toString()));
    record.former().ifPresent(name -> content.setProperty("former", name.toString()));
    StringWriter text = new StringWriter();
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    try {
      content.store(text, null);
      Files.createDirectories(file.getParent());
      try (FileChannel channel =
          FileChannel.open(
              aside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(file.getParent());
      syncFolder(file.getParent().getParent());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void delete() {
    try {
      if (Files.deleteIfExists(file)) {
        syncFolder(file.getParent());
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private AerieException failed(IOException e) {
    return new AerieException(
        ErrorCode.IO_ERROR, file + " can't be written", String.valueOf(e.getMessage()), "", e);
  }

  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
