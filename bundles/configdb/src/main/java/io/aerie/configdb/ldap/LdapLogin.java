package io.aerie.configdb.ldap;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.Document;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.configdb.ldap.LdapSession.Found;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.users.SecondSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logins by the LDAP directory. Nothing is remembered of them: the password and the groups are
 * asked for anew each time. Whatever goes wrong ends in a refusal.
 *
 * <p>A directory that is down must not cost those their logins whom it doesn't concern: few logins
 * wait for it at a time, and after a failure none does for a while.
 */
public final class LdapLogin implements SecondSource {
  private static final Logger log = LoggerFactory.getLogger(LdapLogin.class);

  /** A quarter of the threads that serve REST. */
  static final int CONCURRENT_MAX = 8;

  /** How long a directory that did not answer is left alone. */
  static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(5);

  private final ReplicatedConfigStore store;
  private final LongSupplier nanoTime;
  private final Semaphore slots = new Semaphore(CONCURRENT_MAX);
  private LdapProfile known;
  private long failedRevision;
  private long failedNs;

  /**
   * @param store where the settings are
   * @param nanoTime a monotonic clock, nanoseconds
   */
  public LdapLogin(ReplicatedConfigStore store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
  }

  @Override
  public Optional<User> authenticate(String name, char[] password) {
    Optional<Document> document = store.getLocal(LdapDocument.PATH);
    if (document.isEmpty()) {
      return Optional.empty();
    }
    long revision = document.get().revision();
    if (pausing(revision) || !slots.tryAcquire()) {
      throw away(null);
    }
    try {
      return authenticated(profile(document.get()), name, password);
    } catch (AerieException e) {
      if (e.code() == ErrorCode.FORBIDDEN) {
        throw e;
      }
      if (e.code() == ErrorCode.UNAVAILABLE) {
        pause(revision);
      }
      log.warn("The LDAP directory can't tell who logs in: {}", e.describe());
      throw away(e);
    } finally {
      slots.release();
    }
  }

  private static Optional<User> authenticated(LdapProfile profile, String name, char[] password) {
    // directories don't tell Ada from ada, and one person has one name in the audit log
    String user = name.toLowerCase(Locale.ROOT);
    try (LdapSession session = LdapSession.open(profile)) {
      Optional<Found> found = session.find(user);
      if (found.isEmpty() || !session.isPassword(found.get().dn(), password)) {
        return Optional.empty();
      }
      return profile
          .role(found.get().groups())
          .map(role -> new User(user, role, 0))
          .or(
              () -> {
                throw noRole(user);
              });
    }
  }

  private static AerieException noRole(String user) {
    return new AerieException(
        ErrorCode.FORBIDDEN,
        "'" + user + "' may not log in here",
        "None of the user's groups in the LDAP directory has a role.",
        "Ask an administrator.");
  }

  private static AerieException away(AerieException cause) {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        "The LDAP directory, which would know this user, can't be asked now",
        "The password was not judged. Users of the cluster itself can log in.",
        "Try again in some seconds; the node's log and ldap:test tell more.",
        cause);
  }

  private synchronized LdapProfile profile(Document document) {
    if (known == null || known.settings().revision() != document.revision()) {
      LdapDocument read = LdapDocument.of(document);
      known = LdapProfile.of(read.settings(), read.bindPassword());
    }
    return known;
  }

  /** New settings are tried at once. */
  private synchronized boolean pausing(long revision) {
    return failedRevision == revision && nanoTime.getAsLong() - failedNs < PAUSE_NS;
  }

  private synchronized void pause(long revision) {
    failedRevision = revision;
    failedNs = nanoTime.getAsLong();
  }
}
