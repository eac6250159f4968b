package io.aerie.cluster.atomix;

import io.aerie.base.Subscription;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.event.Event;
import io.aerie.event.EventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Tells whom this node reaches. What it sees is its own: the era is new with each start, so who
 * moves to another node, or comes back after a restart, is told to look at the members anew.
 */
final class MemberEvents implements EventSource {
  private static final String MEMBERS = "members";

  private final Membership membership;
  private final String era = UUID.randomUUID().toString().replace("-", "");
  private final Map<String, Map<String, Object>> known = new TreeMap<>();
  private long revision;

  MemberEvents(Membership membership) {
    this.membership = membership;
    look();
  }

  @Override
  public String name() {
    return MEMBERS;
  }

  @Override
  public String era() {
    return era;
  }

  @Override
  public Set<String> kinds() {
    return Set.of(MEMBERS);
  }

  @Override
  public Subscription follow(Sink sink) {
    Subscription listening = membership.listen(event -> tell(sink));
    synchronized (this) {
      sink.begin(revision);
    }
    // what changed before the listening began
    tell(sink);
    return listening;
  }

  private synchronized void tell(Sink sink) {
    List<Event> events = look();
    if (!events.isEmpty()) {
      revision++;
      sink.applied(revision, events);
    }
  }

  /** Compares what is with what was told. */
  private List<Event> look() {
    Map<String, Map<String, Object>> now = new TreeMap<>();
    for (MemberView view : membership.members()) {
      now.put(view.member().id().value(), fields(view));
    }
    List<Event> events = new ArrayList<>();
    Set<String> ids = new TreeSet<>(known.keySet());
    ids.addAll(now.keySet());
    for (String id : ids) {
      if (!Objects.equals(known.get(id), now.get(id))) {
        Event.between(MEMBERS, id, id, known.get(id), now.get(id)).ifPresent(events::add);
      }
    }
    known.clear();
    known.putAll(now);
    return events;
  }

  /** As REST shows a member. */
  private static Map<String, Object> fields(MemberView view) {
    String id = view.member().id().value();
    Map<String, Object> endpoints = new TreeMap<>();
    view.member()
        .endpoints()
        .forEach((service, endpoint) -> endpoints.put(service.name(), endpoint.toString()));
    Map<String, Object> fields = new TreeMap<>();
    fields.put("id", id);
    fields.put("name", id);
    fields.put("reachable", view.reachable());
    fields.put("endpoints", endpoints);
    return fields;
  }
}
