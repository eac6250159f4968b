package io.aerie.face;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.config.Document;
import io.aerie.config.schema.SecretDocuments;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.storage.admin.StorageViews.Outcome;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Objects as JSON. Each has {@code id}, {@code name} and {@code revision}, whatever its record
 * calls them; enumerations are lower case; absent numbers are null.
 */
public final class Views {
  private static final ObjectMapper MAPPER = new ObjectMapper().registerModule(module());

  private Views() {}

  /** The mapper of all views. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** A record of the contracts as a JSON object. */
  public static ObjectNode of(Object view) {
    if (view instanceof MemberView member) {
      return member(member);
    }
    if (view instanceof Document document) {
      return document(document);
    }
    if (view instanceof User user) {
      return identified(user.name(), user.name(), user.revision()).put("role", lower(user.role()));
    }
    if (view instanceof Outcome<?> outcome) {
      return outcome(outcome);
    }
    ObjectNode fields = MAPPER.valueToTree(view);
    String id = fields.path("id").asText();
    String name = fields.path("name").asText(fields.path("path").asText(id));
    return identified(id, name.isEmpty() ? id : name, fields.path("revision").asLong())
        .setAll(fields);
  }

  /** Whether an object has that id or name. */
  public static boolean isNamed(ObjectNode view, String nameOrId) {
    return view.path("id").asText().equals(nameOrId) || view.path("name").asText().equals(nameOrId);
  }

  /** The status of a log's replica. */
  public static ObjectNode of(String name, LogStatus status) {
    ObjectNode fields = MAPPER.createObjectNode().put("name", name);
    return fields.setAll((ObjectNode) MAPPER.valueToTree(status));
  }

  /** JSON text with line breaks, for people. */
  public static String pretty(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a view has no JSON: " + value.getClass().getName(), e);
    }
  }

  private static ObjectNode identified(String id, String name, long revision) {
    return MAPPER.createObjectNode().put("id", id).put("name", name).put("revision", revision);
  }

  /** Membership keeps no revisions: an entry never changes but in what this node sees of it. */
  private static ObjectNode member(MemberView view) {
    String id = view.member().id().value();
    ObjectNode node = identified(id, id, 0).put("reachable", view.reachable());
    ObjectNode endpoints = node.putObject("endpoints");
    view.member().endpoints().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> endpoints.put(entry.getKey().name(), entry.getValue().toString()));
    return node;
  }

  private static ObjectNode document(Document document) {
    ObjectNode node =
        identified(document.path(), document.path(), document.revision())
            .put("type", document.type())
            .put("createRevision", document.createRevision());
    try {
      JsonNode value = MAPPER.readTree(document.json());
      if (value instanceof ObjectNode fields) {
        fields.remove(SecretDocuments.hiddenFields(document.path()));
      }
      return node.set("value", value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document " + document.path() + " holds no JSON", e);
    }
  }

  private static ObjectNode outcome(Outcome<?> outcome) {
    ObjectNode node =
        of(outcome.object())
            .put("dryRun", outcome.dryRun())
            .put("freeBytesAfter", outcome.freeBytesAfter())
            .put("toleratedNodeFailures", outcome.toleratedNodeFailures());
    outcome.explanation().forEach(node.putArray("explanation")::add);
    return node;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  // Jackson's registry knows types by their class, which has no parameters.
  @SuppressWarnings({"rawtypes", "unchecked"})
  private static SimpleModule module() {
    SimpleModule module = new SimpleModule("aerie-views");
    add(module, NodeId.class, (id, json) -> json.writeString(id.value()));
    add(module, Endpoint.class, (endpoint, json) -> json.writeString(endpoint.toString()));
    add(module, Instant.class, (instant, json) -> json.writeString(instant.toString()));
    add(module, Enum.class, (value, json) -> json.writeString(lower(value)));
    add(module, Optional.class, (value, json) -> json.writePOJO(value.orElse(null)));
    add(module, OptionalLong.class, Views::writeOptional);
    return module;
  }

  private static void writeOptional(OptionalLong value, JsonGenerator json) throws IOException {
    if (value.isPresent()) {
      json.writeNumber(value.getAsLong());
    } else {
      json.writeNull();
    }
  }

  private static <T> void add(SimpleModule module, Class<T> type, Writer<? super T> writer) {
    module.addSerializer(
        type,
        new JsonSerializer<T>() {
          @Override
          public void serialize(T value, JsonGenerator json, SerializerProvider provider)
              throws IOException {
            writer.write(value, json);
          }
        });
  }

  @FunctionalInterface
  private interface Writer<T> {
    void write(T value, JsonGenerator json) throws IOException;
  }
}
