package io.aerie.cluster.atomix.log;

import io.aerie.cluster.atomix.DurableFiles;
import io.aerie.cluster.log.CommittedBound;
import io.atomix.protocols.raft.storage.log.RaftLog;
import io.atomix.protocols.raft.storage.log.RaftLogWriter;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.storage.journal.DelegatingJournalWriter;
import io.atomix.storage.journal.JournalWriter;
import io.atomix.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Makes Atomix' log durable. In 3.1.12 the option "flush on commit" never reaches the journal, and
 * a follower never syncs at all. Three measures:
 *
 * <ul>
 *   <li>the journal's own flag is set, so that a leader syncs when an entry becomes committed:
 *       before it is applied and answered;
 *   <li>{@link #sync} is called on a follower after it appended and before it says so;
 *   <li>who can't write or sync is told of ({@link WatchedJournalWriter}): what the disk holds then
 *       only a restart can tell.
 * </ul>
 *
 * <p>So an acknowledged command is on stable storage of the leader and of as many followers as make
 * up a majority. The journal syncs a segment itself before it goes on to the next.
 */
final class LogDurability {
  private final RaftLog raftLog;
  private final SegmentedJournal<?> journal;
  private final JournalBytes journalBytes;
  private final Field flushOnCommit;
  private final Path folder;
  private final CommittedBound bound;
  private int segmentsSynced;
  private boolean leads;
  private long syncedIndex;
  private long appliedIndex;

  /**
   * @param onFailure told when the log can't be written or synced any more
   */
  LogDurability(RaftLog raftLog, Path folder, CommittedBound bound, Consumer<Throwable> onFailure) {
    this.bound = bound;
    this.raftLog = raftLog;
    this.folder = folder;
    try {
      Field journalField = RaftLog.class.getDeclaredField("journal");
      journalField.setAccessible(true);
      journal = (SegmentedJournal<?>) journalField.get(raftLog);
      journalBytes = new JournalBytes(journal);
      flushOnCommit = SegmentedJournal.class.getDeclaredField("flushOnCommit");
      flushOnCommit.setAccessible(true);
      watch(raftLog.writer(), onFailure);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Atomix' journal is not the one that this was written for", e);
    }
  }

  @SuppressWarnings("unchecked")
  private static void watch(RaftLogWriter writer, Consumer<Throwable> onFailure)
      throws ReflectiveOperationException {
    Field delegate = DelegatingJournalWriter.class.getDeclaredField("delegate");
    delegate.setAccessible(true);
    delegate.set(
        writer,
        new WatchedJournalWriter((JournalWriter<RaftLogEntry>) delegate.get(writer), onFailure));
  }

  /** Called by the engine's thread when this replica begins or ceases to lead. */
  synchronized void leading(boolean leads) {
    this.leads = leads;
    try {
      flushOnCommit.setBoolean(journal, leads);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the journal's flag was made accessible before", e);
    }
    if (leads) {
      // what a former leadership left here counts from now on
      sync();
    }
  }

  /** On return all that was appended is on stable storage, the segments' names included. */
  synchronized void sync() {
    long last = lastIndex();
    raftLog.writer().flush();
    syncedIndex = last;
    raiseBound();
    int segments = journal.segments().size();
    if (segments != segmentsSynced) {
      try {
        DurableFiles.syncDirectory(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      segmentsSynced = segments;
    }
  }

  /** Called by the engine's thread for state when an entry was applied. */
  synchronized void applied(long index) {
    appliedIndex = index;
    raiseBound();
  }

  /** A leader syncs before it applies; a follower may apply what it is about to sync. */
  private void raiseBound() {
    try {
      bound.raise(leads ? appliedIndex : Math.min(appliedIndex, syncedIndex));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long boundIndex() {
    return bound.index();
  }

  void close() {
    try {
      bound.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the entries take on disk. */
  long bytes() {
    return journalBytes.sum();
  }

  long lastIndex() {
    return raftLog.writer().getLastIndex();
  }
}
