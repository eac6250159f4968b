package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeTokens;
import io.aerie.face.fakes.FakeUsers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Changes of users and tokens that are tried only, over fakes. */
class UserCommandsTest {
  private static final String PASSWORD = "long enough";

  private final FakeCluster cluster = new FakeCluster();
  private final FakeUsers users = new FakeUsers();
  private final FakeTokens tokens = new FakeTokens(users);
  private final FakeAudit audit = new FakeAudit();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, cluster)
          .with(ClusterAdmission.class, cluster)
          .with(UserDirectory.class, users)
          .with(TokenDirectory.class, tokens)
          .with(AuditLog.class, audit);

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(
        subsystems,
        new Caller("administrator", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "x", 1),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void assertRefused(AerieCommand command, ErrorCode code) {
    assertThatThrownBy(() -> run(command))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  private static UserAddCommand add(String name, String password, boolean dryRun) {
    UserAddCommand command = new UserAddCommand();
    command.name = name;
    command.role = "operator";
    command.session = TestSession.headless(password + "\n");
    command.dryRun = dryRun;
    return command;
  }

  private static UserRoleCommand role(String name, String role, boolean dryRun) {
    UserRoleCommand command = new UserRoleCommand();
    command.name = name;
    command.role = role;
    command.dryRun = dryRun;
    return command;
  }

  private static UserPasswordCommand password(String name, String password, boolean dryRun) {
    UserPasswordCommand command = new UserPasswordCommand();
    command.name = name;
    command.session = TestSession.headless(password + "\n");
    command.dryRun = dryRun;
    return command;
  }

  private static UserDeleteCommand delete(String name, boolean dryRun) {
    UserDeleteCommand command = new UserDeleteCommand();
    command.name = name;
    command.dryRun = dryRun;
    return command;
  }

  @Test
  void shouldTellWhatChangesOfUsersWouldDoAndDoNothing() {
    List<User> before = users.users();
    assertThat(run(add("ada", PASSWORD, true))).isEqualTo("would be added: ada\n");
    assertThat(run(role("operator", "observer", true)))
        .isEqualTo("role would be given: operator is observer\n");
    assertThat(run(password("operator", PASSWORD, true)))
        .isEqualTo("password would be set: operator\n");
    assertThat(run(delete("operator", true))).isEqualTo("would be deleted: operator\n");
    assertThat(users.users()).isEqualTo(before);
    assertThat(users.authenticate("operator", PASSWORD.toCharArray(), "x")).isEmpty();
    assertThat(audit.lines()).isEmpty();
  }

  @Test
  void shouldRefuseOnADryRunWhatItWouldRefuse() {
    assertRefused(add("a/b", PASSWORD, true), ErrorCode.INVALID_NAME);
    assertRefused(add("ada", "short", true), ErrorCode.INVALID_VALUE);
    assertRefused(add("operator", PASSWORD, true), ErrorCode.ALREADY_EXISTS);
    assertRefused(password("operator", "short", true), ErrorCode.INVALID_VALUE);
    assertRefused(password("nobody", PASSWORD, true), ErrorCode.NOT_FOUND);
    assertRefused(role("nobody", "observer", true), ErrorCode.NOT_FOUND);
    assertRefused(role("administrator", "observer", true), ErrorCode.CONFLICT);
    assertThat(run(role("administrator", "administrator", true))).contains("would be given");
    assertRefused(delete("nobody", true), ErrorCode.NOT_FOUND);
    assertRefused(delete("administrator", true), ErrorCode.CONFLICT);
    run(role("operator", "administrator", false));
    assertThat(run(delete("administrator", true))).startsWith("would be deleted");
  }

  @Test
  void shouldRefuseAnotherRevisionThanIsExpectedAndTakeTheOneThatIs() {
    long now = users.find("operator").orElseThrow().revision();
    for (boolean dryRun : new boolean[] {true, false}) {
      UserRoleCommand role = role("operator", "observer", dryRun);
      role.revision = now - 1;
      assertRefused(role, ErrorCode.PRECONDITION_FAILED);
      UserPasswordCommand password = password("operator", PASSWORD, dryRun);
      password.revision = now - 1;
      assertRefused(password, ErrorCode.PRECONDITION_FAILED);
      UserDeleteCommand delete = delete("operator", dryRun);
      delete.revision = now - 1;
      assertRefused(delete, ErrorCode.PRECONDITION_FAILED);
    }
    assertThat(users.find("operator").orElseThrow().revision()).isEqualTo(now);
    UserPasswordCommand password = password("operator", PASSWORD, false);
    password.revision = now;
    assertThat(run(password)).isEqualTo("password set: operator\n");
    UserDeleteCommand delete = delete("operator", false);
    delete.revision = now;
    assertRefused(delete, ErrorCode.PRECONDITION_FAILED);
    delete.revision = users.find("operator").orElseThrow().revision();
    assertThat(run(delete)).isEqualTo("deleted: operator\n");
  }

  @Test
  void shouldPrintUsersAsRestHasThem() throws Exception {
    UserAddCommand add = add("ada", PASSWORD, true);
    add.json = true;
    JsonNode json = new ObjectMapper().readTree(run(add));
    assertThat(json.path("name").asText()).isEqualTo("ada");
    assertThat(json.path("dryRun").asBoolean()).isTrue();
    UserRoleCommand role = role("operator", "observer", false);
    role.json = true;
    json = new ObjectMapper().readTree(run(role));
    assertThat(json.path("role").asText()).isEqualTo("observer");
    assertThat(json.path("dryRun").asBoolean(true)).isFalse();
    assertThat(users.find("operator").orElseThrow().role()).isEqualTo(Role.OBSERVER);
  }

  @Test
  void shouldTellWhatChangesOfTokensWouldDoAndDoNothing() throws Exception {
    TokenCreateCommand create = new TokenCreateCommand();
    create.name = "backup";
    create.role = "observer";
    create.dryRun = true;
    assertThat(run(create)).startsWith("would be made: backup (observer, until 2026-");
    create.json = true;
    JsonNode json = new ObjectMapper().readTree(run(create));
    assertThat(json.path("role").asText()).isEqualTo("observer");
    assertThat(json.has("token")).isFalse();
    assertThat(tokens.tokens()).isEmpty();
    create.dryRun = false;
    run(create);
    int recorded = audit.lines().size();
    TokenRevokeCommand revoke = new TokenRevokeCommand();
    revoke.id = "administrator-backup";
    revoke.dryRun = true;
    assertThat(run(revoke)).startsWith("would be revoked: administrator-backup (backup of");
    assertThat(tokens.tokens()).hasSize(1);
    assertThat(audit.lines()).hasSize(recorded);
    revoke.revision = 99L;
    assertRefused(revoke, ErrorCode.PRECONDITION_FAILED);
    revoke.dryRun = false;
    assertRefused(revoke, ErrorCode.PRECONDITION_FAILED);
    assertThat(tokens.tokens()).hasSize(1);
    revoke.revision = 1L;
    assertThat(run(revoke)).startsWith("revoked: ");
    assertThat(tokens.tokens()).isEmpty();
  }

  @Test
  void shouldMakeNoJoinTokenOnADryRun() throws Exception {
    ClusterTokenCommand command = new ClusterTokenCommand();
    command.dryRun = true;
    assertThat(run(command)).contains("valid for 3600 s");
    command.json = true;
    assertThat(new ObjectMapper().readTree(run(command)).path("dryRun").asBoolean()).isTrue();
    assertThat(cluster.issued()).isNull();
    command.validity = "30d";
    assertRefused(command, ErrorCode.INVALID_VALUE);
  }
}
