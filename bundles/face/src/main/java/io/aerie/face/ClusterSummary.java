package io.aerie.face;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;

/** The cluster as one object: what {@code GET cluster} and {@code cluster:info} show. */
public final class ClusterSummary {
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
            .put("name", identity.clusterName())
            .put(
                "revision",
                subsystems.find(ConfigStore.class).map(ConfigStore::localRevision).orElse(0L))
            .put("node", membership.self().id().value());
    ArrayNode members = cluster.putArray("members");
    membership.members().forEach(member -> members.add(Views.of(member)));
    ArrayNode logs = cluster.putArray("logs");
    ArrayNode warnings = cluster.putArray("warnings");
    for (NamedLog log : subsystems.logs()) {
      logs.add(Views.of(log.name(), log.log().status()));
      log.warning().ifPresent(warnings::add);
    }
    return cluster;
  }
}
