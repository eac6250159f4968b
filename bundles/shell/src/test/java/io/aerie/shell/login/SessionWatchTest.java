package io.aerie.shell.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.access.StandingCaller;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUsers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedAction;
import javax.security.auth.Subject;
import org.apache.felix.service.command.CommandSession;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions end with what their logins rest on. */
class SessionWatchTest {
  private final FakeUsers users = new FakeUsers();
  private final FakeSubsystems subsystems = new FakeSubsystems().with(UserDirectory.class, users);
  private final SessionWatch watch = new SessionWatch();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private boolean closed;
  private final CommandSession session = session();

  @AfterEach
  void close() {
    watch.close();
  }

  private CommandSession session() {
    PrintStream console = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return (CommandSession)
        Proxy.newProxyInstance(
            CommandSession.class.getClassLoader(),
            new Class<?>[] {CommandSession.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "getConsole" -> console;
                  case "get" -> null;
                  case "hashCode" -> 1;
                  case "equals" -> self == arguments[0];
                  case "close" -> {
                    closed = true;
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private Subject loggedIn(String name) {
    Subject subject = new Subject();
    Caller caller = Caller.user(users.find(name).orElseThrow(), "192.0.2.1");
    subject.getPrincipals().add(new ShellLogin(new StandingCaller(subsystems, caller)));
    return subject;
  }

  private void line(Subject subject) {
    Subject.doAs(
        subject,
        (PrivilegedAction<Void>)
            () -> {
              watch.beforeExecute(session, "bundle:list");
              return null;
            });
  }

  @Test
  void shouldRunNoLineOfAUserWhoWasDemoted() {
    Subject subject = loggedIn("administrator");
    line(subject);
    assertThat(closed).isFalse();
    users.setRole("administrator", Role.OPERATOR).join();
    line(subject);
    assertThat(closed).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("unauthenticated: ");
  }

  @Test
  void shouldEndASessionInWhichNothingIsTyped() {
    line(loggedIn("administrator"));
    watch.look();
    assertThat(closed).isFalse();
    users.delete("administrator").join();
    watch.look();
    assertThat(closed).isTrue();
  }

  @Test
  void shouldEndASessionThatIsOlderThanThisBundle() {
    Subject subject = new Subject();
    subject.getPrincipals().add(new UserPrincipal("administrator"));
    line(subject);
    assertThat(closed).isTrue();
  }

  @Test
  void shouldLeaveTheNodesOwnSessionsAlone() {
    watch.beforeExecute(session, "bundle:list");
    line(new Subject());
    assertThat(closed).isFalse();
  }
}
