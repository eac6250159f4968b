package io.aerie.configdb.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Event;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * An entry as a line of a file, UTF-8.
 *
 * <pre>
 *  {"sequence":7,"time":"...","user":"ada","source":"192.0.2.1","action":"volume:delete",
 *   "details":{"volume":"v1"},"outcome":"done","begun":6,"previous":HEX64,"hash":HEX64} LF
 *  |&lt;---------------------- SHA-256 of these bytes is "hash" --------------&gt;|
 * </pre>
 *
 * The hash covers the line from its first byte to the one before {@code ,"hash"}, {@code previous}
 * included: nobody needs our code to check a chain.
 */
final class AuditLine {
  static final String NO_HASH = "0".repeat(64);
  private static final String HASH_FIELD = ",\"hash\":\"";

  /** Of one text: a path of ConfigDB has 512. */
  private static final int TEXT_LENGTH_MAX = 1_024;

  private static final ObjectMapper JSON = new ObjectMapper();

  private AuditLine() {}

  /** A line that can't be one of ours, or was changed. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String why, Throwable cause) {
      super(why, cause);
    }
  }

  /** An entry and its line without the LF. */
  record Written(String line, Entry entry) {}

  /** The next entry of a chain; texts that are too long are cut. */
  static Written write(long sequence, Instant time, Event whole, String previous) {
    Event event = bounded(whole);
    ObjectNode json =
        JSON.createObjectNode()
            .put("sequence", sequence)
            .put("time", time.toString())
            .put("user", event.user())
            .put("source", event.source())
            .put("action", event.action());
    ObjectNode details = json.putObject("details");
    new TreeMap<>(event.details()).forEach(details::put);
    json.put("outcome", event.outcome());
    event.begun().ifPresent(begun -> json.put("begun", begun));
    String text = json.put("previous", previous).toString();
    String hashed = text.substring(0, text.length() - 1);
    String hash = sha256(hashed);
    return new Written(
        hashed + HASH_FIELD + hash + "\"}", new Entry(sequence, time, event, previous, hash));
  }

  private static Event bounded(Event event) {
    Map<String, String> details = new HashMap<>();
    event.details().forEach((name, value) -> details.put(name, bounded(value)));
    return new Event(
        bounded(event.user()),
        bounded(event.source()),
        bounded(event.action()),
        details,
        bounded(event.outcome()),
        event.begun());
  }

  /** Reads a line and checks its own hash. */
  static Entry read(String line) throws Unreadable {
    int end = line.lastIndexOf(HASH_FIELD);
    if (end < 0 || !line.endsWith("\"}")) {
      throw new Unreadable("it is not an entry", null);
    }
    String claimed = line.substring(end + HASH_FIELD.length(), line.length() - 2);
    if (!sha256(line.substring(0, end)).equals(claimed)) {
      throw new Unreadable("its hash does not fit its content", null);
    }
    try {
      JsonNode json = JSON.readTree(line);
      Map<String, String> details = new LinkedHashMap<>();
      json.path("details")
          .properties()
          .forEach(e -> details.put(e.getKey(), e.getValue().asText()));
      return new Entry(
          json.path("sequence").asLong(),
          Instant.parse(json.path("time").asText()),
          new Event(
              json.path("user").asText(),
              json.path("source").asText(),
              json.path("action").asText(),
              details,
              json.path("outcome").asText(),
              json.has("begun")
                  ? OptionalLong.of(json.path("begun").asLong())
                  : OptionalLong.empty()),
          json.path("previous").asText(),
          claimed);
    } catch (JsonProcessingException | DateTimeException e) {
      throw new Unreadable("it is not an entry", e);
    }
  }

  /** Reads a line if it can be: lists show what can be read, a check tells what can't. */
  static Optional<Entry> readable(String line) {
    try {
      return Optional.of(read(line));
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java 17 has SHA-256", e);
    }
  }

  private static String bounded(String text) {
    return text.length() <= TEXT_LENGTH_MAX ? text : text.substring(0, TEXT_LENGTH_MAX) + "…";
  }
}
