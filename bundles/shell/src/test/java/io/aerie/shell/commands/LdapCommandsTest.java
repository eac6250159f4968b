package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeLdap;
import io.aerie.face.fakes.FakeSubsystems;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the LDAP directory over fakes. */
class LdapCommandsTest {
  private static final String BASE = "ou=people,dc=example";

  private final FakeLdap ldap = new FakeLdap();
  private final FakeAudit audit = new FakeAudit();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(LdapDirectory.class, ldap)
          .with(ClusterIdentity.class, new FakeCluster())
          .with(AuditLog.class, audit);

  @TempDir private Path folder;

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(
        subsystems,
        new Caller("admin", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "local", 1),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static LdapSetCommand set(String password) {
    LdapSetCommand command = new LdapSetCommand();
    command.urls = List.of("ldaps://ldap.example.org");
    command.userBase = BASE;
    command.bindDn = "cn=aerie,dc=example";
    command.operators = List.of("cn=ops,dc=example");
    command.session = TestSession.headless(password + "\n");
    return command;
  }

  @Test
  void shouldSetShowAndDelete() throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.pem"), "the certificates");
    LdapSetCommand set = set("s3cret");
    set.caFile = ca.toString();
    assertThat(run(set)).isEqualTo("set: ldaps://ldap.example.org\n");
    assertThat(ldap.password()).isEqualTo("s3cret");
    assertThat(ldap.settings().orElseThrow().caCertificatesPem()).isEqualTo("the certificates");
    LdapShowCommand show = new LdapShowCommand();
    show.json = true;
    JsonNode json = new ObjectMapper().readTree(run(show));
    assertThat(json.path("userFilter").asText()).isEqualTo("(uid={user})");
    assertThat(json.path("operators").path(0).asText()).isEqualTo("cn=ops,dc=example");
    assertThat(json.toString() + audit.lines()).doesNotContain("s3cret");
    LdapDeleteCommand delete = new LdapDeleteCommand();
    delete.dryRun = true;
    assertThat(run(delete)).isEqualTo("would be deleted: ldaps://ldap.example.org\n");
    assertThat(ldap.settings()).isPresent();
    delete.dryRun = false;
    assertThat(run(delete)).isEqualTo("deleted: ldaps://ldap.example.org\n");
    assertRefused(show, ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldAskForNoPasswordThatIsKeptAndChangeNothingOnADryRun() {
    LdapSetCommand set = set("first");
    set.dryRun = true;
    assertThat(run(set)).startsWith("would be set: ");
    assertThat(ldap.settings()).isEmpty();
    run(set("first"));
    LdapSetCommand kept = set("second");
    kept.keepPassword = true;
    run(kept);
    assertThat(ldap.password()).isEqualTo("first");
    kept.revision = 99L;
    assertRefused(kept, ErrorCode.PRECONDITION_FAILED);
  }

  @Test
  void shouldTellWhatATestFound() {
    LdapTestCommand test = new LdapTestCommand();
    test.user = "ada";
    assertThat(run(test)).contains("uid=ada,dc=example").contains("operator");
    test.withPassword = true;
    test.session = TestSession.headless("secret-ada\n");
    assertThat(run(test)).containsPattern("passwordFits +true");
    test.session = TestSession.headless("guess\n");
    assertThat(run(test)).containsPattern("passwordFits +false");
    test.user = "bob";
    test.withPassword = false;
    assertRefused(test, ErrorCode.NOT_FOUND);
    assertThat(audit.lines().toString()).contains("ldap:test").doesNotContain("secret-ada");
  }

  @Test
  void shouldRefuseSettingsWithoutServersOrWithoutUsers() {
    LdapSetCommand set = set("x");
    set.urls = null;
    assertRefused(set, ErrorCode.INVALID_VALUE);
    set.urls = List.of("ldaps://a");
    set.userBase = null;
    assertRefused(set, ErrorCode.INVALID_VALUE);
    set.userBase = BASE;
    set.caFile = folder.resolve("none.pem").toString();
    assertRefused(set, ErrorCode.IO_ERROR);
    assertThat(ldap.settings()).isEmpty();
  }

  private void assertRefused(AerieCommand command, ErrorCode code) {
    assertThatThrownBy(() -> run(command))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
