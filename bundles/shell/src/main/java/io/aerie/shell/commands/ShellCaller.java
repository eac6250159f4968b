package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.shell.login.ShellRoles;
import java.security.AccessController;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.ClientPrincipal;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;

/** Who runs a command, out of what the login left in the thread's subject. */
final class ShellCaller {
  private ShellCaller() {}

  /** FORBIDDEN when nobody is logged in. */
  @SuppressWarnings("removal") // Karaf 4.4 carries the subject so; it goes with the next Java.
  static Caller current() {
    return of(Subject.getSubject(AccessController.getContext()));
  }

  static Caller of(Subject subject) {
    String name = subject == null ? null : name(subject, UserPrincipal.class);
    if (name == null) {
      throw Caller.forbidden("Nobody is logged in to this session.", "Log in over SSH.");
    }
    Set<String> names =
        subject.getPrincipals(RolePrincipal.class).stream()
            .map(RolePrincipal::getName)
            .collect(Collectors.toSet());
    Role role =
        ShellRoles.mightiest(names)
            .orElseThrow(() -> Caller.forbidden("You have no role here.", "Log in over SSH."));
    String source =
        subject.getPrincipals(ClientPrincipal.class).stream()
            .map(ClientPrincipal::getAddress)
            .map(ShellRoles::host)
            .findFirst()
            .orElse("local");
    return new Caller(name, role, Set.of(), Optional.empty(), source);
  }

  private static String name(Subject subject, Class<? extends Principal> type) {
    return subject.getPrincipals(type).stream().map(Principal::getName).findFirst().orElse(null);
  }
}
