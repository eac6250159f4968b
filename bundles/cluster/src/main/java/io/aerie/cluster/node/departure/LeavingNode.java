package io.aerie.cluster.node.departure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import java.time.Instant;

/**
 * A node that is being removed, type {@code leaving-node}, at {@code cluster/leaving/ID}: no log
 * takes a replica of it in. It goes when the node is off the list.
 *
 * <pre>
 *  {"since": ISO 8601}
 * </pre>
 *
 * @param node its name
 * @param since when its removal began
 */
record LeavingNode(NodeId node, Instant since) {
  static final String PREFIX = "cluster/leaving";
  static final String TYPE = "leaving-node";

  static String path(NodeId node) {
    return PREFIX + "/" + node;
  }

  Change.Put put() {
    ObjectNode object = MemberJson.object();
    object.put("since", since.toString());
    return new Change.Put(path(node), TYPE, object.toString());
  }

  static NodeId nodeOf(Document document) {
    return new NodeId(document.path().substring(PREFIX.length() + 1));
  }
}
