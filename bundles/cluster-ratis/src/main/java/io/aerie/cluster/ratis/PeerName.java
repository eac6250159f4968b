package io.aerie.cluster.ratis;

import io.aerie.base.NodeId;
import java.util.UUID;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * A replica's name in Raft, {@code NODE@INCARNATION}. The incarnation is drawn when a node's log
 * folder is made and lies in it: a replica whose data is gone is another peer, so it can't vote
 * against what its former self acknowledged.
 *
 * @param node whose replica it is
 * @param incarnation the life of its data
 */
record PeerName(NodeId node, UUID incarnation) {
  RaftPeerId id() {
    return RaftPeerId.valueOf(node + "@" + incarnation);
  }

  static NodeId nodeOf(RaftPeerId id) {
    String text = id.toString();
    return new NodeId(text.substring(0, text.indexOf('@')));
  }
}
