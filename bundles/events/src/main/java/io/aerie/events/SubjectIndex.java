package io.aerie.events;

import io.aerie.event.Event;
import io.aerie.event.EventSubject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who wants to know of what, found by the event: the work is that of the subscribers it concerns,
 * however many others there are. Guarded by the hub's lock.
 *
 * <pre>
 *   ""  everything | "volumes"  a kind | "volumes/v1"  an object by id or name, or a path above it
 * </pre>
 */
final class SubjectIndex {
  private static final String EVERYTHING = "";

  private final Map<String, Set<HubSubscription>> subscribers = new HashMap<>();

  void add(Set<EventSubject> subjects, HubSubscription subscription) {
    if (subjects.isEmpty()) {
      add(EVERYTHING, subscription);
    }
    subjects.forEach(subject -> add(subject.toString(), subscription));
  }

  private void add(String key, HubSubscription subscription) {
    subscribers.computeIfAbsent(key, none -> new LinkedHashSet<>()).add(subscription);
  }

  void remove(Set<EventSubject> subjects, HubSubscription subscription) {
    if (subjects.isEmpty()) {
      remove(EVERYTHING, subscription);
    }
    subjects.forEach(subject -> remove(subject.toString(), subscription));
  }

  private void remove(String key, HubSubscription subscription) {
    subscribers.computeIfPresent(
        key,
        (same, set) -> {
          set.remove(subscription);
          return set.isEmpty() ? null : set;
        });
  }

  /** Calls for each whom an event concerns; for one with several subjects maybe more than once. */
  void forEach(Event event, Consumer<HubSubscription> action) {
    each(EVERYTHING, action);
    each(event.kind(), action);
    String prefix = event.kind() + "/";
    each(prefix + event.id(), action);
    if (!event.name().equals(event.id())) {
      each(prefix + event.name(), action);
    }
    for (int slash = event.id().indexOf('/'); slash > 0; ) {
      each(prefix + event.id().substring(0, slash), action);
      slash = event.id().indexOf('/', slash + 1);
    }
  }

  private void each(String key, Consumer<HubSubscription> action) {
    Set<HubSubscription> found = subscribers.get(key);
    if (found != null) {
      found.forEach(action);
    }
  }

  /** Whether an event concerns somebody with these subjects. */
  static boolean concerns(Set<EventSubject> subjects, Event event) {
    return subjects.isEmpty() || subjects.stream().anyMatch(subject -> concerns(subject, event));
  }

  private static boolean concerns(EventSubject subject, Event event) {
    String object = subject.object();
    return subject.kind().equals(event.kind())
        && (object.isEmpty()
            || object.equals(event.id())
            || object.equals(event.name())
            || event.id().startsWith(object + "/"));
  }
}
