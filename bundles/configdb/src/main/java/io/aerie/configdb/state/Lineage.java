package io.aerie.configdb.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Which life of ConfigDB this is, and whether it is whole: the document at {@link #PATH}. Without
 * one, ConfigDB is older than lineages, and whole.
 *
 * <pre>
 *  {"lineage":UUID,"order":N,"state":"new"|"whole"|"restoring",
 *   "operation":{"kind":"import"|"rebuild","id":TEXT,"began":ISO 8601,"done":N,
 *    "then":"new"|"whole"}}                                                      while restoring
 *
 *  founded --> NEW --no node's disks have a copy of another lineage, or rebuild --discard--> WHOLE
 *               |                                                                            |  ^
 *               +-------------rebuild--------> RESTORING <-----import in steps, rebuild------+  |
 *                                                  +--------------last step---------------------+
 * </pre>
 *
 * @param id random, drawn at the founding
 * @param order higher than that of all lineages before
 * @param operation what is being restored
 */
public record Lineage(UUID id, long order, State state, Optional<Operation> operation) {
  /** Of the document. Belongs to this cluster alone: no export has it, no import touches it. */
  public static final String PATH = "cluster/lineage";

  /** Of the document. */
  public static final String TYPE = "lineage";

  /** Of a ConfigDB without the document. */
  public static final Lineage OLDEST =
      new Lineage(new UUID(0, 0), 0, State.WHOLE, Optional.empty());

  private static final JsonMapper JSON = new JsonMapper();

  /** Whether what is there is all. */
  public enum State {
    /** Founded empty; whether there was one before isn't known yet. */
    NEW,
    WHOLE,
    RESTORING
  }

  /**
   * A restore in steps.
   *
   * @param kind import or rebuild
   * @param id of what is restored: the same for the same file or copy
   * @param began ISO 8601
   * @param done steps, over all runs
   * @param then the state that comes after it
   */
  public record Operation(String kind, String id, String began, long done, State then) {
    /** For those whom it refuses. */
    public String describe() {
      return "The " + kind + " that began at " + began + " has done " + done + " steps.";
    }

    /** One step further. */
    public Operation next() {
      return new Operation(kind, id, began, done + 1, then);
    }
  }

  /** Begins a lineage. */
  public static Lineage found(UUID id) {
    return new Lineage(id, 1, State.NEW, Optional.empty());
  }

  /** The same, whole. */
  public Lineage whole(long newOrder) {
    return new Lineage(id, newOrder, State.WHOLE, Optional.empty());
  }

  /** The same when what was restored is all there. */
  public Lineage restored() {
    State then = operation.map(Operation::then).orElse(state);
    return new Lineage(id, order, then, Optional.empty());
  }

  /** The same while something is restored. */
  public Lineage restoring(Operation what) {
    return new Lineage(id, order, State.RESTORING, Optional.of(what));
  }

  /** Reads the document; CORRUPT when it is none. */
  public static Lineage of(Document document) {
    try {
      JsonNode json = JSON.readTree(document.json());
      JsonNode operation = json.path("operation");
      return new Lineage(
          UUID.fromString(json.path("lineage").asText()),
          json.path("order").asLong(),
          state(json.path("state")),
          operation.isObject()
              ? Optional.of(
                  new Operation(
                      operation.path("kind").asText(),
                      operation.path("id").asText(),
                      operation.path("began").asText(),
                      operation.path("done").asLong(),
                      state(operation.path("then"))))
              : Optional.empty());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "the document '" + PATH + "' can't be read",
          "It tells whether ConfigDB is whole.",
          "aerie-config:rebuild --discard writes it anew.",
          e);
    }
  }

  private static State state(JsonNode text) {
    return State.valueOf(text.asText().toUpperCase(Locale.ROOT));
  }

  /** The change that writes it. */
  public Change.Put put() {
    ObjectNode json =
        JSON.createObjectNode()
            .put("lineage", id.toString())
            .put("order", order)
            .put("state", state.name().toLowerCase(Locale.ROOT));
    operation.ifPresent(
        what ->
            json.putObject("operation")
                .put("kind", what.kind())
                .put("id", what.id())
                .put("began", what.began())
                .put("done", what.done())
                .put("then", what.then().name().toLowerCase(Locale.ROOT)));
    return new Change.Put(PATH, TYPE, json.toString());
  }
}
