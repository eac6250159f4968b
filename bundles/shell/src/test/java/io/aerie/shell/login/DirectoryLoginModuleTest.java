package io.aerie.shell.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUsers;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.principal.ClientPrincipal;
import org.junit.jupiter.api.Test;

/** Who gets into the shell. */
class DirectoryLoginModuleTest {
  private final FakeAudit audit = new FakeAudit();
  private final FakeSubsystems subsystems =
      new FakeSubsystems().with(UserDirectory.class, new FakeUsers()).with(AuditLog.class, audit);

  private List<String> login(String user, String password) throws LoginException {
    CallbackHandler handler =
        callbacks -> {
          for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
              name.setName(user);
            } else if (callback instanceof PasswordCallback secret) {
              secret.setPassword(password.toCharArray());
            }
          }
        };
    Subject subject = new Subject();
    // as Karaf's SSH server does before it logs in
    subject.getPrincipals().add(new ClientPrincipal("ssh", "/192.0.2.7:40000"));
    DirectoryLoginModule module = new DirectoryLoginModule();
    module.initialize(
        subject, handler, Map.of(), Map.of(DirectoryLoginModule.SUBSYSTEMS, subsystems));
    assertThat(module.login()).isTrue();
    assertThat(module.commit()).isTrue();
    assertThat(subject.getPrincipals(ShellLogin.class)).hasSize(1).allMatch(ShellLogin::holds);
    List<String> names = subject.getPrincipals().stream().map(Principal::getName).toList();
    module.logout();
    assertThat(subject.getPrincipals()).hasSize(1);
    return names;
  }

  @Test
  void shouldLetOnlyAdministratorsIntoTheShell() throws Exception {
    assertThat(login("administrator", "secret-administrator"))
        .contains("administrator", "admin", "ssh");
    for (String other : List.of("operator", "observer")) {
      assertThatThrownBy(() -> login(other, "secret-" + other))
          .isInstanceOf(FailedLoginException.class)
          .hasMessageContaining("administrators");
      assertThat(audit.lines()).contains(other + " 192.0.2.7 ssh:login forbidden {}");
    }
  }

  @Test
  void shouldRefuseOthers() {
    assertThatThrownBy(() -> login("administrator", "wrong"))
        .isInstanceOf(FailedLoginException.class);
    assertThatThrownBy(() -> login("karaf", "karaf")).isInstanceOf(FailedLoginException.class);
    subsystems.remove(UserDirectory.class);
    assertThatThrownBy(() -> login("administrator", "secret-administrator"))
        .isInstanceOf(LoginException.class)
        .hasMessageContaining("unavailable");
  }

  @Test
  void shouldRecordLoginsWithoutWhatWasTypedInPlaceOfAName() throws Exception {
    login("administrator", "secret-administrator");
    assertThatThrownBy(() -> login("operator", "guess-1")).isInstanceOf(LoginException.class);
    assertThatThrownBy(() -> login("my-password", "")).isInstanceOf(LoginException.class);
    assertThat(audit.lines())
        .containsExactly(
            "administrator 192.0.2.7 ssh:login done {}",
            " 192.0.2.7 ssh:login unauthenticated {user=operator}",
            " 192.0.2.7 ssh:login unauthenticated {}");
  }

  @Test
  void shouldReadAddressesAsJavaPrintsThem() {
    assertThat(ShellRoles.host("/192.0.2.7:40000")).isEqualTo("192.0.2.7");
    assertThat(ShellRoles.host("/[2001:db8:0:0:0:0:0:1]:40000")).isEqualTo("2001:db8:0:0:0:0:0:1");
    assertThat(ShellRoles.host("/[fe80:0:0:0:0:0:0:1%eth0]:22")).isEqualTo("fe80:0:0:0:0:0:0:1");
    assertThat(ShellRoles.host("localhost/127.0.0.1:22")).isEqualTo("127.0.0.1");
  }
}
