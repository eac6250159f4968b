package io.aerie.upgrade.apply.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.upgrade.ProductVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a node tells of itself.
 *
 * @param version of the release that its next start takes
 * @param release the name of that
 * @param features that are installed
 * @param freeBytes room for packages and releases
 * @param startedAgain whether something starts its process again when it ends
 * @param packages digests of those that it has
 */
public record NodeFacts(
    ProductVersion version,
    String release,
    Set<String> features,
    long freeBytes,
    boolean startedAgain,
    Set<String> packages) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public NodeFacts {
    features = Set.copyOf(features);
    packages = Set.copyOf(packages);
  }

  /** JSON, for a message. */
  public byte[] toBytes() {
    ObjectNode json =
        MAPPER
            .createObjectNode()
            .put("version", version.toString())
            .put("release", release)
            .put("freeBytes", freeBytes)
            .put("startedAgain", startedAgain);
    ArrayNode installed = json.putArray("features");
    new TreeSet<>(features).forEach(installed::add);
    ArrayNode digests = json.putArray("packages");
    new TreeSet<>(packages).forEach(digests::add);
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Reads what {@link #toBytes} wrote, on this version or a neighbouring one. */
  public static NodeFacts parse(byte[] bytes) throws IOException {
    JsonNode json = MAPPER.readTree(bytes);
    Set<String> features = new TreeSet<>();
    json.path("features").forEach(feature -> features.add(feature.asText()));
    Set<String> packages = new TreeSet<>();
    json.path("packages").forEach(digest -> packages.add(digest.asText()));
    return new NodeFacts(
        ProductVersion.parse(json.path("version").asText()),
        json.path("release").asText(),
        features,
        json.path("freeBytes").asLong(),
        json.path("startedAgain").asBoolean(),
        packages);
  }
}
