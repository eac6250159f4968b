package io.aerie.configdb.audit;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Event;
import io.aerie.config.audit.AuditLog.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log in files. A file that is full is followed by another, and the oldest of too many
 * goes, which an entry of the chain announces first. After a failure the next append opens the
 * files anew and goes on where they end.
 *
 * <p>An append is one write, in order under this object's lock, and then waits for a sync that
 * began after it. One thread syncs at a time, outside the lock, for all that were written so far:
 * those who come in the meantime write, and the next sync is theirs. Reading is outside the lock,
 * too.
 */
final class FileAuditLog implements AutoCloseable {
  /** The action that announces that the oldest file goes. */
  static final String PRUNE = "audit:prune";

  private static final Logger logger = LoggerFactory.getLogger(FileAuditLog.class);

  static final String LAST_SEQUENCE = "lastSequence";
  static final String LAST_HASH = "lastHash";

  /** How often a check begins anew when files are pruned under it. */
  private static final int CHECKS_MAX = 3;

  /** What it does to files beside writing. */
  interface Disk {
    /** Makes what was written durable. */
    void sync(FileChannel file) throws IOException;

    /** Reads a whole file. */
    default byte[] read(Path file) throws IOException {
      return Files.readAllBytes(file);
    }
  }

  private final Supplier<Path> place;
  private final Disk disk;
  private final Clock clock;
  private final long fileBytesMax;
  private final int filesMax;
  private FileChannel channel;
  private Path current;
  private AuditFolder files;
  private long sequence;
  private String hash = AuditLine.NO_HASH;
  private Entry head;

  /** Held by the one who syncs; taken before this object's lock, never after. */
  private final Object syncing = new Object();

  /** Of what was written since the last sync began. */
  private SyncGroup written = new SyncGroup();

  /** Of what is being synced; null when nobody syncs. */
  private SyncGroup underway;

  /**
   * @param place finds the folder, when first needed
   * @param fileBytesMax a file gets no more entries when it has so many
   * @param filesMax that are kept
   */
  FileAuditLog(Supplier<Path> place, Clock clock, long fileBytesMax, int filesMax) {
    this(place, clock, fileBytesMax, filesMax, file -> file.force(false));
  }

  FileAuditLog(Supplier<Path> place, Clock clock, long fileBytesMax, int filesMax, Disk disk) {
    this.place = place;
    this.disk = disk;
    this.clock = clock;
    this.fileBytesMax = fileBytesMax;
    this.filesMax = filesMax;
  }

  /** Writes an entry; IO_ERROR when it can't be made durable. */
  Entry append(Event event) {
    try {
      Entry entry;
      SyncGroup group;
      synchronized (this) {
        try {
          open();
          rotateWhenFull();
          entry = write(event);
          group = written;
        } catch (IOException e) {
          abandon(e);
          throw e;
        }
      }
      awaitSync(group);
      return entry;
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR,
          "The audit log can't be written on this node",
          String.valueOf(e.getMessage()),
          "Make room in the node's data folder; nothing is changed unrecorded.",
          e);
    }
  }

  private Entry write(Event event) throws IOException {
    AuditLine.Written line = AuditLine.write(sequence + 1, clock.instant(), event, hash);
    ByteBuffer bytes = ByteBuffer.wrap((line.line() + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    head = line.entry();
    sequence = head.sequence();
    hash = head.hash();
    return head;
  }

  /** Returns when the group's entries are durable; whoever comes first syncs for all. */
  private void awaitSync(SyncGroup group) throws IOException {
    synchronized (syncing) {
      FileChannel toSync;
      synchronized (this) {
        if (group.isSettled()) {
          group.check();
          return;
        }
        toSync = channel;
        underway = group;
        written = new SyncGroup();
      }
      IOException failure = null;
      try {
        disk.sync(toSync);
      } catch (IOException e) {
        failure = e;
      }
      synchronized (this) {
        underway = null;
        // else the file was synced and closed in the meantime, or given up
        if (!group.isSettled()) {
          group.settle(failure);
          if (failure != null) {
            abandon(failure);
          }
        }
        group.check();
      }
    }
  }

  /** Syncs what was written so far, under the lock: for the end of a file. */
  private void syncAll() throws IOException {
    disk.sync(channel);
    written.settle(null);
    written = new SyncGroup();
    if (underway != null) {
      underway.settle(null);
    }
  }

  /** Entries that become durable by the same sync. Guarded by the log's lock. */
  private static final class SyncGroup {
    private boolean settled;
    private IOException failure;

    boolean isSettled() {
      return settled;
    }

    void settle(IOException outcome) {
      if (!settled) {
        settled = true;
        failure = outcome;
      }
    }

    void check() throws IOException {
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
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
    current = last;
    channel = FileChannel.open(last, StandardOpenOption.WRITE);
    AuditFolder.trim(channel, last);
    resume(all);
  }

  /** Goes on after the last entry, also after one that was tampered with, which verify names. */
  private void resume(List<Path> all) throws IOException {
    for (int i = all.size() - 1; i >= 0; i--) {
      List<String> lines = AuditFolder.lines(all.get(i));
      for (int j = lines.size() - 1; j >= 0; j--) {
        Optional<Entry> entry = AuditLine.readable(lines.get(j));
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
    current = files.file(sequence + 1);
    channel =
        FileChannel.open(
            current,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    files.sync();
  }

  private void rotateWhenFull() throws IOException {
    if (channel.size() < fileBytesMax) {
      return;
    }
    syncAll();
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
              AuditLog.DONE,
              OptionalLong.empty()));
      syncAll();
      Files.delete(file);
      files.sync();
    } catch (AuditLine.Unreadable e) {
      throw new IOException(file + " was changed and is kept as evidence: " + e.getMessage(), e);
    }
  }

  /**
   * Nobody knows what of the unsynced entries is on the disk: after a sync that failed the kernel
   * may forget them, and the next sync would say nothing. So all who wait are told.
   */
  private void abandon(IOException failure) {
    written.settle(failure);
    written = new SyncGroup();
    if (underway != null) {
      underway.settle(failure);
    }
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  /** What there is now; who reads it holds up nobody who appends. */
  private synchronized AuditView view() throws IOException {
    open();
    return new AuditView(files.files(), current, channel.size(), Optional.ofNullable(head), disk);
  }

  /** Entries, the newest first. */
  List<Entry> list(OptionalLong before, int limit) {
    try {
      return view().list(before, limit);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Checks the chain; anew when its oldest file goes meanwhile, since that is announced later. */
  Verification verify() {
    try {
      for (int i = 1; i < CHECKS_MAX; i++) {
        try {
          return view().verify();
        } catch (NoSuchFileException e) {
          logger.info("A file of the audit log was pruned while it was checked: {}", e.getFile());
        }
      }
      return view().verify();
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
    if (channel == null) {
      return;
    }
    try {
      syncAll();
      channel.close();
      channel = null;
    } catch (IOException e) {
      abandon(e);
      throw e;
    }
  }
}
