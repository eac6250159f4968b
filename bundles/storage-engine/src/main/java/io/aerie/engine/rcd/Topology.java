package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.util.Map;

/**
 * Which failure domain of one level a disk is in. A node that is in no rack is a rack of its own, a
 * rack that is in no site a site of its own: so domains of a level are always made of whole ones of
 * the level below.
 *
 * @param nodes by id; a node that is not among them is in no rack
 * @param level of the domains
 */
public record Topology(Map<NodeId, NodeRecord> nodes, FailureDomain level) {
  /** Equal for two disks exactly when they are in one domain. For messages, too. */
  public String domain(DiskRecord disk) {
    return level == FailureDomain.DISK ? "disk " + disk.id() : domain(disk.node());
  }

  /** The same of a node, on the level of nodes or above. */
  String domain(NodeId id) {
    NodeRecord node = nodes.get(id);
    boolean placed = node != null && level != FailureDomain.NODE;
    if (placed && level == FailureDomain.SITE && !node.site().isEmpty()) {
      return "site " + node.site();
    }
    if (placed && !node.rack().isEmpty()) {
      return "rack " + (node.site().isEmpty() ? "" : node.site() + "/") + node.rack();
    }
    return "node " + id;
  }
}
