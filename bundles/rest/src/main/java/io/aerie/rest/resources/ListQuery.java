package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Views;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.ws.rs.QueryParam;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What every list understands. The cursor is the place of the last item in the order, not the item
 * itself: paging goes on when that one was deleted meanwhile.
 */
public final class ListQuery {
  private static final int LIMIT_DEFAULT = 100;

  /** An answer stays below a few hundred KiB. */
  private static final int LIMIT_MAX = 1000;

  @Parameter(description = "At most so many items, 1 to 1000; 100 unless told")
  @QueryParam("limit")
  private String limit;

  @Parameter(description = "The cursor 'next' of the page before")
  @QueryParam("after")
  private String after;

  @Parameter(description = "FIELD=VALUE, several times for several conditions: filter=name=v1")
  @QueryParam("filter")
  private List<String> filter = new ArrayList<>();

  @Parameter(description = "Only these fields, with commas; id is always there")
  @QueryParam("fields")
  private String fields;

  /** A page: {@code items}, and {@code next}, null on the last. */
  ObjectNode page(List<?> views) {
    List<ObjectNode> nodes = new ArrayList<>();
    views.forEach(view -> nodes.add(view instanceof ObjectNode node ? node : Views.of(view)));
    Set<String> known = new TreeSet<>();
    nodes.forEach(node -> node.fieldNames().forEachRemaining(known::add));
    List<ObjectNode> matching = new ArrayList<>(nodes);
    for (String condition : filter) {
      filter(matching, condition, known);
    }
    matching.sort(Comparator.comparing(ListQuery::key));
    String start = decoded(after);
    matching.removeIf(node -> key(node).compareTo(start) <= 0);
    int count = Math.min(limit(), matching.size());
    ObjectNode page = Views.mapper().createObjectNode();
    ArrayNode items = page.putArray("items");
    Set<String> wanted = wanted(known);
    for (ObjectNode node : matching.subList(0, count)) {
      items.add(wanted.isEmpty() ? node : node.deepCopy().retain(wanted));
    }
    boolean more = count < matching.size();
    page.put("next", more ? encoded(key(matching.get(count - 1))) : null);
    return page;
  }

  private static void filter(List<ObjectNode> nodes, String condition, Set<String> known) {
    int equals = condition.indexOf('=');
    if (equals < 1) {
      throw invalid("'" + condition + "' is not a filter", "A filter is FIELD=VALUE.");
    }
    String field = condition.substring(0, equals);
    String value = condition.substring(equals + 1);
    checkKnown(field, known);
    nodes.removeIf(node -> !node.path(field).asText().equals(value));
  }

  private Set<String> wanted(Set<String> known) {
    Set<String> wanted = new TreeSet<>();
    if (fields == null || fields.isBlank()) {
      return wanted;
    }
    for (String field : fields.split(",")) {
      checkKnown(field.strip(), known);
      wanted.add(field.strip());
    }
    wanted.add("id");
    return wanted;
  }

  /** An empty list has no fields to check against, and nothing to get wrong. */
  private static void checkKnown(String field, Set<String> known) {
    if (!known.isEmpty() && !known.contains(field)) {
      throw new AerieException(
          ErrorCode.UNKNOWN_FIELD,
          "There is no field '" + field + "'",
          "The fields are: " + String.join(", ", known) + ".",
          "");
    }
  }

  private int limit() {
    if (limit == null) {
      return LIMIT_DEFAULT;
    }
    try {
      int value = Integer.parseInt(limit);
      if (value >= 1 && value <= LIMIT_MAX) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw notLimit(e);
    }
    throw notLimit(null);
  }

  private AerieException notLimit(Throwable cause) {
    return new AerieException(
        ErrorCode.INVALID_VALUE,
        "'" + limit + "' is not a limit",
        "A limit is a number from 1 to " + LIMIT_MAX + ".",
        "",
        cause);
  }

  /** Names may be equal, ids never; NUL sorts before all that names may hold. */
  private static String key(ObjectNode node) {
    return node.path("name").asText() + '\0' + node.path("id").asText();
  }

  private static String encoded(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String cursor) {
    if (cursor == null) {
      return "";
    }
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + cursor + "' is not a cursor",
          "A cursor is the field 'next' of the page before.",
          "",
          e);
    }
  }

  private static AerieException invalid(String what, String why) {
    return new AerieException(ErrorCode.INVALID_VALUE, what, why, "");
  }
}
