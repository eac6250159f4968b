package io.aerie.events;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.event.Event;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSource;
import io.aerie.event.EventSubscription;
import io.aerie.event.Events;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Everything that a node's sources tell goes through here, under one lock that nobody holds for
 * longer than it takes to put an event into the queues of those whom it concerns.
 */
final class EventHub implements Events, AutoCloseable {
  /** Consumers don't block, so a few threads serve all. */
  private static final int THREADS = 2;

  private final Object lock = new Object();
  private final Limits limits;
  private final ExecutorService executor;
  private final SortedMap<String, Feed> feeds = new TreeMap<>();
  private final SubjectIndex index = new SubjectIndex();
  private final Set<HubSubscription> subscriptions = new LinkedHashSet<>();
  private boolean closed;

  EventHub(Limits limits) {
    this.limits = limits;
    AtomicInteger number = new AtomicInteger();
    this.executor =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "aerie-events-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Follows a source until what it returns is closed. */
  Subscription attach(EventSource source) {
    Feed feed;
    synchronized (lock) {
      feed = feeds.computeIfAbsent(source.name(), name -> new Feed(source, limits));
      feed.attached(source);
    }
    FeedSink sink = new FeedSink(source, feed);
    Subscription following = source.follow(sink);
    return () -> {
      sink.detach();
      following.close();
    };
  }

  /** A source's way in. */
  private final class FeedSink implements EventSource.Sink {
    private final EventSource source;
    private final Feed feed;
    private boolean detached;

    FeedSink(EventSource source, Feed feed) {
      this.source = source;
      this.feed = feed;
    }

    /** Whatever a source still says is not heard: its successor may be there already. */
    void detach() {
      synchronized (lock) {
        detached = true;
      }
    }

    @Override
    public void begin(long revision) {
      synchronized (lock) {
        if (!detached && feed.begin(source.era(), revision)) {
          subscriptions.forEach(subscription -> tellGap(feed, subscription));
        }
      }
    }

    @Override
    public void applied(long revision, List<Event> events) {
      synchronized (lock) {
        if (detached) {
          return;
        }
        for (Recorded recorded : feed.applied(revision, events)) {
          index.forEach(recorded.event(), subscription -> subscription.offer(recorded));
        }
      }
    }
  }

  /** One who is ahead of this node's replica misses nothing of what is still to come. */
  private static void tellGap(Feed feed, HubSubscription subscription) {
    Place from = subscription.begin(feed);
    boolean ahead = from != null && feed.reachesBackTo(from);
    if (!ahead && !subscription.kindsOf(feed).isEmpty()) {
      subscription.missed(feed, "source");
    }
  }

  @Override
  public EventSubscription subscribe(EventSelection selection, EventConsumer consumer) {
    synchronized (lock) {
      if (closed) {
        throw new AerieException(
            ErrorCode.UNAVAILABLE,
            "This node's events are going away",
            "They are being updated, or the node stops.",
            "Try again in a few seconds, or ask another node.");
      }
      if (subscriptions.size() >= limits.subscriptionsMax()) {
        throw new AerieException(
            ErrorCode.LIMIT_REACHED,
            "This node has as many subscriptions to events as it takes",
            "There are at most " + limits.subscriptionsMax() + " on one node.",
            "End others, or subscribe on another node.");
      }
      SortedMap<String, Place> begin = begin(selection);
      HubSubscription subscription = new HubSubscription(this, selection, consumer, limits, begin);
      for (Feed feed : feeds.values()) {
        startWith(feed, subscription);
      }
      subscriptions.add(subscription);
      index.add(selection.subjects(), subscription);
      subscription.wake();
      return subscription;
    }
  }

  /** Where a subscriber begins with each source; one that is left out is unknown to it. */
  private SortedMap<String, Place> begin(EventSelection selection) {
    SortedMap<String, Place> begin = new TreeMap<>();
    List<Feed> concerned =
        feeds.values().stream().filter(feed -> concerns(selection, feed)).toList();
    if (selection.since().isEmpty()) {
      concerned.stream().filter(Feed::begun).forEach(feed -> begin.put(feed.name(), feed.place()));
      return begin;
    }
    String since = selection.since().get();
    if (PositionText.isRevision(since)) {
      Feed feed = only(concerned, selection);
      begin.put(feed.name(), Place.after(feed.era(), Long.parseLong(since)));
      return begin;
    }
    Map<String, Place> places = PositionText.parse(since);
    places.forEach((source, place) -> put(begin, source, place, concerned));
    return begin;
  }

  /** What does not concern it is left out; what is away now is kept for when it comes. */
  private void put(
      SortedMap<String, Place> begin, String source, Place place, List<Feed> concerned) {
    Feed feed = feeds.get(source);
    if (feed == null) {
      begin.put(source, place);
    } else if (concerned.contains(feed)) {
      String era = place.era().isEmpty() ? feed.era() : place.era();
      begin.put(source, new Place(era, place.revision(), place.count()));
    }
  }

  private static boolean concerns(EventSelection selection, Feed feed) {
    return selection.subjects().isEmpty()
        || selection.subjects().stream().anyMatch(subject -> feed.kinds().contains(subject.kind()));
  }

  private static Feed only(List<Feed> concerned, EventSelection selection) {
    boolean one =
        !selection.subjects().isEmpty()
            && concerned.size() == 1
            && selection.subjects().stream()
                .allMatch(subject -> concerned.get(0).kinds().contains(subject.kind()));
    if (one) {
      return concerned.get(0);
    }
    if (concerned.size() > 1 || selection.subjects().isEmpty()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "A revision alone does not say where to begin",
          "The subjects come from several sources, each with revisions of its own.",
          "Send the id of the last event as it came, or subjects of one source.");
    }
    throw new AerieException(
        ErrorCode.UNAVAILABLE,
        "This node can't tell now what happened since that revision",
        "The subsystem that owns these objects is starting, or being updated.",
        "Try again in a few seconds, or ask another node.");
  }

  private static void startWith(Feed feed, HubSubscription subscription) {
    boolean concerned = !subscription.kindsOf(feed).isEmpty();
    if (!concerned || !feed.begun()) {
      return;
    }
    Place from = subscription.begin(feed);
    if (from == null || !feed.reachesBackTo(from)) {
      subscription.missed(feed, "history");
    } else {
      subscription.replay(feed, from);
    }
  }

  /** Without the subscription's lock, which is taken inside of the hub's. */
  void readOn(HubSubscription subscription) {
    synchronized (lock) {
      subscription.readOn();
    }
  }

  /** Under the lock. */
  Collection<Feed> feeds() {
    return feeds.values();
  }

  /** Where all sources are that concern a subscriber. Under the lock. */
  SortedMap<String, Place> placesFor(HubSubscription subscription) {
    SortedMap<String, Place> places = new TreeMap<>();
    for (Feed feed : feeds.values()) {
      if (feed.begun() && !subscription.kindsOf(feed).isEmpty()) {
        places.put(feed.name(), feed.place());
      }
    }
    return places;
  }

  String position(HubSubscription subscription) {
    synchronized (lock) {
      return subscription.position(placesFor(subscription));
    }
  }

  Executor executor() {
    return executor;
  }

  void closed(HubSubscription subscription) {
    synchronized (lock) {
      if (subscriptions.remove(subscription)) {
        index.remove(subscription.selection().subjects(), subscription);
      }
    }
  }

  /** How many there are now. */
  int subscriptionCount() {
    synchronized (lock) {
      return subscriptions.size();
    }
  }

  @Override
  public void close() {
    List<HubSubscription> open;
    synchronized (lock) {
      closed = true;
      open = new ArrayList<>(subscriptions);
    }
    open.forEach(HubSubscription::end);
    executor.shutdownNow();
  }
}
