package io.aerie.shell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.access.StandingCaller;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUsers;
import io.aerie.shell.login.FakeCommandSession;
import io.aerie.shell.login.ShellLogin;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContainerAuditTest {
  private static final String STOP = "bundle:stop secret";

  private final FakeUsers users = new FakeUsers().withAnotherAdministrator();
  private final FakeAudit audit = new FakeAudit();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(UserDirectory.class, users)
          .with(AuditLog.class, audit)
          .with(ClusterIdentity.class, new FakeCluster());
  private final FakeCommandSession fake =
      new FakeCommandSession(
          Map.of(".commands", Set.of("bundle:stop", "bundle:list", "shell:source", "config:edit")));
  private final Subject subject = new Subject();
  private boolean isOfContainer;
  private ContainerAudit recorder;

  @BeforeEach
  void logIn() {
    recorder = new ContainerAudit(subsystems, new LineCommands(name -> false), () -> isOfContainer);
    Caller caller = Caller.user(users.find("administrator").orElseThrow(), "192.0.2.1");
    subject.getPrincipals().add(new ShellLogin(new StandingCaller(subsystems, caller)));
  }

  private void begin(String line) {
    FakeCommandSession.as(subject, () -> recorder.beforeExecute(fake.session(), line));
  }

  private void succeed(String line) {
    recorder.afterExecute(fake.session(), line, (Object) null);
  }

  private void fail(String line) {
    recorder.afterExecute(fake.session(), line, new IllegalStateException("secret"));
  }

  @Test
  void shouldRecordWhoRanWhatFromWhereAndHowItEnded() {
    begin(STOP);
    assertThat(audit.lines()).containsExactly("administrator 192.0.2.1 bundle:stop begun {}");
    succeed(STOP);
    begin(STOP);
    fail(STOP);
    begin("bundle:list");
    succeed("bundle:list");
    assertThat(audit.lines())
        .containsExactly(
            "administrator 192.0.2.1 bundle:stop begun {}",
            "administrator 192.0.2.1 bundle:stop done {}",
            "administrator 192.0.2.1 bundle:stop begun {}",
            "administrator 192.0.2.1 bundle:stop failed {}");
    assertThat(fake.isClosed()).isFalse();
  }

  @Test
  void shouldTellLinesWithinALineApart() {
    String script = "shell:source x";
    begin(script);
    begin(STOP);
    begin("config:edit x");
    // that of config:edit is never told
    fail(STOP);
    begin("bundle:list");
    succeed("bundle:list");
    succeed(script);
    assertThat(audit.lines())
        .containsExactly(
            "administrator 192.0.2.1 shell:source begun {}",
            "administrator 192.0.2.1 bundle:stop begun {}",
            "administrator 192.0.2.1 config:edit begun {}",
            "administrator 192.0.2.1 config:edit failed {}",
            "administrator 192.0.2.1 bundle:stop failed {}",
            "administrator 192.0.2.1 shell:source done {}");
  }

  @Test
  void shouldEndTheSessionInsteadOfALineThatCantBeRecorded() {
    audit.failWith(new AerieException(ErrorCode.IO_ERROR, "The audit log is full", "", ""));
    begin("bundle:list");
    assertThat(fake.isClosed()).isFalse();
    begin(STOP);
    assertThat(fake.isClosed()).isTrue();
    assertThat(fake.printed()).startsWith("io-error: ");
  }

  @Test
  void shouldRunNoLineOfALoginThatNoLongerHolds() {
    users.setRole("administrator", Role.OPERATOR).join();
    begin(STOP);
    assertThat(fake.isClosed()).isTrue();
    assertThat(audit.lines()).isEmpty();
  }

  @Test
  void shouldLeaveInitScriptsAndTheNodesOwnSessionsAlone() {
    isOfContainer = true;
    begin(STOP);
    isOfContainer = false;
    recorder.beforeExecute(fake.session(), STOP);
    assertThat(audit.lines()).isEmpty();
    begin(STOP);
    assertThat(audit.lines()).hasSize(1);
  }

  @Test
  void shouldRecordNothingBeforeTheNodeIsAMember() {
    subsystems.remove(ClusterIdentity.class);
    begin(STOP);
    assertThat(audit.lines()).isEmpty();
    assertThat(fake.isClosed()).isFalse();
  }
}
