package io.aerie.configdb.events;

import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.state.ConfigStateMachine.HistoryPart;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.event.Event;
import io.aerie.event.EventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells ConfigDB's changes, a whole revision at a time. Reads on in the state's history whenever it
 * is woken, as watches do; so the log's thread never waits, and what waits is history's ring.
 */
public final class ConfigEvents implements EventSource, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigEvents.class);

  /** Events read at a time, and the rest of the last one's revision. */
  private static final int BATCH_MIN = 256;

  /** Pause after a failure, so that one that lasts costs little. */
  private static final long FAILURE_PAUSE_MS = 1_000;

  private final ConfigStateMachine state;
  private final ReplicatedConfigStore store;
  private final SchemaRegistry schemas;
  private final String clusterEra;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "aerie-configdb-events");
            thread.setDaemon(true);
            return thread;
          });

  /** Of the cluster's ConfigDB. */
  public ConfigEvents(
      ReplicatedConfigStore store,
      ConfigStateMachine state,
      SchemaRegistry schemas,
      String clusterId) {
    this.store = store;
    this.state = state;
    this.schemas = schemas;
    this.clusterEra = EventSource.clusterEra(clusterId);
  }

  @Override
  public String name() {
    return "config";
  }

  /**
   * The cluster's and the lineage's: one that was founded anew in the same cluster begins with
   * revision 1 again. Older ones without a lineage have the cluster's alone.
   */
  @Override
  public String era() {
    return clusterEra
        + state
            .get(Lineage.PATH)
            .map(document -> EventSource.clusterEra(Lineage.of(document).id().toString()))
            .orElse("");
  }

  @Override
  public Set<String> kinds() {
    return DocumentEvents.KINDS;
  }

  @Override
  public Subscription follow(Sink sink) {
    Reader reader = new Reader(sink);
    Subscription woken = store.onApplied(reader::wake);
    reader.wake();
    return () -> {
      woken.close();
      reader.closed = true;
    };
  }

  @Override
  public void close() {
    worker.shutdown();
  }

  /** One who follows; all but waking is the worker's. */
  private final class Reader implements Runnable {
    private final Sink sink;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final List<ConfigEvent> revision = new ArrayList<>();
    private volatile boolean closed;
    private DocumentEvents documents;
    private String begunEra;
    private long place;

    Reader(Sink sink) {
      this.sink = sink;
    }

    void wake() {
      if (woken.compareAndSet(false, true)) {
        try {
          worker.execute(this);
        } catch (RejectedExecutionException e) {
          log.debug("ConfigDB's events end with their store", e);
        }
      }
    }

    @Override
    public void run() {
      // before it reads: what comes later wakes it again
      woken.set(false);
      try {
        boolean more = true;
        while (more && !closed) {
          more = documents == null ? begin() : readOn();
        }
      } catch (RuntimeException | Error e) {
        // what was being told is lost: who follows must hear of it
        log.error("ConfigDB's events can't be told; they begin anew", e);
        documents = null;
        CompletableFuture.delayedExecutor(FAILURE_PAUSE_MS, TimeUnit.MILLISECONDS)
            .execute(this::wake);
      }
    }

    private boolean begin() {
      revision.clear();
      Contents contents = state.contents();
      OptionalLong next = state.historyPlace(contents.revision());
      if (next.isEmpty()) {
        // a snapshot came in between
        return true;
      }
      documents = new DocumentEvents(schemas, contents.documents());
      begunEra = era();
      place = next.getAsLong();
      sink.begin(contents.revision());
      return true;
    }

    private boolean readOn() {
      HistoryPart part = state.readHistory(place, BATCH_MIN);
      // a replica that joined while ConfigDB was being founded learns its lineage later
      if (part.missed() || !era().equals(begunEra)) {
        documents = null;
        return true;
      }
      place = part.nextPlace();
      for (ConfigEvent event : part.events()) {
        if (!revision.isEmpty() && revision.get(0).revision() != event.revision()) {
          tell(revision.get(0).revision());
        }
        revision.add(event);
      }
      boolean more = part.events().size() >= BATCH_MIN;
      if (!more) {
        // a revision enters history as a whole, so at its end none is incomplete
        tell(part.revision());
      }
      return more;
    }

    /** All that is gathered; nothing still tells how far it is. */
    private void tell(long reached) {
      List<Event> events = new ArrayList<>();
      revision.forEach(change -> events.addAll(documents.apply(change)));
      if (!revision.isEmpty() && revision.get(0).revision() != reached) {
        sink.applied(revision.get(0).revision(), events);
        events.clear();
      }
      revision.clear();
      sink.applied(reached, events);
    }
  }
}
