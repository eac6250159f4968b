package io.aerie.face.alerts;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.face.NamedLog;
import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.RunView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that is wrong now, as this node sees it: what storage knows is the same everywhere; the rest
 * is about this node and what it reaches. Nothing is kept: an alert is there while its cause is.
 */
public final class Alerts {
  private Alerts() {}

  /** In no order; empty when all is well. */
  public static List<Alert> of(Subsystems subsystems) {
    List<Alert> alerts = new ArrayList<>();
    subsystems.find(StorageAdministration.class).map(StorageAlerts::of).ifPresent(alerts::addAll);
    self(subsystems, alerts);
    subsystems.find(Membership.class).ifPresent(membership -> unreachable(membership, alerts));
    subsystems.logs().forEach(log -> log(log, alerts));
    subsystems
        .find(UpgradeAdministration.class)
        .flatMap(UpgradeAdministration::run)
        .filter(run -> run.state().equals("stopped"))
        .ifPresent(run -> alerts.add(stopped(run)));
    return alerts;
  }

  private static void self(Subsystems subsystems, List<Alert> alerts) {
    List<String> reasons = NodeReadiness.reasons(subsystems);
    if (!reasons.isEmpty()) {
      String self =
          subsystems.find(ClusterIdentity.class).map(id -> id.self().id().value()).orElse("self");
      alerts.add(
          AlertCode.NODE_NOT_SERVING.about(
              self,
              "Node " + self + " does not serve: " + String.join(" ", reasons),
              "After a start or an update wait some seconds; else the node's log tells what to"
                  + " do. Other nodes serve."));
    }
  }

  /** Those that storage holds for up: their death is told already. */
  private static void unreachable(Membership membership, List<Alert> alerts) {
    Set<String> down =
        alerts.stream()
            .filter(alert -> alert.code().equals(AlertCode.NODE_DOWN.code()))
            .map(Alert::subject)
            .collect(Collectors.toSet());
    for (MemberView member : membership.members()) {
      String id = member.member().id().value();
      if (!member.reachable() && !down.contains(id)) {
        alerts.add(
            AlertCode.NODE_UNREACHABLE.about(
                id,
                "Node " + id + " does not answer node " + membership.self().id().value() + ".",
                "Look at the network between the two, and at the node."));
      }
    }
  }

  private static void log(NamedLog log, List<Alert> alerts) {
    LogStatus status = log.log().status();
    if (!status.provider().isEmpty() && status.leader().isEmpty()) {
      alerts.add(
          AlertCode.LOG_WITHOUT_LEADER.about(
              log.name(),
              "The log '" + log.name() + "' has no leader that this node knows.",
              "A majority of its members must be up and reach each other: start the others, look"
                  + " at the network."));
    }
    log.warning()
        .ifPresent(
            text ->
                alerts.add(
                    AlertCode.LOG_OVERSIZED.about(
                        log.name(), text, "See the replicated logs in docs/cluster.md.")));
  }

  private static Alert stopped(RunView run) {
    return AlertCode.UPGRADE_STOPPED.about(
        run.version(),
        "The upgrade to " + run.version() + " has stopped: " + run.why(),
        "Mend the cause, then upgrade:resume; or upgrade:roll-back.");
  }
}
