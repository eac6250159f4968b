package io.aerie.configdb.state;

import io.aerie.config.ConfigStore.ConfigEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest events, in a ring, numbered without gaps. Watchers read on from their own place in it,
 * so there is no queue per watcher to fill; who is overtaken by the ring's end lists anew.
 *
 * <pre>
 *   gone | first ... next-1 |        an event's slot is its number mod the ring's size
 *        ^ floor: the newest revision of which something is gone
 * </pre>
 */
final class History {
  private final ConfigEvent[] ring;
  private final long charactersMax;
  private long first;
  private long next;
  private long characters;
  private long floorRevision;

  History(int eventsMax, long charactersMax) {
    this.ring = new ConfigEvent[eventsMax];
    this.charactersMax = charactersMax;
  }

  /** Forgets all: nothing is known of what led to a revision. Places before stay overtaken. */
  void reset(long revision) {
    while (first < next) {
      dropFirst();
    }
    // one number is left out, so that a watcher that stood at the end sees that something is
    // missing
    next++;
    first = next;
    floorRevision = revision;
  }

  void add(ConfigEvent event) {
    if (next - first == ring.length) {
      dropFirst();
    }
    ring[slot(next)] = event;
    next++;
    characters += size(event);
    while (characters > charactersMax && next - first > 1) {
      dropFirst();
    }
  }

  private void dropFirst() {
    ConfigEvent event = ring[slot(first)];
    ring[slot(first)] = null;
    first++;
    characters -= size(event);
    floorRevision = event.revision();
  }

  long next() {
    return next;
  }

  /** The place of the first event after a revision, or -1 when it reaches back too far. */
  long placeAfter(long revision) {
    if (revision < floorRevision) {
      return -1;
    }
    long low = first;
    long high = next;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (revision(middle) > revision) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * At least {@code min} events from a place on, if there are so many, up to the end of a revision;
   * or null when some of them are gone.
   */
  List<ConfigEvent> read(long place, int min) {
    if (place < first) {
      return null;
    }
    List<ConfigEvent> events = new ArrayList<>();
    long end = Math.min(next, place + min);
    while (end > place && end < next && revision(end) == revision(end - 1)) {
      end++;
    }
    for (long number = place; number < end; number++) {
      events.add(ring[slot(number)]);
    }
    return events;
  }

  private long revision(long number) {
    return ring[slot(number)].revision();
  }

  private int slot(long number) {
    return (int) (number % ring.length);
  }

  private static long size(ConfigEvent event) {
    return event instanceof ConfigEvent.Written written ? written.document().json().length() : 0;
  }
}
