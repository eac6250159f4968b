package io.aerie.cluster.identity;

import io.aerie.base.NodeId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Takes a node's membership away for good; the other side of {@link ClusterAdmission}. */
public interface ClusterDeparture {
  /** Whether the node is on the cluster's list. */
  CompletableFuture<Boolean> isListed(NodeId node);

  /**
   * Says in the whole cluster that a node on its list is being removed: no log takes a replica of
   * it in from then on, also after restarts. Complete when this node has written it down. Nothing
   * happens to one that isn't on the list.
   */
  CompletableFuture<Void> announce(NodeId node);

  /**
   * Takes the node off the cluster's list, and its keys' rights: from then on no member talks to
   * whoever shows one of them, and the node itself ends as soon as it learns of it. Its name is
   * free for a new node. Nothing happens when it is done already.
   */
  CompletableFuture<Void> shutOut(NodeId node);

  /**
   * When the node that shows this certificate was removed, as this node's replica of ConfigDB knows
   * it; empty when it wasn't.
   *
   * @param key SHA-256 of its public key, lower case hexadecimal
   * @param serial of its certificate, lower case hexadecimal
   */
  Optional<Instant> removed(String key, String serial);
}
