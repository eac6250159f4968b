package io.aerie.configdb.store;

import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.ConfigStateMachine.HistoryPart;
import io.aerie.configdb.state.Paths;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch: reads on from its place in the state's history whenever it is woken, and calls its
 * consumer in order, in one thread at a time. History's ring is its bounded queue: a consumer that
 * is overtaken by the ring's end is told to list anew, and nobody else waits for it.
 */
final class Watcher implements Subscription, Runnable {
  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  /** Events handed out before other watchers get the thread. */
  private static final int BATCH_EVENTS_MAX = 256;

  /** Pause after a consumer failed, so that one that always does costs little. */
  private static final long FAILURE_PAUSE_MS = 1_000;

  /** A place that history never has. */
  private static final long MISSED = -1;

  private final ConfigStateMachine state;
  private final String prefix;
  private final long afterRevision;
  private final Consumer<ConfigEvent> consumer;
  private final Executor executor;
  private final Consumer<Watcher> onClose;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean closed;
  // only touched by the thread that runs, handed over by `scheduled`; MISSED: must list anew first
  private long place;

  Watcher(
      ConfigStateMachine state,
      String prefix,
      long afterRevision,
      Consumer<ConfigEvent> consumer,
      Executor executor,
      Consumer<Watcher> onClose) {
    this.state = state;
    this.prefix = prefix;
    this.afterRevision = afterRevision;
    this.consumer = consumer;
    this.executor = executor;
    this.onClose = onClose;
    this.place = state.historyPlace(afterRevision).orElse(MISSED);
  }

  /** There may be something to read. */
  void wake() {
    if (!closed && scheduled.compareAndSet(false, true)) {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        log.debug("The watch of '{}' ends with its store", prefix, e);
        closed = true;
      }
    }
  }

  @Override
  public void run() {
    try {
      deliver();
    } catch (RuntimeException e) {
      // the consumer's defect must not cost it the events that follow
      log.error("A consumer of changes at '{}' failed; it is told to list anew", prefix, e);
      place = MISSED;
      scheduled.set(false);
      CompletableFuture.delayedExecutor(FAILURE_PAUSE_MS, TimeUnit.MILLISECONDS)
          .execute(this::wake);
      return;
    }
    long reached = place;
    scheduled.set(false);
    // looked at after the flag fell: a change before that could not wake this watcher
    if (reached < state.historyEnd()) {
      wake();
    }
  }

  private void deliver() {
    HistoryPart part = state.readHistory(place, BATCH_EVENTS_MAX);
    if (part.missed()) {
      call(new ConfigEvent.Resynchronise(part.revision()));
      place = part.nextPlace();
      return;
    }
    for (ConfigEvent event : part.events()) {
      if (event.revision() > afterRevision && Paths.covers(prefix, pathOf(event))) {
        call(event);
      }
    }
    place = part.nextPlace();
  }

  private void call(ConfigEvent event) {
    if (!closed) {
      consumer.accept(event);
    }
  }

  private static String pathOf(ConfigEvent event) {
    return event instanceof ConfigEvent.Written written
        ? written.document().path()
        : ((ConfigEvent.Deleted) event).path();
  }

  @Override
  public void close() {
    closed = true;
    onClose.accept(this);
  }
}
