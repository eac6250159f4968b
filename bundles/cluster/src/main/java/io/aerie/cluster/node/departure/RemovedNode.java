package io.aerie.cluster.node.departure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * Nodes of one name that were removed, type {@code removed-node}, at {@code cluster/removed/ID}. It
 * stays for good: a certificate outlives its node by years.
 *
 * <pre>
 *  {"removed": ISO 8601, of the last, "keys": [SHA-256 of a public key, ...],
 *   "serials": [of a certificate, hexadecimal, ...]}
 * </pre>
 *
 * @param node the name
 * @param removed when the last of them was
 * @param keys fingerprints of their public keys, which a renewed certificate keeps
 * @param serials of their certificates: of a founder from an old release no key is known
 */
public record RemovedNode(NodeId node, Instant removed, Set<String> keys, Set<String> serials) {
  public static final String PREFIX = "cluster/removed";
  static final String TYPE = "removed-node";

  public RemovedNode {
    keys = Set.copyOf(keys);
    serials = Set.copyOf(serials);
  }

  public static String path(NodeId node) {
    return PREFIX + "/" + node;
  }

  public Change.Put put() {
    ObjectNode object = MemberJson.object();
    object.put("removed", removed.toString());
    new TreeSet<>(keys).forEach(object.putArray("keys")::add);
    new TreeSet<>(serials).forEach(object.putArray("serials")::add);
    return new Change.Put(path(node), TYPE, object.toString());
  }

  public static RemovedNode of(Document document) {
    JsonNode object = MemberJson.parse(document.json());
    return new RemovedNode(
        new NodeId(document.path().substring(document.path().lastIndexOf('/') + 1)),
        Instant.parse(MemberJson.text(object, "removed")),
        MemberJson.texts(object.path("keys")),
        MemberJson.texts(object.path("serials")));
  }
}
