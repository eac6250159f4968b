package io.aerie.configdb.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.ExtendedResult;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.configdb.ldap.LdapProfile.Server;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection to one server for one login. The first server that lets us search is asked.
 *
 * <pre>
 *  connect -> TLS -> bind as the one who searches -> search user -> search groups -> bind as the user
 * </pre>
 *
 * A connection for each login costs a handshake and saves all questions about connections that went
 * stale, or that are still bound as somebody. Nothing here takes longer than the settings' timeout.
 */
final class LdapSession implements AutoCloseable {
  /**
   * An entry has a name and its groups; a server that sends more than this is not asked about us.
   */
  private static final int MESSAGE_BYTES_MAX = 4 << 20;

  private static final int GROUPS_MAX = 10_000;
  private static final String MEMBER_OF = "memberOf";

  /** RFC 4511, section 4.5.1.8: no attributes. */
  private static final String NO_ATTRIBUTES = "1.1";

  /** What servers say of a password that is wrong, or of an account that is locked or has none. */
  private static final Set<ResultCode> REFUSALS =
      Set.of(
          ResultCode.INVALID_CREDENTIALS,
          ResultCode.NO_SUCH_OBJECT,
          ResultCode.INAPPROPRIATE_AUTHENTICATION,
          ResultCode.CONSTRAINT_VIOLATION,
          ResultCode.UNWILLING_TO_PERFORM,
          ResultCode.INSUFFICIENT_ACCESS_RIGHTS);

  /** A user as the directory has it. */
  record Found(String dn, List<DN> groups) {}

  private final LdapProfile profile;
  private final Server server;
  private final LDAPConnection connection;
  private final long deadlineNs;

  private LdapSession(
      LdapProfile profile, Server server, LDAPConnection connection, long deadlineNs) {
    this.profile = profile;
    this.server = server;
    this.connection = connection;
    this.deadlineNs = deadlineNs;
  }

  /** UNAVAILABLE, with what each server answered, when none lets us search. */
  static LdapSession open(LdapProfile profile) {
    long deadlineNs = System.nanoTime() + profile.settings().timeout().toNanos();
    List<String> failures = new ArrayList<>();
    int left = profile.servers().size();
    for (Server server : profile.servers()) {
      // a server that hangs leaves the others their part of the time
      long untilNs = System.nanoTime() + (deadlineNs - System.nanoTime()) / left--;
      try {
        return open(profile, server, untilNs, deadlineNs);
      } catch (LDAPException e) {
        failures.add(server.url() + ": " + text(e));
      }
    }
    throw new AerieException(
        ErrorCode.UNAVAILABLE,
        "No server of the LDAP directory can be asked",
        String.join(" ", failures),
        "Check the servers, their certificates, and the settings (ldap:show).");
  }

  private static LdapSession open(LdapProfile profile, Server server, long untilNs, long deadlineNs)
      throws LDAPException {
    LDAPConnectionOptions options = new LDAPConnectionOptions();
    options.setConnectTimeoutMillis(leftMs(untilNs));
    options.setResponseTimeoutMillis(leftMs(untilNs));
    options.setFollowReferrals(false);
    options.setUseSynchronousMode(true);
    options.setBindWithDNRequiresPassword(true);
    options.setMaxMessageSize(MESSAGE_BYTES_MAX);
    LDAPConnection connection =
        server.tlsFromStart()
            ? new LDAPConnection(tlsSockets(profile, untilNs), options)
            : new LDAPConnection(options);
    try {
      connection.connect(server.host(), server.port(), leftMs(untilNs));
      if (!server.tlsFromStart() && !profile.settings().plaintext()) {
        startTls(connection, profile, untilNs);
      }
      if (!profile.settings().bindDn().isEmpty()) {
        SimpleBindRequest bind =
            new SimpleBindRequest(profile.settings().bindDn(), profile.bindPassword());
        bind.setResponseTimeoutMillis(leftMs(untilNs));
        connection.bind(bind);
      }
      return new LdapSession(profile, server, connection, deadlineNs);
    } catch (LDAPException e) {
      connection.close();
      throw e;
    }
  }

  /** RFC 4513, section 3.1: whatever but success ends it; we never go on without. */
  private static void startTls(LDAPConnection connection, LdapProfile profile, long untilNs)
      throws LDAPException {
    StartTLSExtendedRequest request = new StartTLSExtendedRequest(tlsSockets(profile, untilNs));
    request.setResponseTimeoutMillis(leftMs(untilNs));
    ExtendedResult result = connection.processExtendedOperation(request);
    if (!result.getResultCode().equals(ResultCode.SUCCESS)) {
      throw new LDAPException(result);
    }
  }

  private static SSLSocketFactory tlsSockets(LdapProfile profile, long untilNs) {
    return new DirectorySockets(profile.tls().getSocketFactory(), leftMs(untilNs));
  }

  /** At least one: the library takes 0 for "forever". */
  private static int leftMs(long untilNs) {
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime()));
  }

  Server server() {
    return server;
  }

  /** The user's entry and groups. CONFLICT when several entries match; UNAVAILABLE. */
  Optional<Found> find(String user) {
    try {
      Filter filter = profile.userFilter().with(Map.of(FilterTemplate.USER, user));
      List<SearchResultEntry> entries =
          search(profile.settings().userBaseDn(), filter, 2, MEMBER_OF);
      if (entries.size() > 1) {
        throw ambiguous(user);
      }
      if (entries.isEmpty() || entries.get(0).getParsedDN().isNullDN()) {
        return Optional.empty();
      }
      return Optional.of(new Found(entries.get(0).getDN(), groups(user, entries.get(0))));
    } catch (LDAPException e) {
      if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
        throw ambiguous(user);
      }
      throw failed(e);
    }
  }

  private static AerieException ambiguous(String user) {
    return new AerieException(
        ErrorCode.CONFLICT,
        "Several entries of the LDAP directory match '" + user + "'",
        "A login must mean one person.",
        "Make the user's base or filter narrower.");
  }

  private List<DN> groups(String user, SearchResultEntry entry) throws LDAPException {
    List<DN> groups = new ArrayList<>();
    Optional<FilterTemplate> template = profile.groupFilter();
    if (template.isEmpty()) {
      String[] names = entry.getAttributeValues(MEMBER_OF);
      for (String name : names == null ? new String[0] : names) {
        groups.add(new DN(name));
      }
      return groups;
    }
    Filter filter =
        template.get().with(Map.of(FilterTemplate.USER, user, FilterTemplate.DN, entry.getDN()));
    for (SearchResultEntry group :
        search(profile.settings().groupBaseDn(), filter, GROUPS_MAX, NO_ATTRIBUTES)) {
      groups.add(group.getParsedDN());
    }
    return groups;
  }

  private List<SearchResultEntry> search(
      String baseDn, Filter filter, int entriesMax, String attribute) throws LDAPException {
    int seconds = (leftMs(deadlineNs) + 999) / 1_000;
    SearchRequest request =
        new SearchRequest(
            baseDn,
            SearchScope.SUB,
            DereferencePolicy.NEVER,
            entriesMax,
            seconds,
            false,
            filter,
            attribute);
    request.setResponseTimeoutMillis(leftMs(deadlineNs));
    try {
      return connection.search(request).getSearchEntries();
    } catch (LDAPSearchException e) {
      if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)) {
        throw new LDAPException(e.getResultCode(), "there is no entry '" + baseDn + "'", e);
      }
      throw e;
    }
  }

  /**
   * Whether the password is the entry's. The connection is worth nothing for searches afterwards.
   *
   * <p>An empty password would be an unauthenticated bind (RFC 4513, section 5.1.2), to which
   * servers may say success: it is refused here whatever the library and the server think of it.
   */
  boolean isPassword(String dn, char[] password) {
    if (dn.isEmpty() || password.length == 0) {
      return false;
    }
    // RFC 4513, section 5.1.3: UTF-8, four bytes a character at most; own arrays, to be wiped
    ByteBuffer encoded = ByteBuffer.allocate(4 * password.length);
    StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(password), encoded, true);
    byte[] bytes = Arrays.copyOf(encoded.array(), encoded.position());
    try {
      SimpleBindRequest bind = new SimpleBindRequest(dn, bytes);
      bind.setResponseTimeoutMillis(leftMs(deadlineNs));
      return connection.bind(bind).getResultCode().equals(ResultCode.SUCCESS);
    } catch (LDAPException e) {
      if (REFUSALS.contains(e.getResultCode())) {
        return false;
      }
      throw failed(e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(encoded.array(), (byte) 0);
    }
  }

  private AerieException failed(LDAPException failure) {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        "The LDAP directory can't be asked",
        server.url() + ": " + text(failure),
        "Check the server and the settings (ldap:show).",
        failure);
  }

  private static String text(LDAPException failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    String text = failure.getResultCode().getName() + ", " + message;
    return (text.length() > 300 ? text.substring(0, 300) + "…" : text) + ".";
  }

  @Override
  public void close() {
    connection.close();
  }
}
