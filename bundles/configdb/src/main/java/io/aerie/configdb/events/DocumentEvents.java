package io.aerie.configdb.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.config.Document;
import io.aerie.config.schema.SecretDocuments;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.event.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The events of changed documents: of each as a document, and of those of users and tokens as what
 * they stand for, too. Remembers the documents (the same objects that the state holds) to tell what
 * is different. Hashes are never told, nor is anything else of a document with secrets.
 */
final class DocumentEvents {
  static final String CONFIG = "config";
  static final String USERS = "users";
  static final String TOKENS = "tokens";
  static final Set<String> KINDS = Set.of(CONFIG, USERS, TOKENS);

  private static final List<String> USER_FIELDS = List.of("role");
  private static final List<String> TOKEN_FIELDS =
      List.of("name", "owner", "role", "kinds", "created", "expires");
  private static final JsonMapper JSON = new JsonMapper();

  private final SchemaRegistry schemas;
  private final Map<String, Document> documents = new HashMap<>();

  DocumentEvents(SchemaRegistry schemas, List<Document> documents) {
    this.schemas = schemas;
    documents.forEach(document -> this.documents.put(document.path(), document));
  }

  /** Remembers a change and tells what it did. */
  List<Event> apply(ConfigEvent change) {
    if (change instanceof ConfigEvent.Written written) {
      Document document = written.document();
      return tell(document.path(), documents.put(document.path(), document), document);
    }
    String path = ((ConfigEvent.Deleted) change).path();
    return tell(path, documents.remove(path), null);
  }

  private List<Event> tell(String path, Document before, Document after) {
    List<Event> events = new ArrayList<>();
    Document present = after == null ? before : after;
    if (present == null) {
      return events;
    }
    boolean secret = SecretDocuments.covers(path) || schemas.isSecret(present.type(), path);
    Event.between(CONFIG, path, path, document(before, secret), document(after, secret))
        .map(event -> secret ? event.keptSecret() : event)
        .ifPresent(events::add);
    if (path.startsWith(USERS + "/")) {
      String name = path.substring(USERS.length() + 1);
      Event.between(
              USERS,
              name,
              name,
              fields(name, before, USER_FIELDS),
              fields(name, after, USER_FIELDS))
          .ifPresent(events::add);
    } else if (path.startsWith(TOKENS + "/")) {
      tellToken(path.substring(TOKENS.length() + 1), before, after, events);
    }
    return events;
  }

  private static void tellToken(String id, Document before, Document after, List<Event> events) {
    Map<String, Object> then = fields(id, before, TOKEN_FIELDS);
    Map<String, Object> now = fields(id, after, TOKEN_FIELDS);
    Map<String, Object> present = now == null ? then : now;
    Event.between(TOKENS, id, String.valueOf(present.get("name")), then, now)
        .map(event -> event.ownedBy(String.valueOf(present.get("owner"))))
        .ifPresent(events::add);
  }

  /** As REST shows a document. */
  private static Map<String, Object> document(Document document, boolean secret) {
    if (document == null) {
      return null;
    }
    Map<String, Object> fields = new TreeMap<>();
    fields.put("id", document.path());
    fields.put("name", document.path());
    fields.put("revision", document.revision());
    fields.put("createRevision", document.createRevision());
    fields.put("type", document.type());
    if (!secret) {
      fields.put("value", members(document));
    }
    return fields;
  }

  /** As REST shows a user or a token. */
  private static Map<String, Object> fields(String id, Document document, List<String> names) {
    if (document == null) {
      return null;
    }
    Map<?, ?> members = members(document);
    Map<String, Object> fields = new TreeMap<>();
    fields.put("id", id);
    fields.put("name", id);
    fields.put("revision", document.revision());
    for (String name : names) {
      Object value = members.get(name);
      // the document has the enumeration's names, views have theirs in lower case
      fields.put(name, name.equals("role") ? lower(value) : value);
    }
    return fields;
  }

  private static Object lower(Object value) {
    return value == null ? null : value.toString().toLowerCase(Locale.ROOT);
  }

  private static Map<?, ?> members(Document document) {
    try {
      return JSON.readValue(document.json(), Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document " + document.path() + " holds no JSON", e);
    }
  }
}
