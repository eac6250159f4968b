package io.aerie.face.events;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.event.Event;
import io.aerie.event.EventNotice;
import io.aerie.face.Views;
import java.util.Locale;

/** Notices as JSON, the same over REST and in the shell. */
public final class EventViews {
  private EventViews() {}

  /** What happened, in a word: {@code begun, created, changed, deleted, resynchronise}. */
  public static String word(EventNotice notice) {
    if (notice instanceof EventNotice.Happened happened) {
      return happened.event().what().name().toLowerCase(Locale.ROOT);
    }
    return notice instanceof EventNotice.Begun ? "begun" : "resynchronise";
  }

  /**
   * {@code {"event", "position"}}, and of events {@code kind, id, name, revision, fields}, of
   * resynchronise {@code kinds, why}.
   */
  public static ObjectNode of(EventNotice notice) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("event", word(notice))
            .put("position", notice.position());
    if (notice instanceof EventNotice.Happened happened) {
      Event event = happened.event();
      node.put("kind", event.kind())
          .put("id", event.id())
          .put("name", event.name())
          .put("revision", happened.revision())
          .set("fields", Views.mapper().valueToTree(event.fields()));
    } else if (notice instanceof EventNotice.Resynchronise resynchronise) {
      ArrayNode kinds = node.putArray("kinds");
      resynchronise.kinds().stream().sorted().forEach(kinds::add);
      node.put("why", resynchronise.why());
    }
    return node;
  }
}
