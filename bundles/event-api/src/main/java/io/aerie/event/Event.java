package io.aerie.event;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What happened to one object.
 *
 * @param kind of the object, as REST names it: {@code volumes}
 * @param id of the object
 * @param name of the object, afterwards; before, when it was deleted
 * @param what happened
 * @param fields a JSON Merge Patch (RFC 7396) that leads from the object as REST showed it before
 *     to the object as it shows it now: all fields of a new one, only what is different of a
 *     changed one, nothing of one that is gone. Values are those of JSON: String, Number, Boolean,
 *     null, List and Map
 * @param owner the user to whom the object belongs; empty when it belongs to none
 * @param secret whether the object holds secrets; its fields never do
 */
public record Event(
    String kind,
    String id,
    String name,
    What what,
    Map<String, Object> fields,
    String owner,
    boolean secret) {
  /** What can happen. */
  public enum What {
    CREATED,
    CHANGED,
    DELETED
  }

  public Event {
    fields = Collections.unmodifiableMap(new TreeMap<>(fields));
  }

  /**
   * What leads from one state of an object to the next; empty when nobody could see a difference.
   *
   * @param before the object's fields as REST showed them; null when it was not there
   * @param after the same afterwards; null when it is gone
   */
  public static Optional<Event> between(
      String kind, String id, String name, Map<String, ?> before, Map<String, ?> after) {
    if (before == null && after == null) {
      return Optional.empty();
    }
    if (before == null) {
      return Optional.of(of(kind, id, name, What.CREATED, MergePatch.of(Map.of(), after)));
    }
    if (after == null) {
      return Optional.of(of(kind, id, name, What.DELETED, Map.of()));
    }
    Map<String, Object> patch = MergePatch.of(before, after);
    return patch.isEmpty()
        ? Optional.empty()
        : Optional.of(of(kind, id, name, What.CHANGED, patch));
  }

  private static Event of(
      String kind, String id, String name, What what, Map<String, Object> fields) {
    return new Event(kind, id, name, what, fields, "", false);
  }

  /** The same for an object that belongs to a user. */
  public Event ownedBy(String user) {
    return new Event(kind, id, name, what, fields, user, secret);
  }

  /** The same for an object that holds secrets. */
  public Event keptSecret() {
    return new Event(kind, id, name, what, fields, owner, true);
  }
}
