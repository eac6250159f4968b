package io.aerie.face.metrics;

import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.log.ReplicatedLog.Role;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.config.ConfigStore;
import io.aerie.face.NamedLog;
import io.aerie.face.Subsystems;
import io.aerie.face.alerts.Alert;
import io.aerie.face.alerts.AlertCode.Severity;
import io.aerie.face.alerts.Alerts;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.block.Attachments;
import io.aerie.storage.block.VolumeTraffic;
import java.util.List;
import java.util.Locale;

/**
 * All figures now: of the cluster as this node's replicas know it, and of this node. Nothing is
 * kept and no node is asked; what is away has no values.
 */
public final class Metrics {
  private Metrics() {}

  /** In the order of {@link Metric}; those without any value are missing. */
  public static List<MetricView> of(Subsystems subsystems) {
    Samples samples = new Samples();
    subsystems
        .find(StorageAdministration.class)
        .ifPresent(storage -> StorageMetrics.add(storage, samples));
    subsystems.find(Attachments.class).stream()
        .flatMap(clients -> clients.attachments().stream())
        .forEach(client -> samples.add(Metric.ATTACHMENTS, 1, client.node().value()));
    subsystems.find(VolumeTraffic.class).stream()
        .flatMap(volumes -> volumes.traffic().stream())
        .forEach(traffic -> StorageMetrics.add(traffic, samples));
    subsystems
        .find(Membership.class)
        .ifPresent(
            membership ->
                samples.add(
                    Metric.MEMBERS_REACHABLE,
                    membership.members().stream().filter(MemberView::reachable).count()));
    for (Severity severity : Severity.values()) {
      samples.add(Metric.ALERTS, 0, name(severity));
    }
    for (Alert alert : Alerts.of(subsystems)) {
      samples.add(Metric.ALERTS, 1, alert.severity());
    }
    subsystems
        .find(ConfigStore.class)
        .ifPresent(config -> samples.add(Metric.CONFIG_REVISION, config.localRevision()));
    subsystems.logs().forEach(log -> log(log, samples));
    ProcessMetrics.add(samples);
    return samples.views();
  }

  private static String name(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  /** One whose provider is being exchanged has none. */
  private static void log(NamedLog log, Samples samples) {
    LogStatus status = log.log().status();
    if (status.provider().isEmpty()) {
      return;
    }
    String name = log.name();
    samples.add(Metric.LOG_LEADER, status.role() == Role.LEADER ? 1 : 0, name);
    samples.add(Metric.LOG_TERM, status.term(), name);
    samples.add(Metric.LOG_APPLIED_INDEX, status.appliedIndex(), name);
    samples.add(Metric.LOG_COMMITTED_INDEX, status.committedIndex(), name);
    samples.add(Metric.LOG_BYTES, status.logBytes(), name);
    samples.add(Metric.LOG_MEMBERS, status.members().size(), name);
  }
}
