package io.aerie.cluster.atomix.log;

import io.aerie.base.Subscription;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.impl.RaftServiceManager;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import java.lang.reflect.Field;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps committed entries being applied. Atomix 3.1.12 applies an index when it is committed, if
 * its reader stands right before that entry, else it leaves the index out without a word
 * (RaftServiceManager.applyIndex); from then on the reader never fits again, and the replica votes
 * and stores while its state stands still for good. Seen on a replica that was leader for an
 * instant, was stopped and opened again, and whose last entry the next leader replaced.
 *
 * <p>A replica that has applied nothing between two looks, though more is committed, gets its
 * reader put before the first entry that was left out, and the rest of the indexes once more. An
 * index whose turn has passed meanwhile does nothing.
 */
final class ApplyWatch {
  private static final Logger log = LoggerFactory.getLogger(ApplyWatch.class);

  /** Far above the time between the commit and the applying of an entry. */
  private static final long LOOK_MS = 1_000;

  private final String name;
  private final RaftContext raft;
  private final RaftLogReader reader;
  private final Field lastEnqueued;
  private long appliedBefore = -1;

  private ApplyWatch(String name, RaftContext raft) {
    this.name = name;
    this.raft = raft;
    try {
      Field readerField = RaftServiceManager.class.getDeclaredField("reader");
      readerField.setAccessible(true);
      reader = (RaftLogReader) readerField.get(raft.getServiceManager());
      lastEnqueued = RaftServiceManager.class.getDeclaredField("lastEnqueued");
      lastEnqueued.setAccessible(true);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Atomix' service manager is not the one that this was written for", e);
    }
  }

  /** Looks each second, on the engine's thread, until it is closed. */
  static Subscription begin(String name, RaftContext raft, ScheduledExecutorService timer) {
    ApplyWatch watch = new ApplyWatch(name, raft);
    ScheduledFuture<?> looking =
        timer.scheduleWithFixedDelay(
            () -> raft.getThreadContext().execute(watch::look),
            LOOK_MS,
            LOOK_MS,
            TimeUnit.MILLISECONDS);
    return () -> looking.cancel(false);
  }

  private void look() {
    long applied = raft.getLastApplied();
    long committed = raft.getCommitIndex();
    if (committed > applied && applied == appliedBefore) {
      log.warn(
          "{}: entry {} was left out; it is applied now, up to {}", name, applied + 1, committed);
      try {
        lastEnqueued.setLong(raft.getServiceManager(), applied);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("the field was made accessible before", e);
      }
      reader.reset(applied + 1);
      raft.getServiceManager().applyAll(committed);
    }
    appliedBefore = applied;
  }
}
