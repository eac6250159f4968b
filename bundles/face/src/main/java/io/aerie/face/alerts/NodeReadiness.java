package io.aerie.face.alerts;

import io.aerie.base.NodeId;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.log.ReplicatedLog.Role;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.NamedLog;
import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether this node serves: all its subsystems are there, and storage counts it as up. */
public final class NodeReadiness {
  private static final List<Class<?>> NEEDED =
      List.of(
          ClusterIdentity.class,
          Membership.class,
          ClusterAdmission.class,
          ConfigStore.class,
          UserDirectory.class,
          StorageAdministration.class);

  private NodeReadiness() {}

  /** Why it doesn't, in sentences; none when it does. Names no files: anybody may ask. */
  public static List<String> reasons(Subsystems subsystems) {
    List<String> reasons = new ArrayList<>();
    for (HealthProblem problem : subsystems.healthProblems()) {
      reasons.add(
          problem.subsystem()
              + " stays away from this node: "
              + problem.problem().code().code()
              + ".");
    }
    for (NamedLog log : subsystems.logs()) {
      if (gaveUp(log.log().status())) {
        reasons.add("The replica of the log '" + log.name() + "' has stopped.");
      }
    }
    for (Class<?> type : NEEDED) {
      if (subsystems.find(type).isEmpty()) {
        reasons.add("Not available: " + Subsystems.nameOf(type) + ".");
      }
    }
    if (reasons.isEmpty() && !upInStorage(subsystems)) {
      reasons.add("Storage does not count this node as up.");
    }
    return reasons;
  }

  /** One whose provider is being exchanged has none. */
  private static boolean gaveUp(LogStatus status) {
    return status.role() == Role.CLOSED && !status.provider().isEmpty();
  }

  private static boolean upInStorage(Subsystems subsystems) {
    Optional<NodeId> self = subsystems.find(ClusterIdentity.class).map(id -> id.self().id());
    return subsystems.find(StorageAdministration.class).stream()
        .flatMap(storage -> storage.nodes().stream())
        .anyMatch(node -> self.equals(Optional.of(node.id())) && node.state().equals("up"));
  }
}
