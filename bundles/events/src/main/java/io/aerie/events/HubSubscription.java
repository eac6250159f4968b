package io.aerie.events;

import io.aerie.event.Event;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSubscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscriber and what waits for it. The hub offers while it holds its lock; a thread of the hub
 * takes out under this object's lock alone, so that nobody waits for a consumer.
 *
 * <pre>
 *   IDLE --offered--> BUSY: take a batch, deliver, wait for its stage --nothing left--> IDLE
 *                      '--more left: the same again, behind the other subscribers' turns--'
 *   from everywhere: close, or a consumer that fails --> CLOSED
 * </pre>
 *
 * What history has for a beginner is read from there a piece at a time, as the consumer takes it;
 * what the history has dropped before that is told as a gap.
 */
final class HubSubscription implements EventSubscription {
  private static final Logger log = LoggerFactory.getLogger(HubSubscription.class);

  /** Notices of one call: others get the thread after it. */
  private static final int BATCH_MAX = 64;

  /** Events of history that are held for one consumer. */
  private static final int PIECE_MAX = 512;

  private enum State {
    IDLE,
    BUSY,
    CLOSED
  }

  /** What waits. */
  private sealed interface Item {
    /** The first of all. */
    record Beginning() implements Item {}

    /** An event. */
    record Happening(Recorded recorded) implements Item {}

    /** Something is missing up to these places. */
    record Gap(Set<String> kinds, String why, SortedMap<String, Place> places) implements Item {}
  }

  /**
   * History that is still to be handed over.
   *
   * @param from how far it was read
   * @param until what comes after that is offered
   */
  private record Replay(Place from, Place until) {}

  private final EventHub hub;
  private final EventSelection selection;
  private final EventConsumer consumer;
  private final Limits limits;
  private final Deque<Item> backlog = new ArrayDeque<>();
  private final Deque<Item> queue = new ArrayDeque<>();

  /** Goes before the queue. Guarded by both locks. */
  private final Map<Feed, Replay> replays = new LinkedHashMap<>();

  /** What has been handed over, or is being. */
  private final SortedMap<String, Place> handedOver;

  /** What the consumer has taken in: all that was handed over up to the last complete stage. */
  private SortedMap<String, Place> known;

  /** Where it began; events up to there are not for it. Guarded by the hub's lock. */
  private final SortedMap<String, Place> begin;

  private State state = State.IDLE;
  private long queuedCharacters;
  private Recorded lastOffered;

  HubSubscription(
      EventHub hub,
      EventSelection selection,
      EventConsumer consumer,
      Limits limits,
      SortedMap<String, Place> begin) {
    this.hub = hub;
    this.selection = selection;
    this.consumer = consumer;
    this.limits = limits;
    this.begin = new TreeMap<>(begin);
    this.handedOver = new TreeMap<>(begin);
    this.known = new TreeMap<>(begin);
    backlog.add(new Item.Beginning());
  }

  EventSelection selection() {
    return selection;
  }

  /** The kinds of a source that it wants; empty when the source does not concern it. */
  Set<String> kindsOf(Feed feed) {
    if (selection.subjects().isEmpty()) {
      return feed.kinds();
    }
    Set<String> wanted = new TreeSet<>();
    selection.subjects().forEach(subject -> wanted.add(subject.kind()));
    wanted.retainAll(feed.kinds());
    return wanted;
  }

  /** Where it began with a source; null when that was unknown. Under the hub's lock. */
  Place begin(Feed feed) {
    return begin.get(feed.name());
  }

  /** What history has for it, before anything is offered. Under the hub's lock. */
  synchronized void replay(Feed feed, Place from) {
    if (from.compareTo(feed.place()) < 0) {
      replays.put(feed, new Replay(from, feed.place()));
    }
  }

  /** Reads on in history when nothing of it waits. Under the hub's lock. */
  synchronized void readOn() {
    while (backlog.isEmpty() && !replays.isEmpty() && state != State.CLOSED) {
      Map.Entry<Feed, Replay> next = replays.entrySet().iterator().next();
      if (next.getKey().reachesBackTo(next.getValue().from())) {
        readPiece(next.getKey(), next.getValue());
      } else {
        overflow("slow");
      }
    }
  }

  private void readPiece(Feed feed, Replay replay) {
    Place from = replay.from();
    for (Recorded recorded : feed.after(from)) {
      if (recorded.isAfter(replay.until())) {
        break;
      }
      if (backlog.size() == PIECE_MAX) {
        replays.put(feed, new Replay(from, replay.until()));
        return;
      }
      from = recorded.place();
      Event event = recorded.event();
      if (SubjectIndex.concerns(selection.subjects(), event) && isVisible(event)) {
        backlog.add(new Item.Happening(recorded));
      }
    }
    replays.remove(feed);
  }

  /** An event that concerns it. Under the hub's lock. */
  void offer(Recorded recorded) {
    Place from = begin(recorded.feed());
    if (from == null || !recorded.isAfter(from) || !isVisible(recorded.event())) {
      return;
    }
    synchronized (this) {
      if (state == State.CLOSED || recorded.isSame(lastOffered)) {
        return;
      }
      lastOffered = recorded;
      long characters = queuedCharacters + recorded.characters();
      if (queue.size() >= limits.queueEventsMax()
          || (characters > limits.queueCharactersMax() && !queue.isEmpty())) {
        overflow("slow");
        return;
      }
      queuedCharacters = characters;
      queue.add(new Item.Happening(recorded));
      wake();
    }
  }

  /** One whose owner fails ends, and costs neither the source nor others anything. */
  private boolean isVisible(Event event) {
    try {
      return selection.visible().test(event);
    } catch (RuntimeException | Error e) {
      log.warn("A subscription ends, since its selection failed", e);
      execute(this::end);
      return false;
    }
  }

  /** Nothing is left out silently: all that waits gives way to one notice. */
  private void overflow(String why) {
    Set<String> kinds = new TreeSet<>();
    hub.feeds().forEach(feed -> kinds.addAll(kindsOf(feed)));
    SortedMap<String, Place> places = hub.placesFor(this);
    boolean beginning = backlog.peek() instanceof Item.Beginning;
    backlog.clear();
    replays.clear();
    queue.clear();
    queuedCharacters = 0;
    if (beginning) {
      backlog.add(new Item.Beginning());
    }
    // the rest of this revision is part of what will be read anew
    advance(begin, places);
    queue.add(new Item.Gap(kinds, why, places));
    wake();
  }

  /** One that began ahead of this node's replica stays ahead. */
  private static void advance(SortedMap<String, Place> from, SortedMap<String, Place> to) {
    to.forEach((source, place) -> from.merge(source, place, Place::later));
  }

  /** It may be missing something of a source up to where that is now. Under the hub's lock. */
  void missed(Feed feed, String why) {
    begin.put(feed.name(), feed.place());
    SortedMap<String, Place> places = new TreeMap<>();
    places.put(feed.name(), feed.place());
    synchronized (this) {
      if (replays.containsKey(feed)) {
        // the rest of its history is gone, and must not be missing before what waits
        overflow(why);
        return;
      }
      queue.add(new Item.Gap(kindsOf(feed), why, places));
      wake();
    }
  }

  /** May be called while nothing waits. */
  synchronized void wake() {
    if (state == State.IDLE && !nothingWaits()) {
      state = State.BUSY;
      execute(this::turn);
    }
  }

  private boolean nothingWaits() {
    return backlog.isEmpty() && replays.isEmpty() && queue.isEmpty();
  }

  private void execute(Runnable task) {
    try {
      hub.executor().execute(task);
    } catch (RejectedExecutionException e) {
      // the hub is closing, and ends all that are open
      log.debug("A subscription ends with its hub", e);
    }
  }

  private void turn() {
    CompletionStage<Void> taken;
    try {
      hub.readOn(this);
      List<EventNotice> notices = due();
      if (notices.isEmpty()) {
        return;
      }
      taken = consumer.deliver(notices);
    } catch (RuntimeException | Error e) {
      // an Error too: a bundle that is exchanged shows itself as one
      taken = CompletableFuture.failedFuture(e);
    }
    CompletionStage<Void> unused = taken.whenComplete((done, failure) -> taken(failure));
  }

  /** What is to be delivered now. Empty: it waits again, or is closed. */
  private synchronized List<EventNotice> due() {
    if (state == State.CLOSED) {
      return List.of();
    }
    List<EventNotice> notices = take();
    if (notices.isEmpty()) {
      // nothing in history was for it
      state = State.IDLE;
    }
    return notices;
  }

  private List<EventNotice> take() {
    List<EventNotice> notices = new ArrayList<>();
    while (notices.size() < BATCH_MAX && !(backlog.isEmpty() && queue.isEmpty())) {
      boolean queued = backlog.isEmpty();
      if (queued && !replays.isEmpty()) {
        return notices;
      }
      Item item = queued ? queue.remove() : backlog.remove();
      if (queued && item instanceof Item.Happening happening) {
        queuedCharacters -= happening.recorded().characters();
      }
      notices.add(notice(item));
    }
    return notices;
  }

  private EventNotice notice(Item item) {
    if (item instanceof Item.Happening happening) {
      Recorded recorded = happening.recorded();
      handedOver.put(recorded.feed().name(), recorded.place());
      return new EventNotice.Happened(
          recorded.event(), recorded.revision(), PositionText.of(handedOver));
    }
    if (item instanceof Item.Gap gap) {
      advance(handedOver, gap.places());
      return new EventNotice.Resynchronise(gap.kinds(), gap.why(), PositionText.of(handedOver));
    }
    return new EventNotice.Begun(PositionText.of(handedOver));
  }

  private void taken(Throwable failure) {
    if (failure != null) {
      log.debug("A subscription ends, since its consumer failed", failure);
      end();
      return;
    }
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      known = new TreeMap<>(handedOver);
      state = State.IDLE;
      wake();
    }
  }

  @Override
  public String position() {
    return hub.position(this);
  }

  /** With where all sources are; under the hub's lock, so that nothing is offered meanwhile. */
  synchronized String position(SortedMap<String, Place> now) {
    if (state == State.IDLE && nothingWaits()) {
      advance(handedOver, now);
      known = new TreeMap<>(handedOver);
    }
    return PositionText.of(known);
  }

  @Override
  public void close() {
    if (closeOnce()) {
      hub.closed(this);
    }
  }

  /** Closes it for a reason that its consumer doesn't know. */
  void end() {
    if (closeOnce()) {
      hub.closed(this);
      consumer.ended();
    }
  }

  private synchronized boolean closeOnce() {
    boolean first = state != State.CLOSED;
    state = State.CLOSED;
    backlog.clear();
    replays.clear();
    queue.clear();
    return first;
  }
}
