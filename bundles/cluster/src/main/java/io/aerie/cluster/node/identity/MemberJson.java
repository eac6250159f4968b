package io.aerie.cluster.node.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Members as JSON, on disk, in ConfigDB and between nodes.
 *
 * <pre>
 *  {"id": "n1", "endpoints": {"CLUSTER": "host:port", "LOG": "host:port", ...}}
 * </pre>
 *
 * Services of newer releases are left out when read.
 */
public final class MemberJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private MemberJson() {}

  /** An empty object to fill. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Reads an object; IllegalArgumentException when the text is none. */
  public static JsonNode parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (node == null || !node.isObject()) {
        throw new IllegalArgumentException("not a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      // not its message: that quotes the text, which may hold secrets
      throw new IllegalArgumentException("not JSON, at " + e.getLocation().offsetDescription(), e);
    }
  }

  /** A text that must be there; IllegalArgumentException else. */
  public static String text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new IllegalArgumentException("'" + field + "' is missing");
    }
    return value.textValue();
  }

  /** The texts of an array, each once. */
  public static Set<String> texts(JsonNode array) {
    Set<String> texts = new TreeSet<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** A member as an object. */
  public static ObjectNode write(Member member) {
    ObjectNode object = JSON.createObjectNode();
    object.put("id", member.id().value());
    ObjectNode endpoints = object.putObject("endpoints");
    new EnumMap<>(member.endpoints())
        .forEach((service, endpoint) -> endpoints.put(service.name(), endpoint.toString()));
    return object;
  }

  /** Members as an array. */
  public static ArrayNode write(Collection<Member> members) {
    ArrayNode array = JSON.createArrayNode();
    members.forEach(member -> array.add(write(member)));
    return array;
  }

  /** A member; IllegalArgumentException when the object is none. */
  public static Member member(JsonNode object) {
    Map<Service, Endpoint> endpoints = new EnumMap<>(Service.class);
    JsonNode fields = object.path("endpoints");
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      service(field.getKey())
          .ifPresent(service -> endpoints.put(service, endpoint(field.getValue().asText())));
    }
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("a member without endpoints");
    }
    return new Member(new NodeId(text(object, "id")), endpoints);
  }

  private static Optional<Service> service(String name) {
    return Arrays.stream(Service.values()).filter(value -> value.name().equals(name)).findAny();
  }

  /** Members of an array. */
  public static List<Member> members(JsonNode array) {
    List<Member> members = new ArrayList<>();
    array.forEach(object -> members.add(member(object)));
    return members;
  }

  /** {@code host:port}; IllegalArgumentException when the text is none. */
  public static Endpoint endpoint(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("no endpoint: " + text);
    }
    try {
      return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no endpoint: " + text, e);
    }
  }
}
