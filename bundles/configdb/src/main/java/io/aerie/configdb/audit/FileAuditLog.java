package io.aerie.configdb.audit;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The audit log in files. An append is one write and one sync; a file that is full is followed by
 * another, and the oldest of too many goes, which an entry of the chain announces first. After a
 * failure the next append opens the files anew and goes on where they end.
 */
public final class FileAuditLog implements AuditLog, AutoCloseable {
  /** The action that announces that the oldest file goes. */
  static final String PRUNE = "audit:prune";

  static final String LAST_SEQUENCE = "lastSequence";
  static final String LAST_HASH = "lastHash";

  private final Supplier<Path> place;
  private final Clock clock;
  private final long fileBytesMax;
  private final int filesMax;
  private FileChannel channel;
  private AuditFolder files;
  private long sequence;
  private String hash = AuditLine.NO_HASH;
  private Entry head;

  /**
   * @param place finds the folder, when first needed
   * @param fileBytesMax a file gets no more entries when it has so many
   * @param filesMax that are kept
   */
  public FileAuditLog(Supplier<Path> place, Clock clock, long fileBytesMax, int filesMax) {
    this.place = place;
    this.clock = clock;
    this.fileBytesMax = fileBytesMax;
    this.filesMax = filesMax;
  }

  @Override
  public synchronized Entry append(Event event) {
    try {
      open();
      rotateWhenFull();
      return write(event);
    } catch (IOException e) {
      abandon();
      throw new AerieException(
          ErrorCode.IO_ERROR,
          "The audit log can't be written on this node",
          String.valueOf(e.getMessage()),
          "Make room in the node's data folder; nothing is changed unrecorded.",
          e);
    }
  }

  private Entry write(Event event) throws IOException {
    Instant now = clock.instant();
    String line = AuditLine.write(sequence + 1, now, event, hash);
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
    Entry entry = parsed(line);
    sequence = entry.sequence();
    hash = entry.hash();
    head = entry;
    return entry;
  }

  private static Entry parsed(String line) {
    try {
      return AuditLine.read(line);
    } catch (AuditLine.Unreadable e) {
      throw new IllegalStateException("an entry of our own can't be read", e);
    }
  }

  private void open() throws IOException {
    if (channel != null) {
      return;
    }
    files = new AuditFolder(place.get());
    List<Path> all = files.files();
    if (all.isEmpty()) {
      start();
      return;
    }
    Path last = all.get(all.size() - 1);
    channel = FileChannel.open(last, StandardOpenOption.WRITE);
    AuditFolder.trim(channel, last);
    resume(all);
  }

  /** Goes on after the last entry, also after one that was tampered with, which verify names. */
  private void resume(List<Path> all) throws IOException {
    for (int i = all.size() - 1; i >= 0; i--) {
      List<String> lines = AuditFolder.lines(all.get(i));
      for (int j = lines.size() - 1; j >= 0; j--) {
        Optional<Entry> entry = readable(lines.get(j));
        if (entry.isPresent()) {
          int unreadable = lines.size() - 1 - j;
          sequence = entry.get().sequence() + unreadable;
          hash =
              unreadable == 0 ? entry.get().hash() : AuditLine.sha256(lines.get(lines.size() - 1));
          return;
        }
      }
    }
  }

  private void start() throws IOException {
    channel =
        FileChannel.open(
            files.file(sequence + 1),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    files.sync();
  }

  private void rotateWhenFull() throws IOException {
    if (channel.size() < fileBytesMax) {
      return;
    }
    channel.close();
    start();
    List<Path> all = files.files();
    for (int i = 0; i < all.size() - filesMax; i++) {
      prune(all.get(i), AuditFolder.lines(all.get(i)));
    }
  }

  private void prune(Path file, List<String> lines) throws IOException {
    String line = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    try {
      Entry entry = AuditLine.read(line);
      write(
          new Event(
              "",
              "local",
              PRUNE,
              Map.of(LAST_SEQUENCE, Long.toString(entry.sequence()), LAST_HASH, entry.hash()),
              DONE,
              OptionalLong.empty()));
      Files.delete(file);
      files.sync();
    } catch (AuditLine.Unreadable e) {
      throw new IOException(file + " was changed and is kept as evidence: " + e.getMessage(), e);
    }
  }

  private void abandon() {
    try {
      close();
    } catch (IOException e) {
      // the next append opens anew, whatever became of this one
      channel = null;
    }
  }

  @Override
  public synchronized List<Entry> list(OptionalLong before, int limit) {
    List<Entry> found = new ArrayList<>();
    try {
      open();
      List<Path> all = new ArrayList<>(files.files());
      Collections.reverse(all);
      for (Path file : all) {
        List<String> lines = new ArrayList<>(AuditFolder.lines(file));
        Collections.reverse(lines);
        for (String line : lines) {
          if (found.size() >= limit) {
            return found;
          }
          readable(line)
              .filter(entry -> before.isEmpty() || entry.sequence() < before.getAsLong())
              .ifPresent(found::add);
        }
      }
      return found;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Lists show what can be read; verify tells what can't. */
  private static Optional<Entry> readable(String line) {
    try {
      return Optional.of(AuditLine.read(line));
    } catch (AuditLine.Unreadable e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized Verification verify() {
    try {
      open();
      return new ChainCheck().run(files.files(), Optional.ofNullable(head));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static AerieException unreadable(IOException e) {
    return new AerieException(
        ErrorCode.IO_ERROR,
        "The audit log can't be read on this node",
        String.valueOf(e.getMessage()),
        "Look at the node's data folder and its log.",
        e);
  }

  @Override
  public synchronized void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
