package io.aerie.cluster.node.departure;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.store.Stores;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Departure through ConfigDB: a document says that a node is leaving; one transaction deletes it,
 * the node's record and what it confirmed of a rotation, and writes down its keys.
 */
public final class ConfigDeparture implements ClusterDeparture {
  private static final String NODES = "cluster/nodes/";
  private static final String CONFIRMATIONS = "cluster/ca-nodes/";

  /** A node learns of a change of ConfigDB within milliseconds, and writes it at once. */
  private static final Duration WRITTEN_LIMIT = Duration.ofSeconds(5);

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

  private final ClusterIdentity identity;
  private final Supplier<Optional<ConfigStore>> stores;
  private final Clock clock;

  /**
   * @param stores ConfigDB while it is there
   */
  public ConfigDeparture(
      ClusterIdentity identity, Supplier<Optional<ConfigStore>> stores, Clock clock) {
    this.identity = identity;
    this.stores = stores;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Boolean> isListed(NodeId node) {
    return Stores.required(stores).get(NODES + node).thenApply(Optional::isPresent);
  }

  @Override
  public CompletableFuture<Void> announce(NodeId node) {
    ConfigStore store = Stores.required(stores);
    return documents(store, NODES + node, LeavingNode.path(node))
        .thenCompose(
            found -> {
              Document record = found.get(NODES + node);
              if (record == null) {
                return CompletableFuture.completedFuture(null);
              }
              return announced(store, node, record, found.get(LeavingNode.path(node)))
                  .thenCompose(done -> written(node, System.nanoTime() + WRITTEN_LIMIT.toNanos()));
            });
  }

  private CompletableFuture<?> announced(
      ConfigStore store, NodeId node, Document record, Document former) {
    if (former != null) {
      return CompletableFuture.completedFuture(null);
    }
    return store.commit(
        new ConfigTransaction(
            List.of(
                new Condition(record.path(), record.revision()),
                new Condition(LeavingNode.path(node), 0)),
            List.of(new LeavingNode(node, clock.instant()).put())));
  }

  /** This node may be the one that judges alone who is taken in: it must not forget. */
  private CompletableFuture<Void> written(NodeId node, long deadlineNs) {
    if (identity.leaving().contains(node)) {
      return CompletableFuture.completedFuture(null);
    }
    if (System.nanoTime() - deadlineNs > 0) {
      return CompletableFuture.failedFuture(
          new AerieException(
              ErrorCode.TIMED_OUT,
              "This node has not written down that node " + node + " is being removed",
              "It follows ConfigDB too slowly, or can't write to its data folder.",
              "See its log, and try again."));
    }
    return CompletableFuture.runAsync(() -> {}, LATER)
        .thenCompose(done -> written(node, deadlineNs));
  }

  @Override
  public CompletableFuture<Void> shutOut(NodeId node) {
    ConfigStore store = Stores.required(stores);
    String record = NODES + node;
    String confirmation = CONFIRMATIONS + node;
    return documents(store, record, RemovedNode.path(node), confirmation, LeavingNode.path(node))
        .thenCompose(
            found ->
                found.containsKey(record)
                    ? commit(store, node, found)
                    : CompletableFuture.completedFuture(null));
  }

  /** Those that there are, by path. */
  private static CompletableFuture<Map<String, Document>> documents(
      ConfigStore store, String... paths) {
    CompletableFuture<Map<String, Document>> all =
        CompletableFuture.completedFuture(new TreeMap<>());
    for (String path : paths) {
      all =
          all.thenCompose(
              found ->
                  store
                      .get(path)
                      .thenApply(
                          document -> {
                            document.ifPresent(present -> found.put(path, present));
                            return found;
                          }));
    }
    return all;
  }

  private CompletableFuture<Void> commit(
      ConfigStore store, NodeId node, Map<String, Document> found) {
    Document record = found.get(NODES + node);
    Optional<Document> former = Optional.ofNullable(found.get(RemovedNode.path(node)));
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.Delete(record.path()));
    for (String path : List.of(CONFIRMATIONS + node, LeavingNode.path(node))) {
      if (found.containsKey(path)) {
        changes.add(new Change.Delete(path));
      }
    }
    changes.add(removed(node, record, former.map(RemovedNode::of)).put());
    List<Condition> unchanged =
        List.of(
            new Condition(record.path(), record.revision()),
            new Condition(RemovedNode.path(node), former.map(Document::revision).orElse(0L)));
    return store.commit(new ConfigTransaction(unchanged, changes)).thenAccept(revision -> {});
  }

  @Override
  public Optional<Instant> removed(String key, String serial) {
    return Stores.required(stores).listLocal(RemovedNode.PREFIX).stream()
        .map(RemovedNode::of)
        .filter(node -> node.keys().contains(key) || node.serials().contains(serial))
        .map(RemovedNode::removed)
        .findFirst();
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
