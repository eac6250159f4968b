package io.aerie.cluster.atomix.log;

import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.storage.StorageException;
import io.atomix.storage.journal.Indexed;
import io.atomix.storage.journal.JournalWriter;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells when the journal can't be written or synced. Atomix 3.1.12 logs such an error as uncaught;
 * a leader goes on sending heartbeats with it, so that there is neither a change nor another
 * leader.
 */
final class WatchedJournalWriter implements JournalWriter<RaftLogEntry> {
  private final JournalWriter<RaftLogEntry> journal;
  private final Consumer<Throwable> onFailure;

  /**
   * @param onFailure told of each failure before it is thrown on; but for an entry that is too
   *     large, of which nothing was written
   */
  WatchedJournalWriter(JournalWriter<RaftLogEntry> journal, Consumer<Throwable> onFailure) {
    this.journal = journal;
    this.onFailure = onFailure;
  }

  private <T> T watched(Supplier<T> work) {
    try {
      return work.get();
    } catch (StorageException.TooLarge e) {
      throw e;
    } catch (RuntimeException e) {
      onFailure.accept(e);
      throw e;
    }
  }

  private void watched(Runnable work) {
    watched(
        () -> {
          work.run();
          return null;
        });
  }

  @Override
  public long getLastIndex() {
    return journal.getLastIndex();
  }

  @Override
  public Indexed<RaftLogEntry> getLastEntry() {
    return journal.getLastEntry();
  }

  @Override
  public long getNextIndex() {
    return journal.getNextIndex();
  }

  @Override
  public <T extends RaftLogEntry> Indexed<T> append(T entry) {
    return watched(() -> journal.append(entry));
  }

  @Override
  public void append(Indexed<RaftLogEntry> entry) {
    watched(() -> journal.append(entry));
  }

  @Override
  public void commit(long index) {
    watched(() -> journal.commit(index));
  }

  @Override
  public void reset(long index) {
    watched(() -> journal.reset(index));
  }

  @Override
  public void truncate(long index) {
    watched(() -> journal.truncate(index));
  }

  @Override
  public void flush() {
    watched(journal::flush);
  }

  @Override
  public void close() {
    journal.close();
  }
}
