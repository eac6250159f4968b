package io.aerie.shell.login;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.access.Caller;
import io.aerie.face.access.StandingCaller;
import java.security.AccessController;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;

/** Who logged in to a session of the shell, and whether that still holds. */
public final class ShellLogin implements Principal {
  private final StandingCaller standing;
  private final AtomicInteger changes = new AtomicInteger();

  /** Of a login that succeeded now. */
  public ShellLogin(StandingCaller standing) {
    this.standing = standing;
  }

  /** The login that the thread runs under; empty for threads of the node itself. */
  public static Optional<ShellLogin> current() {
    return subject()
        .flatMap(subject -> subject.getPrincipals(ShellLogin.class).stream().findFirst());
  }

  /** Whether somebody logged in to the thread's session before this bundle was updated. */
  static boolean isOfFormerBundle() {
    return current().isEmpty()
        && subject().stream()
            .anyMatch(subject -> !subject.getPrincipals(UserPrincipal.class).isEmpty());
  }

  /**
   * Runs a change that may replace the user itself (a rebuild of ConfigDB, an own password) to its
   * end, so that what became of it is told. Nothing in it waits for somebody to type.
   */
  public static void change(Runnable change) {
    Optional<ShellLogin> login = current();
    login.ifPresent(who -> who.changes.incrementAndGet());
    try {
      change.run();
    } finally {
      login.ifPresent(who -> who.changes.decrementAndGet());
    }
  }

  boolean isChanging() {
    return changes.get() > 0;
  }

  @SuppressWarnings("removal") // Karaf 4.4 carries the subject so; it goes with the next Java.
  private static Optional<Subject> subject() {
    return Optional.ofNullable(Subject.getSubject(AccessController.getContext()));
  }

  @Override
  public String getName() {
    return standing.caller().name();
  }

  /** Whether the user is what it was, and an LDAP user's login is young enough. */
  public boolean holds() {
    return standing.holds();
  }

  /** The caller; UNAUTHENTICATED when the login no longer holds. */
  public Caller caller() {
    if (!holds()) {
      throw ended();
    }
    return standing.caller();
  }

  /** What who must log in again is told. */
  static AerieException ended() {
    return new AerieException(
        ErrorCode.UNAUTHENTICATED,
        "This session is over",
        "The user was deleted or has got another password or role; or it is one of the LDAP"
            + " directory, whose sessions last ten minutes; or the shell was updated.",
        "Log in again.");
  }
}
