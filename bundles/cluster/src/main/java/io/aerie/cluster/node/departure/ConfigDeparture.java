package io.aerie.cluster.node.departure;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.store.Stores;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Departure through ConfigDB: one transaction deletes the node's record and what it confirmed of a
 * rotation, and writes down its keys.
 */
public final class ConfigDeparture implements ClusterDeparture {
  private static final String NODES = "cluster/nodes/";
  private static final String CONFIRMATIONS = "cluster/ca-nodes/";

  private final Supplier<Optional<ConfigStore>> stores;
  private final Clock clock;

  /**
   * @param stores ConfigDB while it is there
   */
  public ConfigDeparture(Supplier<Optional<ConfigStore>> stores, Clock clock) {
    this.stores = stores;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Boolean> isListed(NodeId node) {
    return Stores.required(stores).get(NODES + node).thenApply(Optional::isPresent);
  }

  @Override
  public CompletableFuture<Void> shutOut(NodeId node) {
    ConfigStore store = Stores.required(stores);
    return store
        .get(NODES + node)
        .thenCompose(
            record ->
                record.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : store
                        .get(RemovedNode.path(node))
                        .thenCompose(
                            former ->
                                store
                                    .get(CONFIRMATIONS + node)
                                    .thenCompose(
                                        confirmation ->
                                            commit(
                                                store,
                                                node,
                                                record.get(),
                                                former,
                                                confirmation.isPresent()))));
  }

  private CompletableFuture<Void> commit(
      ConfigStore store,
      NodeId node,
      Document record,
      Optional<Document> former,
      boolean confirmed) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.Delete(record.path()));
    if (confirmed) {
      changes.add(new Change.Delete(CONFIRMATIONS + node));
    }
    changes.add(removed(node, record, former.map(RemovedNode::of)).put());
    List<Condition> unchanged =
        List.of(
            new Condition(record.path(), record.revision()),
            new Condition(RemovedNode.path(node), former.map(Document::revision).orElse(0L)));
    return store.commit(new ConfigTransaction(unchanged, changes)).thenAccept(revision -> {});
  }

  private RemovedNode removed(NodeId node, Document record, Optional<RemovedNode> former) {
    Set<String> keys = new TreeSet<>(former.map(RemovedNode::keys).orElse(Set.of()));
    Set<String> serials = new TreeSet<>(former.map(RemovedNode::serials).orElse(Set.of()));
    JsonNode json = MemberJson.parse(record.json());
    serials.add(MemberJson.text(json, "certificateSerial"));
    if (json.hasNonNull("key")) {
      keys.add(json.path("key").asText());
    } else if (json.path("admission").hasNonNull("key")) {
      keys.add(json.path("admission").path("key").asText());
    }
    return new RemovedNode(node, clock.instant(), keys, serials);
  }
}
