package io.aerie.cluster.node.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which nodes have done what a phase asks, type {@code ca-confirmation}, at {@code
 * cluster/ca-nodes/ID}.
 *
 * <pre>
 *  {"number": of the CA, "phase": "TRUST"|"ISSUE"|"DROP"}
 * </pre>
 */
final class Confirmations {
  static final String PREFIX = "cluster/ca-nodes";
  static final String TYPE = "ca-confirmation";

  /** Members' records, which this package only counts. */
  static final String NODES = "cluster/nodes";

  private Confirmations() {}

  static Change.Put put(NodeId node, RotationDocument rotation) {
    ObjectNode json = MemberJson.object();
    json.put("number", rotation.number());
    json.put("phase", rotation.phase().name());
    return new Change.Put(PREFIX + "/" + node, TYPE, json.toString());
  }

  static List<NodeId> nodes(List<Document> records) {
    return records.stream()
        .map(Confirmations::node)
        .sorted(Comparator.comparing(NodeId::value))
        .toList();
  }

  private static NodeId node(Document document) {
    return new NodeId(document.path().substring(document.path().lastIndexOf('/') + 1));
  }

  /** Who has confirmed the rotation's phase. */
  static Set<NodeId> of(RotationDocument rotation, List<Document> confirmations) {
    return confirmations.stream()
        .filter(document -> isFor(rotation, document))
        .map(Confirmations::node)
        .collect(Collectors.toSet());
  }

  private static boolean isFor(RotationDocument rotation, Document document) {
    JsonNode json = MemberJson.parse(document.json());
    return json.path("number").asLong() == rotation.number()
        && json.path("phase").asText().equals(rotation.phase().name());
  }

  /** Who is waited for. */
  static List<NodeId> missing(
      RotationDocument rotation, List<Document> records, List<Document> confirmations) {
    Set<NodeId> confirmed = of(rotation, confirmations);
    return nodes(records).stream()
        .filter(node -> !confirmed.contains(node) && !rotation.without().contains(node))
        .toList();
  }
}
