package io.aerie.shell.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.access.StandingCaller;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUsers;
import java.util.Map;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions end with what their logins rest on. */
class SessionWatchTest {
  private final FakeUsers users = new FakeUsers().withAnotherAdministrator();
  private final FakeSubsystems subsystems = new FakeSubsystems().with(UserDirectory.class, users);
  private final SessionWatch watch = new SessionWatch();
  private final FakeCommandSession fake = new FakeCommandSession(Map.of());

  @AfterEach
  void close() {
    watch.close();
  }

  private Subject loggedIn(String name) {
    Subject subject = new Subject();
    Caller caller = Caller.user(users.find(name).orElseThrow(), "192.0.2.1");
    subject.getPrincipals().add(new ShellLogin(new StandingCaller(subsystems, caller)));
    return subject;
  }

  private void line(Subject subject) {
    FakeCommandSession.as(subject, () -> watch.beforeExecute(fake.session(), "bundle:list"));
  }

  @Test
  void shouldRunNoLineOfAUserWhoWasDemoted() {
    Subject subject = loggedIn("administrator");
    line(subject);
    assertThat(fake.isClosed()).isFalse();
    users.setRole("administrator", Role.OPERATOR).join();
    line(subject);
    assertThat(fake.isClosed()).isTrue();
    assertThat(fake.printed()).startsWith("unauthenticated: ");
  }

  @Test
  void shouldEndASessionInWhichNothingIsTyped() {
    line(loggedIn("administrator"));
    watch.look();
    assertThat(fake.isClosed()).isFalse();
    users.delete("administrator").join();
    watch.look();
    assertThat(fake.isClosed()).isTrue();
  }

  @Test
  void shouldLetAChangeThatReplacesItsUserBeToldToItsEnd() {
    Subject subject = loggedIn("administrator");
    line(subject);
    FakeCommandSession.as(
        subject,
        () ->
            ShellLogin.change(
                () -> {
                  users.delete("administrator").join();
                  watch.look();
                  assertThat(fake.isClosed()).isFalse();
                  // no other line begins meanwhile
                  line(subject);
                  assertThat(fake.isClosed()).isTrue();
                }));
  }

  @Test
  void shouldEndASessionWhoseChangeIsOver() {
    Subject subject = loggedIn("administrator");
    line(subject);
    FakeCommandSession.as(
        subject, () -> ShellLogin.change(() -> users.delete("administrator").join()));
    watch.look();
    assertThat(fake.isClosed()).isTrue();
  }

  @Test
  void shouldEndASessionThatIsOlderThanThisBundle() {
    Subject subject = new Subject();
    subject.getPrincipals().add(new UserPrincipal("administrator"));
    line(subject);
    assertThat(fake.isClosed()).isTrue();
  }

  @Test
  void shouldLeaveTheNodesOwnSessionsAlone() {
    watch.beforeExecute(fake.session(), "bundle:list");
    line(new Subject());
    assertThat(fake.isClosed()).isFalse();
  }
}
