package io.aerie.config.users;

import io.aerie.config.users.UserDirectory.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The settings of the directory outside of the cluster (LDAP, RFC 4511) that is asked about users
 * whom the cluster itself doesn't have. The logins themselves go through {@link UserDirectory}.
 */
public interface LdapDirectory {
  /** The settings on this node's replica; empty when there is no such directory. */
  Optional<Settings> settings();

  /**
   * Replaces the settings. INVALID_VALUE; PRECONDITION_FAILED when they have another revision than
   * expected, 0 for "there are none".
   *
   * @param bindPassword empty keeps the one that is stored, as long as it would go to the same
   *     servers by the same name; else it is INVALID_VALUE
   * @param dryRun judges only
   */
  CompletableFuture<Settings> set(
      Settings wanted,
      Optional<char[]> bindPassword,
      OptionalLong expectedRevision,
      boolean dryRun);

  /** Removes the settings and answers them. NOT_FOUND; PRECONDITION_FAILED. */
  CompletableFuture<Settings> delete(OptionalLong expectedRevision, boolean dryRun);

  /**
   * Looks a user up as a login would. NOT_FOUND (no settings; no such user), CONFLICT (several
   * entries match), UNAVAILABLE with what each server answered.
   *
   * @param password is tried too when it is there
   */
  CompletableFuture<Report> test(String user, Optional<char[]> password);

  /**
   * How the directory is asked. Texts are empty where they are not wanted.
   *
   * @param urls one to eight, in the order in which they are tried: {@code ldaps://HOST[:PORT]}, or
   *     {@code ldap://HOST[:PORT]} for TLS by StartTLS (RFC 4511, section 4.14)
   * @param plaintext whether {@code ldap://} goes without TLS: passwords pass the network readable
   * @param caCertificatesPem whom to trust, one or more certificates; the platform's own
   *     authorities when empty
   * @param bindDn who searches; nobody (anonymous) when empty
   * @param userBaseDn where users are, at any depth
   * @param userFilter (RFC 4515) with the login's name for {@code {user}}
   * @param groupBaseDn where groups are; when empty, the user's attribute {@code memberOf} counts
   * @param groupFilter of the user's groups, with {@code {dn}} or {@code {user}}
   * @param groups the distinguished names of the groups whose members have a role
   * @param timeout of a whole login, 1 to 8 s
   * @param revision of the document; 0 for settings that are not stored
   */
  record Settings(
      List<String> urls,
      boolean plaintext,
      String caCertificatesPem,
      String bindDn,
      String userBaseDn,
      String userFilter,
      String groupBaseDn,
      String groupFilter,
      Map<Role, List<String>> groups,
      Duration timeout,
      long revision) {
    /** What most directories but Active Directory have; there it is {@code sAMAccountName}. */
    public static final String USER_FILTER = "(uid={user})";

    /** The ways in which groups name their members (RFC 4519, RFC 2307). */
    public static final String GROUP_FILTER =
        "(|(member={dn})(uniqueMember={dn})(memberUid={user}))";

    /** Of a login. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    public Settings {
      urls = List.copyOf(urls);
      groups = Map.copyOf(groups);
    }

    /** The same, stored. */
    public Settings at(long storedRevision) {
      return new Settings(
          urls,
          plaintext,
          caCertificatesPem,
          bindDn,
          userBaseDn,
          userFilter,
          groupBaseDn,
          groupFilter,
          groups,
          timeout,
          storedRevision);
    }
  }

  /**
   * What a test found.
   *
   * @param server the URL that answered
   * @param userDn the user's entry
   * @param groups the user's groups, whether or not they give a role
   * @param role empty when no group gives one: the user can't log in
   * @param passwordFits when one was tried
   * @param local whether the cluster has a user of that name, who goes before this one
   */
  record Report(
      String server,
      String userDn,
      List<String> groups,
      Optional<Role> role,
      Optional<Boolean> passwordFits,
      boolean local) {
    public Report {
      groups = List.copyOf(groups);
    }
  }
}
