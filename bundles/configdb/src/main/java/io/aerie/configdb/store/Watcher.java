package io.aerie.configdb.store;

import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.ConfigStateMachine.HistoryPart;
import io.aerie.configdb.state.Paths;
import java.util.ArrayList;
import java.util.List;
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
 *
 * <pre>
 *   new --begin(true)--> reads on from its place in history
 *    '----begin(false)-> its revision is none of this ConfigDB: Resynchronise, then reads on
 * </pre>
 */
final class Watcher implements Subscription, Runnable {
  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  /** Events handed out before other watchers get the thread, and the rest of their revision. */
  private static final int BATCH_EVENTS_MIN = 256;

  /** Pause after a consumer failed, so that one that always does costs little. */
  private static final long FAILURE_PAUSE_MS = 1_000;

  /** A place that history never has. */
  private static final long MISSED = -1;

  private final ConfigStateMachine state;
  private final String prefix;
  private final Consumer<List<ConfigEvent>> consumer;
  private final Executor executor;
  private final Consumer<Watcher> onClose;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean begun;
  private volatile boolean closed;
  // only touched by the thread that runs, handed over by `begun` and `scheduled`; MISSED: must list
  // anew first
  private long place;
  private long afterRevision;

  Watcher(
      ConfigStateMachine state,
      String prefix,
      long afterRevision,
      Consumer<List<ConfigEvent>> consumer,
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

  /**
   * Reads from now on. Once.
   *
   * @param known whether ConfigDB came to the revision to begin after
   */
  void begin(boolean known) {
    if (!known) {
      place = MISSED;
    }
    begun = true;
    wake();
  }

  /** There may be something to read. */
  void wake() {
    if (begun && !closed && scheduled.compareAndSet(false, true)) {
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
    } catch (RuntimeException | Error e) {
      // the consumer's defect must not cost it the events that follow; a bundle that is exchanged
      // shows itself as an Error
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
    HistoryPart part = state.readHistory(place, BATCH_EVENTS_MIN);
    if (part.missed()) {
      call(List.of(new ConfigEvent.Resynchronise(part.revision())));
      place = part.nextPlace();
      afterRevision = part.revision();
      return;
    }
    List<ConfigEvent> revision = new ArrayList<>();
    for (ConfigEvent event : part.events()) {
      if (event.revision() > afterRevision && Paths.covers(prefix, pathOf(event))) {
        if (!revision.isEmpty() && revision.get(0).revision() != event.revision()) {
          call(List.copyOf(revision));
          revision.clear();
        }
        revision.add(event);
      }
    }
    call(List.copyOf(revision));
    place = part.nextPlace();
  }

  private void call(List<ConfigEvent> events) {
    if (!closed && !events.isEmpty()) {
      consumer.accept(events);
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
