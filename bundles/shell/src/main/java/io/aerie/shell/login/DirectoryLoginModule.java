package io.aerie.shell.login;

import io.aerie.base.AerieException;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Caller;
import io.aerie.face.access.StandingCaller;
import io.aerie.face.audit.AuditTrail;
import io.aerie.face.audit.FailedLogin;
import java.io.IOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.apache.karaf.jaas.boot.principal.ClientPrincipal;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;

/** Checks user and password against the cluster's users. */
public final class DirectoryLoginModule implements LoginModule {
  /** The option that holds the {@link Subsystems}. */
  static final String SUBSYSTEMS = "aerie.subsystems";

  private static final String ACTION = "ssh:login";

  private Subject subject;
  private CallbackHandler handler;
  private Subsystems subsystems;
  private final List<Principal> principals = new ArrayList<>();

  @Override
  public void initialize(
      Subject subject,
      CallbackHandler handler,
      Map<String, ?> sharedState,
      Map<String, ?> options) {
    this.subject = subject;
    this.handler = handler;
    this.subsystems = (Subsystems) options.get(SUBSYSTEMS);
  }

  @Override
  public boolean login() throws LoginException {
    NameCallback name = new NameCallback("User: ");
    PasswordCallback password = new PasswordCallback("Password: ", false);
    try {
      handler.handle(new Callback[] {name, password});
    } catch (IOException | UnsupportedCallbackException e) {
      throw refusal("User and password can't be asked for", e);
    }
    char[] secret = password.getPassword();
    password.clearPassword();
    if (name.getName() == null || secret == null) {
      throw new FailedLoginException("User or password is missing");
    }
    try {
      User user =
          subsystems
              .require(UserDirectory.class)
              .authenticate(name.getName(), secret, source())
              .orElseThrow(
                  () -> {
                    FailedLogin.note(subsystems, name.getName(), source(), ACTION);
                    return new FailedLoginException("User or password is wrong");
                  });
      Caller caller = Caller.user(user, source());
      if (user.role() != Role.ADMINISTRATOR) {
        AuditTrail.refused(subsystems, caller, ACTION, Map.of());
        throw new FailedLoginException("The shell is for administrators");
      }
      principals.clear();
      principals.add(new UserPrincipal(user.name()));
      principals.add(new ShellLogin(new StandingCaller(subsystems, caller)));
      ShellRoles.ADMINISTRATOR.forEach(role -> principals.add(new RolePrincipal(role)));
      AuditTrail.note(subsystems, user.name(), source(), ACTION, Map.of(), AuditLog.DONE);
      return true;
    } catch (AerieException e) {
      throw refusal(e.describe(), e);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static LoginException refusal(String text, Exception cause) {
    LoginException refusal = new LoginException(text);
    refusal.initCause(cause);
    return refusal;
  }

  /** Karaf's SSH server puts the client into the subject before it logs in. */
  private String source() {
    return subject.getPrincipals(ClientPrincipal.class).stream()
        .map(ClientPrincipal::getAddress)
        .map(ShellRoles::host)
        .findFirst()
        .orElse("local");
  }

  @Override
  public boolean commit() {
    if (principals.isEmpty()) {
      return false;
    }
    subject.getPrincipals().addAll(principals);
    return true;
  }

  @Override
  public boolean abort() {
    return clear();
  }

  @Override
  public boolean logout() {
    return clear();
  }

  private boolean clear() {
    subject.getPrincipals().removeAll(principals);
    principals.clear();
    return true;
  }
}
