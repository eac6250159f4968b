package io.aerie.ardfs.events;

import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.Subscription;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdState;
import io.aerie.event.EventSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what RCD's commands change, under RCD's index. The log's thread only hands over; a thread
 * of ours works with a copy of its own. Should commands come faster than it works, it begins anew.
 */
public final class StorageEvents implements EventSource {
  private static final Logger log = LoggerFactory.getLogger(StorageEvents.class);

  /** Commands that may wait: seconds of the fastest log, and a few MiB. */
  private static final int WAITING_MAX = 10_000;

  private final RcdReplica replica;
  private final String era;
  private final Executor worker;

  /**
   * @param era of the cluster: RCD's indexes of another have nothing to do with this one's
   * @param worker one thread, in order
   */
  public StorageEvents(RcdReplica replica, String era, Executor worker) {
    this.replica = replica;
    this.era = era;
    this.worker = worker;
  }

  @Override
  public String name() {
    return "rcd";
  }

  @Override
  public String era() {
    return era;
  }

  @Override
  public Set<String> kinds() {
    return ChangeTeller.KINDS;
  }

  @Override
  public Subscription follow(Sink sink) {
    Following following = new Following(sink);
    following.hand(following::begin);
    return following;
  }

  /** All but {@link #applied}, {@link #replaced} and {@link #close} is the worker's. */
  private final class Following implements RcdReplica.Follower, Subscription {
    private final Sink sink;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;
    private volatile boolean overrun;
    private Subscription subscription = () -> {};
    private ChangeTeller teller;

    /** What comes a second time when it begins anew is passed over. */
    private long known;

    Following(Sink sink) {
      this.sink = sink;
    }

    private void hand(Runnable task) {
      try {
        worker.execute(task);
      } catch (RejectedExecutionException e) {
        log.debug("storage's events end with their bundle", e);
      }
    }

    private void begin() {
      if (closed) {
        return;
      }
      RcdReplica.Following begun = replica.follow(this);
      subscription = begun.subscription();
      beginWith(begun.state());
    }

    private void beginWith(RcdState state) {
      teller = new ChangeTeller(state);
      known = state.index();
      sink.begin(known);
    }

    @Override
    public void applied(long index, List<RcdChange> changes) {
      if (overrun) {
        return;
      }
      if (waiting.incrementAndGet() > WAITING_MAX) {
        overrun = true;
        hand(this::beginAnew);
        return;
      }
      hand(
          () -> {
            waiting.decrementAndGet();
            if (!closed && index > known) {
              known = index;
              sink.applied(index, teller.apply(changes));
            }
          });
    }

    private void beginAnew() {
      log.warn("storage's events could not keep up with RCD, and begin anew");
      subscription.close();
      waiting.set(0);
      overrun = false;
      begin();
    }

    @Override
    public void replaced(RcdState copy) {
      hand(
          () -> {
            if (!closed) {
              beginWith(copy);
            }
          });
    }

    @Override
    public void close() {
      closed = true;
      hand(() -> subscription.close());
    }
  }
}
