package io.aerie.events;

import io.aerie.base.Subscription;
import io.aerie.event.Event;
import io.aerie.event.EventSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A source that says what a test lets it say, to whoever followed it last. */
final class HandSource implements EventSource {
  private final String name;
  private String era;
  private final Set<String> kinds;
  private Sink sink;
  private long revision;

  HandSource(String name, String era, long revision, String... kinds) {
    this.name = name;
    this.era = era;
    this.revision = revision;
    this.kinds = Set.of(kinds);
  }

  static HandSource storage() {
    return new HandSource("rcd", "c1", 10, "volumes", "pools");
  }

  static HandSource config() {
    return new HandSource("config", "c1", 5, "config");
  }

  /** A change of an object whose name is its id with an N before it. */
  static Event changed(String kind, String id) {
    return Event.between(kind, id, "N" + id, Map.of("x", 1), Map.of("x", 2)).orElseThrow();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String era() {
    return era;
  }

  @Override
  public Set<String> kinds() {
    return kinds;
  }

  @Override
  public Subscription follow(Sink newSink) {
    sink = newSink;
    sink.begin(revision);
    return () -> {};
  }

  void begin(long newRevision) {
    revision = newRevision;
    sink.begin(newRevision);
  }

  /** Its revisions have nothing to do with those before. */
  void begin(String newEra, long newRevision) {
    era = newEra;
    begin(newRevision);
  }

  /** One revision further. */
  long tell(Event... events) {
    revision++;
    sink.applied(revision, List.of(events));
    return revision;
  }
}
