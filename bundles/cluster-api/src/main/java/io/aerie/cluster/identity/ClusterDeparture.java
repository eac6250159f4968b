package io.aerie.cluster.identity;

import io.aerie.base.NodeId;
import java.util.concurrent.CompletableFuture;

/** Takes a node's membership away for good; the other side of {@link ClusterAdmission}. */
public interface ClusterDeparture {
  /** Whether the node is on the cluster's list. */
  CompletableFuture<Boolean> isListed(NodeId node);

  /**
   * Takes the node off the cluster's list, and its keys' rights: from then on no member talks to
   * whoever shows one of them, and the node itself ends as soon as it learns of it. Its name is
   * free for a new node. Nothing happens when it is done already.
   */
  CompletableFuture<Void> shutOut(NodeId node);
}
