package io.aerie.upgrade.apply.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import io.aerie.upgrade.apply.run.Run.PartState;
import io.aerie.upgrade.apply.run.Run.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The documents of ConfigDB that upgrades live in: {@code upgrade/run} and, of each package, {@code
 * upgrade/packages/VERSION}. Fields that are not known are passed over.
 */
public final class Documents {
  /** Below it lie all. */
  public static final String ROOT = "upgrade";

  /** The upgrade that goes on, or the last one. */
  public static final String RUN = ROOT + "/run";

  /** Packages. */
  public static final String PACKAGES = ROOT + "/packages";

  static final String RUN_TYPE = "upgrade-run";
  static final String PACKAGE_TYPE = "upgrade-package";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Documents() {}

  /**
   * What the cluster knows of a package; the rest is in the package.
   *
   * @param version whereto
   * @param sha256 of the file
   * @param sizeBytes of the file
   * @param revision of the document; 0 for one that isn't written
   */
  public record PackageRecord(String version, String sha256, long sizeBytes, long revision) {
    /** Where it lies. */
    public String path() {
      return PACKAGES + "/" + version;
    }

    /** Writes it. */
    public Change.Put put() {
      ObjectNode json =
          MAPPER
              .createObjectNode()
              .put("version", version)
              .put("sha256", sha256)
              .put("sizeBytes", sizeBytes);
      return new Change.Put(path(), PACKAGE_TYPE, json.toString());
    }
  }

  /** Reads the document of a package; CORRUPT if it is none. */
  public static PackageRecord packageOf(Document document) {
    JsonNode json = parse(document);
    return new PackageRecord(
        json.path("version").asText(),
        json.path("sha256").asText(),
        json.path("sizeBytes").asLong(),
        document.revision());
  }

  /** Reads the document of a run; CORRUPT if it is none. */
  public static Run runOf(Document document) {
    JsonNode json = parse(document);
    try {
      List<Part> nodes = new ArrayList<>();
      json.path("nodes").forEach(node -> nodes.add(part(node)));
      return new Run(
          json.path("id").asText(),
          json.path("sha256").asText(),
          json.path("version").asText(),
          json.path("from").asText(),
          value(Exchange.class, json, "exchange"),
          value(Direction.class, json, "direction"),
          value(State.class, json, "state"),
          json.path("why").asText(),
          Instant.parse(json.path("started").asText()),
          nodes,
          document.revision());
    } catch (RuntimeException e) {
      throw corrupt(document, e);
    }
  }

  private static Part part(JsonNode json) {
    Set<String> serving = new TreeSet<>();
    json.path("serving").forEach(server -> serving.add(server.asText()));
    return new Part(
        new NodeId(json.path("node").asText()),
        value(PartState.class, json, "state"),
        json.path("former").asText(),
        serving);
  }

  /** Writes a run. */
  public static Change.Put put(Run run) {
    ObjectNode json =
        MAPPER
            .createObjectNode()
            .put("id", run.id())
            .put("sha256", run.sha256())
            .put("version", run.version())
            .put("from", run.from())
            .put("exchange", text(run.exchange()))
            .put("direction", text(run.direction()))
            .put("state", text(run.state()))
            .put("why", run.why())
            .put("started", run.started().toString());
    ArrayNode nodes = json.putArray("nodes");
    for (Part part : run.nodes()) {
      ObjectNode node =
          nodes
              .addObject()
              .put("node", part.node().value())
              .put("state", text(part.state()))
              .put("former", part.former());
      ArrayNode serving = node.putArray("serving");
      new TreeSet<>(part.serving()).forEach(serving::add);
    }
    return new Change.Put(RUN, RUN_TYPE, json.toString());
  }

  /** A constant as documents and lists write it: {@code rolled-back}. */
  public static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <E extends Enum<E>> E value(Class<E> type, JsonNode json, String field) {
    String text = json.path(field).asText();
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> text(constant).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(field + " is '" + text + "'"));
  }

  private static JsonNode parse(Document document) {
    try {
      return MAPPER.readTree(document.json());
    } catch (JsonProcessingException e) {
      throw corrupt(document, e);
    }
  }

  private static AerieException corrupt(Document document, Exception cause) {
    return new AerieException(
        ErrorCode.CORRUPT,
        "The document '" + document.path() + "' is none of upgrades",
        String.valueOf(cause.getMessage()),
        "",
        cause);
  }
}
