package io.aerie.events;

import io.aerie.event.Event;
import java.util.List;
import java.util.Map;

/**
 * An event in its place.
 *
 * @param number within its revision, from 1 on
 * @param last whether it is the last of its revision
 * @param characters about as many as its texts have
 */
record Recorded(Feed feed, long revision, int number, boolean last, Event event, long characters) {
  /** What an event takes besides its texts. */
  private static final int OVERHEAD_CHARACTERS = 100;

  static Recorded of(Feed feed, long revision, int number, boolean last, Event event) {
    long characters =
        OVERHEAD_CHARACTERS + event.id().length() + event.name().length() + size(event.fields());
    return new Recorded(feed, revision, number, last, event, characters);
  }

  private static long size(Object value) {
    long size = 8;
    if (value instanceof String text) {
      size += text.length();
    } else if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        size += size(entry.getKey()) + size(entry.getValue());
      }
    } else if (value instanceof List<?> list) {
      for (Object element : list) {
        size += size(element);
      }
    }
    return size;
  }

  /** Whether both are one event; null is none. */
  boolean isSame(Recorded other) {
    return other != null
        && other.feed == feed
        && other.revision == revision
        && other.number == number;
  }

  /** Where one is who has taken it in. */
  Place place() {
    return new Place(feed.era(), revision, last ? Place.ALL : number);
  }

  /** Whether one who is at a place does not have it yet. */
  boolean isAfter(Place place) {
    return revision > place.revision() || (revision == place.revision() && number > place.count());
  }
}
