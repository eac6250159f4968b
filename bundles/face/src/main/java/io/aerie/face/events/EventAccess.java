package io.aerie.face.events;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.event.Event;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSubject;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** An event is seen by whom the list of its object shows the object to. */
public final class EventAccess {
  /** Subjects of one subscription: each costs a place in an index. */
  private static final int SUBJECTS_MAX = 1_000;

  private static final Map<String, Permission> KINDS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("nodes", Permission.NODES_READ),
              Map.entry("disks", Permission.DISKS_READ),
              Map.entry("pools", Permission.POOLS_READ),
              Map.entry("volumes", Permission.VOLUMES_READ),
              Map.entry("snapshots", Permission.VOLUMES_READ),
              Map.entry("jobs", Permission.JOBS_READ),
              Map.entry("scrubs", Permission.SCRUBS_READ),
              Map.entry("members", Permission.CLUSTER_READ),
              Map.entry("config", Permission.CONFIG_READ),
              Map.entry("users", Permission.USERS_READ),
              Map.entry("tokens", Permission.TOKENS_READ)));

  private EventAccess() {}

  /** The kinds that there are. */
  public static Set<String> kinds() {
    return new TreeSet<>(KINDS.keySet());
  }

  /**
   * What a caller asks for, limited to what it may see.
   *
   * @param subjects {@code KIND} or {@code KIND/ID}; none for all that the caller may see
   * @param since null for now
   * @throws AerieException INVALID_VALUE for a kind that there is not; FORBIDDEN for one that the
   *     caller may not read
   */
  public static EventSelection selection(Caller caller, Collection<String> subjects, String since) {
    if (subjects.size() > SUBJECTS_MAX) {
      throw invalid(
          "There are too many subjects",
          "A subscription has at most " + SUBJECTS_MAX + ".",
          "Leave the ids out, or subscribe several times.");
    }
    Set<EventSubject> wanted =
        subjects.stream()
            .map(text -> subject(caller, text))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (wanted.isEmpty()) {
      wanted = readable(caller);
    }
    return new EventSelection(wanted, Optional.ofNullable(since), event -> maySee(caller, event));
  }

  /** All kinds, as subjects where they aren't all: resynchronisation speaks of no others then. */
  private static Set<EventSubject> readable(Caller caller) {
    Set<EventSubject> readable = new LinkedHashSet<>();
    KINDS.forEach(
        (kind, permission) -> {
          if (caller.may(permission)) {
            readable.add(new EventSubject(kind, ""));
          }
        });
    if (readable.isEmpty()) {
      throw Caller.forbidden(
          "None of the kinds of events is open to you.", "Use a token that includes one.");
    }
    return readable.size() == KINDS.size() ? Set.of() : readable;
  }

  private static EventSubject subject(Caller caller, String text) {
    EventSubject subject = EventSubject.parse(text);
    Permission permission = KINDS.get(subject.kind());
    if (permission == null || text.endsWith("/")) {
      throw invalid(
          "'" + text + "' is not a subject of events",
          "A subject is a kind or KIND/ID; the kinds are: "
              + String.join(", ", KINDS.keySet())
              + ".",
          "");
    }
    caller.require(permission);
    return subject;
  }

  private static AerieException invalid(String what, String why, String remedy) {
    return new AerieException(ErrorCode.INVALID_VALUE, what, why, remedy);
  }

  /** Asked for each event that concerns the caller. */
  static boolean maySee(Caller caller, Event event) {
    Permission permission = KINDS.get(event.kind());
    if (permission == null || !caller.may(permission)) {
      return false;
    }
    if (event.secret() && !caller.may(Permission.CONFIG_SECRETS_READ)) {
      return false;
    }
    return !event.kind().equals("tokens")
        || event.owner().equals(caller.name())
        || caller.may(Permission.TOKENS_ALL);
  }
}
