package io.aerie.face;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.Document;

/** The cluster as one object: what {@code GET cluster} and {@code cluster:info} show. */
public final class ClusterSummary {
  /** Where ConfigDB keeps the name that the administrator gave the cluster, field "name". */
  public static final String NAME_PATH = "cluster";

  /** The name until somebody gives one. */
  public static final String DEFAULT_NAME = "aerie";

  private ClusterSummary() {}

  /**
   * Identity and members are needed; logs and ConfigDB's revision are shown when they are there.
   */
  public static ObjectNode of(Subsystems subsystems) {
    ClusterIdentity identity = subsystems.require(ClusterIdentity.class);
    Membership membership = subsystems.require(Membership.class);
    ObjectNode cluster =
        Views.mapper()
            .createObjectNode()
            .put("id", identity.clusterId())
            .put("name", name(subsystems))
            .put(
                "revision",
                subsystems.find(ConfigStore.class).map(ConfigStore::localRevision).orElse(0L))
            .put("node", membership.self().id().value());
    ArrayNode members = cluster.putArray("members");
    membership.members().forEach(member -> members.add(Views.of(member)));
    ArrayNode logs = cluster.putArray("logs");
    subsystems.logs().forEach(log -> logs.add(Views.of(log.name(), log.log().status())));
    return cluster;
  }

  /** The cluster's name, from this node's replica of ConfigDB. */
  public static String name(Subsystems subsystems) {
    return subsystems
        .find(ConfigStore.class)
        .flatMap(
            store ->
                store.listLocal(NAME_PATH).stream()
                    .filter(document -> document.path().equals(NAME_PATH))
                    .findFirst())
        .map(ClusterSummary::nameIn)
        .orElse(DEFAULT_NAME);
  }

  private static String nameIn(Document document) {
    try {
      return Views.mapper().readTree(document.json()).path("name").asText(DEFAULT_NAME);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document " + document.path() + " holds no JSON", e);
    }
  }
}
