package io.aerie.events;

import io.aerie.event.Event;
import io.aerie.event.EventSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * What is known of one source: where it is, and the newest of what it told. Outlives the source's
 * service, so that an update of its bundle costs subscribers nothing. Guarded by the hub's lock.
 *
 * <pre>
 *   unknown --begin(R)--> at R --applied(N)--> at N, events of N in history
 *                          ^ '--begin(R' <= N): goes on, what is told again up to N is passed over
 *                          '--begin(R' > N), or another era: history is void from R' on
 * </pre>
 */
final class Feed {
  private final String name;
  private final Limits limits;
  private final Deque<Recorded> history = new ArrayDeque<>();
  private Set<String> kinds;
  private String era;
  private boolean begun;
  private long revision;
  private long characters;

  /** Everything after this place is in history. */
  private Place floor;

  Feed(EventSource source, Limits limits) {
    this.name = source.name();
    this.limits = limits;
    this.kinds = Set.copyOf(source.kinds());
    this.era = source.era();
  }

  /** The source is there (again). */
  void attached(EventSource source) {
    kinds = Set.copyOf(source.kinds());
    enter(source.era());
  }

  private void enter(String newEra) {
    if (!era.equals(newEra)) {
      era = newEra;
      begun = false;
    }
  }

  String name() {
    return name;
  }

  String era() {
    return era;
  }

  Set<String> kinds() {
    return kinds;
  }

  boolean begun() {
    return begun;
  }

  /** Where it is now; only when begun. */
  Place place() {
    return Place.after(era, revision);
  }

  /** Answers whether something may be missing between what it told before and now. */
  boolean begin(String inEra, long atRevision) {
    enter(inEra);
    if (begun && atRevision <= revision) {
      return false;
    }
    history.clear();
    characters = 0;
    begun = true;
    revision = atRevision;
    floor = place();
    return true;
  }

  /** Takes in what happened; answers what is new of it. */
  List<Recorded> applied(long atRevision, List<Event> events) {
    if (!begun || atRevision <= revision) {
      return List.of();
    }
    revision = atRevision;
    List<Recorded> recorded = new ArrayList<>(events.size());
    for (int i = 0; i < events.size(); i++) {
      Recorded one = Recorded.of(this, atRevision, i + 1, i == events.size() - 1, events.get(i));
      recorded.add(one);
      history.add(one);
      characters += one.characters();
    }
    while (history.size() > limits.historyEventsMax()
        || characters > limits.historyCharactersMax()) {
      Recorded dropped = history.remove();
      characters -= dropped.characters();
      floor = dropped.place();
    }
    return recorded;
  }

  /** Whether all that happened after a place is in history, or still to come. */
  boolean reachesBackTo(Place place) {
    return begun && place.era().equals(era) && place.compareTo(floor) >= 0;
  }

  /** What happened after a place that it reaches back to. */
  List<Recorded> after(Place place) {
    List<Recorded> found = new ArrayList<>();
    for (Recorded recorded : history) {
      if (recorded.isAfter(place)) {
        found.add(recorded);
      }
    }
    return found;
  }
}
