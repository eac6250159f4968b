package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.event.Events;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.block.Attachments;
import io.aerie.storage.block.VolumeTraffic;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The other subsystems of this node, each of which may be away at any time: it starts, or its
 * bundle is being exchanged. Faces ask at each use and hold none.
 */
public interface Subsystems {
  /** What faces use, with the name that users know it by. */
  Map<Class<?>, String> NAMES =
      Map.ofEntries(
          Map.entry(ClusterIdentity.class, "the node's identity"),
          Map.entry(ClusterAdmission.class, "the cluster's admission"),
          Map.entry(ClusterDeparture.class, "the cluster's list of nodes"),
          Map.entry(RestCertificate.class, "the certificates"),
          Map.entry(AuthorityRotation.class, "the cluster's CA"),
          Map.entry(Membership.class, "the cluster's membership"),
          Map.entry(ConfigStore.class, "ConfigDB"),
          Map.entry(ConfigTransfer.class, "ConfigDB's export"),
          Map.entry(ConfigRebuild.class, "ConfigDB's rebuild"),
          Map.entry(ConfigLogMove.class, "the move of ConfigDB's log"),
          Map.entry(UserDirectory.class, "the user directory"),
          Map.entry(LdapDirectory.class, "the settings of LDAP"),
          Map.entry(TokenDirectory.class, "the token directory"),
          Map.entry(AuditLog.class, "the audit log"),
          Map.entry(StorageAdministration.class, "storage"),
          Map.entry(Attachments.class, "the attachments of volumes"),
          Map.entry(VolumeTraffic.class, "the figures of volumes"),
          Map.entry(UpgradeAdministration.class, "the upgrades"),
          Map.entry(Events.class, "the events"));

  /** The subsystem if it is there now. */
  <T> Optional<T> find(Class<T> type);

  /** The replicas of logs that subsystems of this node let others look at, by name. */
  List<NamedLog> logs();

  /** What keeps subsystems away from this node until somebody does something. */
  List<HealthProblem> healthProblems();

  /**
   * The subsystem.
   *
   * @throws AerieException UNAVAILABLE when it is away
   */
  default <T> T require(Class<T> type) {
    return find(type)
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "This node can't serve that now: " + nameOf(type) + " is not available",
                    "It is starting, waits for a majority of the nodes, or is being updated.",
                    "Try again in a few seconds, or ask another node."));
  }

  /** What users call a subsystem. */
  static String nameOf(Class<?> type) {
    return NAMES.getOrDefault(type, type.getSimpleName());
  }
}
