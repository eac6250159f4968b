package io.aerie.configdb.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.config.users.UserDirectory.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Settings, checked whole and ready for use. Made when they are set and at each of their uses. */
final class LdapProfile {
  private static final int TIMEOUT_MIN_MS = 1_000;

  /** Below the 10 s that a request waits at most. */
  private static final int TIMEOUT_MAX_MS = 8_000;

  private static final int URLS_MAX = 8;

  /** A server to ask. */
  record Server(String url, String host, int port, boolean tlsFromStart) {}

  private final Settings settings;
  private final String bindPassword;
  private final List<Server> servers = new ArrayList<>();
  private final SSLContext tls;
  private final FilterTemplate userFilter;
  private final FilterTemplate groupFilter;
  private final Map<Role, Set<DN>> groups = new EnumMap<>(Role.class);

  private LdapProfile(Settings settings, String bindPassword) {
    this.settings = settings;
    this.bindPassword = bindPassword;
    check(
        !settings.urls().isEmpty() && settings.urls().size() <= URLS_MAX,
        "There are one to " + URLS_MAX + " URLs.");
    settings.urls().forEach(url -> servers.add(server(url)));
    checkDn("bindDn", settings.bindDn(), true);
    checkDn("userBaseDn", settings.userBaseDn(), false);
    checkDn("groupBaseDn", settings.groupBaseDn(), true);
    // RFC 4513, section 5.1.2: a name without a password is no proof, and servers may accept it
    check(
        settings.bindDn().isEmpty() == bindPassword.isEmpty(),
        "'bindDn' and 'bindPassword' belong together: both, or none to search as nobody.");
    userFilter = FilterTemplate.of(settings.userFilter(), List.of(FilterTemplate.USER));
    groupFilter =
        settings.groupBaseDn().isEmpty()
            ? null
            : FilterTemplate.of(
                settings.groupFilter(), List.of(FilterTemplate.DN, FilterTemplate.USER));
    settings.groups().forEach((role, names) -> groups.put(role, parsed(names)));
    check(
        groups.values().stream().anyMatch(names -> !names.isEmpty()),
        "No group has a role: nobody could log in.");
    long timeoutMs = settings.timeout().toMillis();
    check(
        timeoutMs >= TIMEOUT_MIN_MS && timeoutMs <= TIMEOUT_MAX_MS,
        "The timeout is 1 to 8 seconds.");
    tls = tls(settings.caCertificatesPem());
  }

  /** INVALID_VALUE when something is wrong with them; never quotes the password. */
  static LdapProfile of(Settings settings, String bindPassword) {
    try {
      return new LdapProfile(settings, bindPassword);
    } catch (IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "These settings of an LDAP directory can't be used",
          String.valueOf(e.getMessage()),
          "docs/security.md tells all of them.",
          e);
    }
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  private static Server server(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + url + "' is not a URL.", e);
    }
    boolean tlsFromStart = "ldaps".equals(uri.getScheme());
    boolean plain =
        uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getQuery() == null
            && uri.getFragment() == null
            && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
    check(
        plain && (tlsFromStart || "ldap".equals(uri.getScheme())),
        "'" + url + "' is not ldaps://HOST[:PORT] or ldap://HOST[:PORT].");
    // the ports of RFC 4511, section 5.2.1, and of IANA for ldaps
    int standard = tlsFromStart ? 636 : 389;
    int port = uri.getPort() == -1 ? standard : uri.getPort();
    String host = uri.getHost().replaceAll("^\\[|\\]$", "");
    return new Server(url, host, port, tlsFromStart);
  }

  private static void checkDn(String field, String text, boolean mayBeEmpty) {
    check(mayBeEmpty || !text.isBlank(), "'" + field + "' is missing.");
    check(DN.isValidDN(text), "'" + field + "' is not a distinguished name (RFC 4514).");
  }

  private static Set<DN> parsed(List<String> names) {
    Set<DN> parsed = new HashSet<>();
    for (String name : names) {
      try {
        DN dn = new DN(name);
        check(!dn.isNullDN(), "A group has an empty name.");
        parsed.add(dn);
      } catch (LDAPException e) {
        throw new IllegalArgumentException(
            "The group '" + name + "' is not a distinguished name (RFC 4514).", e);
      }
    }
    return parsed;
  }

  private static SSLContext tls(String pem) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      if (pem.isBlank()) {
        context.init(null, null, null);
        return context;
      }
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
      check(!certificates.isEmpty(), "'caCertificatesPem' holds no certificate.");
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("ca" + number++, certificate);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "'caCertificatesPem' is not a text of X.509 certificates in PEM.", e);
    }
  }

  Settings settings() {
    return settings;
  }

  String bindPassword() {
    return bindPassword;
  }

  List<Server> servers() {
    return servers;
  }

  SSLContext tls() {
    return tls;
  }

  FilterTemplate userFilter() {
    return userFilter;
  }

  /** Empty when the user's own attribute tells the groups. */
  Optional<FilterTemplate> groupFilter() {
    return Optional.ofNullable(groupFilter);
  }

  /** The mightiest role that a member of these groups has. */
  Optional<Role> role(Collection<DN> memberOf) {
    for (Role role : Role.values()) {
      Set<DN> giving = groups.getOrDefault(role, Set.of());
      if (memberOf.stream().anyMatch(giving::contains)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
