package io.aerie.face.access;

import io.aerie.config.users.UserDirectory.Role;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that can be asked of the cluster, with the least role that may. Observers read; operators do
 * the daily work; users, security, configuration and who belongs to the cluster are for
 * administrators.
 */
public enum Permission {
  /** Health, the API's description, and joining, which a join token proves the right to. */
  OPEN("", null),

  /** To subscribe; which events one sees is that of the permissions to read the objects. */
  EVENTS_READ("", Role.OBSERVER),

  CLUSTER_READ("cluster", Role.OBSERVER),
  MEMBERSHIP_CHANGE("cluster", Role.ADMINISTRATOR),
  NODES_READ("nodes", Role.OBSERVER),
  NODES_CHANGE("nodes", Role.OPERATOR),
  DISKS_READ("disks", Role.OBSERVER),
  DISKS_CHANGE("disks", Role.OPERATOR),
  POOLS_READ("pools", Role.OBSERVER),
  POOLS_CHANGE("pools", Role.OPERATOR),
  VOLUMES_READ("volumes", Role.OBSERVER),
  VOLUMES_CHANGE("volumes", Role.OPERATOR),
  /** iSCSI targets. */
  TARGETS_READ("targets", Role.OBSERVER),
  TARGETS_CHANGE("targets", Role.OPERATOR),
  JOBS_READ("jobs", Role.OBSERVER),
  ALERTS_READ("alerts", Role.OBSERVER),
  METRICS_READ("metrics", Role.OBSERVER),
  SCRUBS_READ("scrubs", Role.OBSERVER),
  SCRUBS_CHANGE("scrubs", Role.OPERATOR),
  CONFIG_READ("config", Role.OBSERVER),
  CONFIG_CHANGE("config", Role.ADMINISTRATOR),
  /** Documents that hold hashes. */
  CONFIG_SECRETS_READ("config", Role.ADMINISTRATOR),

  /** One's own password. */
  ACCOUNT_CHANGE("users", Role.OBSERVER),
  USERS_READ("users", Role.ADMINISTRATOR),
  USERS_CHANGE("users", Role.ADMINISTRATOR),
  /** The directory that is the second source of users. */
  LDAP_READ("ldap", Role.ADMINISTRATOR),
  LDAP_CHANGE("ldap", Role.ADMINISTRATOR),
  /** Certificates and the cluster's CA. */
  SECURITY_READ("security", Role.ADMINISTRATOR),
  SECURITY_CHANGE("security", Role.ADMINISTRATOR),
  /** Upgrade packages. */
  UPGRADES_READ("upgrades", Role.ADMINISTRATOR),
  UPGRADES_CHANGE("upgrades", Role.ADMINISTRATOR),
  /** Tokens of one's own. */
  TOKENS_READ("tokens", Role.OBSERVER),
  TOKENS_CHANGE("tokens", Role.OBSERVER),
  /** Everybody's tokens. */
  TOKENS_ALL("tokens", Role.ADMINISTRATOR),
  AUDIT_READ("audit", Role.ADMINISTRATOR);

  private final String kind;
  private final Role role;

  Permission(String kind, Role role) {
    this.kind = kind;
    this.role = role;
  }

  /** The kind of objects, as REST names it; empty for what is open. */
  public String kind() {
    return kind;
  }

  /** The least role; empty for what is open to all. */
  public Optional<Role> role() {
    return Optional.ofNullable(role);
  }

  /** Whether a role suffices: {@link Role} lists the mightier first. */
  public boolean allows(Role has) {
    return role == null || has.compareTo(role) <= 0;
  }

  /** Whether what needs it changes something, and so is recorded. */
  public boolean changes() {
    return name().endsWith("_CHANGE");
  }

  /** All kinds of objects, that tokens can be limited to. */
  public static Set<String> kinds() {
    return Arrays.stream(values())
        .map(Permission::kind)
        .filter(kind -> !kind.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
