package io.aerie.shell.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.config.users.UserDirectory;
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
import org.junit.jupiter.api.Test;

/** Who gets into the shell. */
class DirectoryLoginModuleTest {
  private final FakeSubsystems subsystems =
      new FakeSubsystems().with(UserDirectory.class, new FakeUsers());

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
    DirectoryLoginModule module = new DirectoryLoginModule();
    module.initialize(
        subject, handler, Map.of(), Map.of(DirectoryLoginModule.SUBSYSTEMS, subsystems));
    assertThat(module.login()).isTrue();
    assertThat(module.commit()).isTrue();
    List<String> names = subject.getPrincipals().stream().map(Principal::getName).toList();
    module.logout();
    assertThat(subject.getPrincipals()).isEmpty();
    return names;
  }

  @Test
  void shouldLetOnlyAdministratorsIntoTheShell() throws Exception {
    assertThat(login("administrator", "secret-administrator"))
        .contains("administrator", "admin", "ssh");
    assertThat(login("operator", "secret-operator")).contains("manager").doesNotContain("ssh");
    assertThat(login("observer", "secret-observer")).contains("viewer").doesNotContain("ssh");
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
}
