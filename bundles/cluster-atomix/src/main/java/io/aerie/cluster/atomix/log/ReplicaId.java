package io.aerie.cluster.atomix.log;

import io.aerie.base.NodeId;
import io.atomix.cluster.MemberId;
import java.util.UUID;

/**
 * A replica as Raft knows it: {@code NODE/INCARNATION}. The incarnation is drawn when a replica's
 * folder is made and lives there, so a replica whose data is gone can't vote as its former self.
 *
 * @param node the node
 * @param incarnation a random UUID
 */
record ReplicaId(NodeId node, String incarnation) {
  static ReplicaId draw(NodeId node) {
    return new ReplicaId(node, UUID.randomUUID().toString());
  }

  static ReplicaId parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("no replica: " + text);
    }
    return new ReplicaId(new NodeId(text.substring(0, slash)), text.substring(slash + 1));
  }

  static NodeId node(MemberId member) {
    return parse(member.id()).node();
  }

  MemberId member() {
    return MemberId.from(toString());
  }

  @Override
  public String toString() {
    return node + "/" + incarnation;
  }
}
