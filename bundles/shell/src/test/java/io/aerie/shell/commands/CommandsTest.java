package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeConfig;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeTokens;
import io.aerie.face.fakes.FakeUsers;
import io.aerie.storage.admin.StorageAdministration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.karaf.shell.api.action.Command;
import org.junit.jupiter.api.Test;

/**
 * What commands print and refuse, over fakes; Karaf's part, parsing and completion, is not here.
 */
class CommandsTest {
  private final FakeCluster cluster = new FakeCluster();
  private Caller caller =
      new Caller("administrator", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "192.0.2.1", 1);
  private final FakeUsers users = new FakeUsers();
  private final FakeAudit audit = new FakeAudit();
  private final FakeStorage storage = new FakeStorage();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, cluster)
          .with(ClusterAdmission.class, cluster)
          .with(Membership.class, cluster)
          .with(ConfigStore.class, new FakeConfig())
          .with(UserDirectory.class, users)
          .with(TokenDirectory.class, new FakeTokens(users))
          .with(AuditLog.class, audit)
          .with(StorageAdministration.class, storage);

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(subsystems, caller, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static VolumeCreateCommand create(String name, String size) {
    VolumeCreateCommand command = new VolumeCreateCommand();
    command.name = name;
    command.size = size;
    command.protection = "rf3";
    return command;
  }

  @Test
  void shouldCreateListAndDeleteVolume() {
    assertThat(run(create("v1", "4G"))).startsWith("created: v1 (id-v1)").contains("3 nodes");
    assertThat(run(new VolumeListCommand()))
        .isEqualTo(
            """
            NAME  POOL      SIZE  PROTECTION  STATE    OWNER  RESERVATION
            v1    default  4 GiB  rf3         healthy  n1     -
            """);
    VolumeInfoCommand info = new VolumeInfoCommand();
    info.volume = "v1";
    assertThat(run(info)).contains("sizeBytes              4 GiB");
    VolumeDeleteCommand delete = new VolumeDeleteCommand();
    delete.volume = "v1";
    delete.revision = 1L;
    assertRefused(delete, ErrorCode.PRECONDITION_FAILED);
    delete.revision = null;
    assertThat(run(delete)).startsWith("deleted: v1");
    assertThat(storage.volumes()).isEmpty();
  }

  @Test
  void shouldChangeNothingOnDryRun() {
    VolumeCreateCommand command = create("v1", "4G");
    command.dryRun = true;
    assertThat(run(command)).startsWith("would be created: v1");
    assertThat(storage.volumes()).isEmpty();
  }

  @Test
  void shouldPrintJsonAsRestHasIt() throws Exception {
    run(create("v1", "4G"));
    VolumeListCommand command = new VolumeListCommand();
    command.json = true;
    JsonNode json = new ObjectMapper().readTree(run(command));
    assertThat(json).hasSize(1);
    assertThat(json.path(0).path("sizeBytes").asLong()).isEqualTo(4L << 30);
    assertThat(json.path(0).path("owner").asText()).isEqualTo("n1");
  }

  @Test
  void shouldPrintHeadingOfEmptyList() {
    assertThat(run(new DiskListCommand()))
        .isEqualTo(
            "ID  NODE  PATH  POOL  STATE  DUTY  CAPACITY  USED  SPEED PERCENT"
                + System.lineSeparator());
  }

  @Test
  void shouldPrintDashForUnknownNumbers() {
    assertThat(run(new JobListCommand())).contains("5 B").contains(" -");
  }

  @Test
  void shouldRefuseAsRestDoes() {
    assertRefused(create("v/1", "4G"), ErrorCode.INVALID_NAME);
    assertRefused(create("v1", "4X"), ErrorCode.INVALID_SIZE);
    assertRefused(create("v1", "1P"), ErrorCode.CAPACITY_EXCEEDED);
    subsystems.remove(StorageAdministration.class);
    assertRefused(create("v1", "4G"), ErrorCode.UNAVAILABLE);
    AerieException failure =
        new AerieException(ErrorCode.NO_SPACE, "The log is full", "It is so.", "Add disks.");
    assertThat(new CommandFailure(failure).getNiceHelp())
        .isEqualTo("no-space: The log is full. It is so. Add disks.");
  }

  private void assertRefused(AerieCommand command, ErrorCode code) {
    assertThatThrownBy(() -> run(command))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void shouldShowClusterAndIssueToken() {
    assertThat(run(new ClusterInfoCommand())).contains("eyrie").contains("n3    false");
    assertThat(run(new ClusterTokenCommand()).strip()).isEqualTo("token-text");
    assertThat(cluster.issued()).hasHours(1);
  }

  @Test
  void shouldRefuseToJoinTwice() {
    ClusterJoinCommand join = new ClusterJoinCommand();
    join.token = "t";
    assertRefused(join, ErrorCode.CONFLICT);
  }

  @Test
  void shouldKeepUsersAndDocuments() {
    UserAddCommand add = new UserAddCommand();
    add.name = "u1";
    add.role = "operator";
    add.session = TestSession.headless("long enough\n");
    assertThat(run(add)).startsWith("added: u1").doesNotContain("long enough");
    assertThat(run(new UserListCommand())).contains("u1             operator");
    UserRoleCommand role = new UserRoleCommand();
    role.name = "u1";
    role.role = "observer";
    assertThat(run(role)).startsWith("role given: u1 is observer");
    UserDeleteCommand delete = new UserDeleteCommand();
    delete.name = "u1";
    assertThat(run(delete)).startsWith("deleted: u1");
    assertThat(users.users()).hasSize(3);
    ConfigSetCommand set = new ConfigSetCommand();
    set.path = "a/b";
    set.document = "{\"x\":1}";
    assertThat(run(set).strip()).isEqualTo("1");
    set.revision = 7L;
    assertRefused(set, ErrorCode.PRECONDITION_FAILED);
    ConfigGetCommand get = new ConfigGetCommand();
    get.path = "a/b";
    assertThat(run(get)).contains("\"x\" : 1");
    get.path = "a/c";
    assertRefused(get, ErrorCode.NOT_FOUND);
    assertThat(run(new ConfigListCommand())).contains("a/b  document  1");
  }

  @Test
  void shouldTakePasswordsFromTheTerminalOrALineOfInputOnly() {
    UserPasswordCommand command = new UserPasswordCommand();
    for (String nothing : List.of("", "\n", "\r\n")) {
      command.session = TestSession.headless(nothing);
      assertRefused(command, ErrorCode.INVALID_VALUE);
    }
    command.session = TestSession.terminal("first try", "second try");
    assertRefused(command, ErrorCode.INVALID_VALUE);
    assertThat(users.authenticate("administrator", "secret-administrator".toCharArray(), "x"))
        .isPresent();
    command.session = TestSession.terminal("other one", "other one");
    assertThat(run(command)).startsWith("password set: administrator");
    assertThat(users.authenticate("administrator", "other one".toCharArray(), "x")).isPresent();
    command.session = TestSession.headless("päßword1\r\nrest");
    assertThat(run(command)).startsWith("password set").doesNotContain("ß");
    assertThat(users.authenticate("administrator", "päßword1".toCharArray(), "x")).isPresent();
  }

  @Test
  void shouldLetOthersChangeTheirOwnPasswordOnly() {
    caller = new Caller("observer", Role.OBSERVER, Set.of(), Optional.empty(), "192.0.2.1", 1);
    UserPasswordCommand command = new UserPasswordCommand();
    command.name = "operator";
    command.session = TestSession.headless("long enough\n");
    assertRefused(command, ErrorCode.FORBIDDEN);
    command.name = "observer";
    assertThat(run(command)).startsWith("password set: observer");
    assertThat(users.authenticate("observer", "long enough".toCharArray(), "x")).isPresent();
    assertThat(users.authenticate("operator", "secret-operator".toCharArray(), "x")).isPresent();
  }

  @Test
  void shouldShowTokenOnceAndListAndRevokeIt() {
    caller = new Caller("operator", Role.OPERATOR, Set.of(), Optional.empty(), "192.0.2.1", 1);
    TokenCreateCommand create = new TokenCreateCommand();
    create.name = "backup";
    create.role = "observer";
    create.kinds = "volumes,jobs";
    assertThat(run(create).strip()).isEqualTo("secret-of-operator-backup");
    assertThat(run(new TokenListCommand())).contains("backup").doesNotContain("secret-of");
    TokenRevokeCommand revoke = new TokenRevokeCommand();
    revoke.id = "operator-backup";
    caller = new Caller("observer", Role.OBSERVER, Set.of(), Optional.empty(), "192.0.2.1", 1);
    assertRefused(revoke, ErrorCode.NOT_FOUND);
    caller = new Caller("administrator", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "x", 1);
    assertThat(run(revoke)).startsWith("revoked: operator-backup");
    assertThat(run(new TokenListCommand()).lines()).hasSize(1);
    create.kinds = "volumes,nonsense";
    assertRefused(create, ErrorCode.INVALID_VALUE);
  }

  @Test
  void shouldRecordChangesAndRefusalsWithoutSecrets() {
    UserAddCommand add = new UserAddCommand();
    add.name = "u1";
    add.role = "operator";
    add.session = TestSession.headless("long enough\n");
    run(add);
    assertThat(audit.lines())
        .containsExactly(
            "administrator 192.0.2.1 user:add begun {}",
            "administrator 192.0.2.1 user:add done {name=u1, role=operator}");
    assertRefused(create("v1", "1P"), ErrorCode.CAPACITY_EXCEEDED);
    VolumeCreateCommand dry = create("v1", "4G");
    dry.dryRun = true;
    run(dry);
    run(new VolumeListCommand());
    caller = new Caller("observer", Role.OBSERVER, Set.of(), Optional.empty(), "192.0.2.2", 1);
    assertRefused(create("v1", "4G"), ErrorCode.FORBIDDEN);
    assertThat(audit.lines().subList(2, audit.lines().size()))
        .containsExactly(
            "administrator 192.0.2.1 volume:create begun {}",
            "administrator 192.0.2.1 volume:create capacity-exceeded"
                + " {name=v1, pool=default, protection=rf3, size=1P}",
            "observer 192.0.2.2 volume:create forbidden"
                + " {name=v1, pool=default, protection=rf3, size=4G}");
  }

  @Test
  void shouldTellOfAFailureThatNobodyForesawWhatRestTells() {
    audit.failWith(new AerieException(ErrorCode.IO_ERROR, "The disk is full"));
    AerieCommand broken = new BreakingCommand();
    assertThatThrownBy(() -> broken.runReported(subsystems, () -> caller, System.out))
        .isInstanceOfSatisfying(
            CommandFailure.class,
            failure ->
                assertThat(failure.getNiceHelp())
                    .isEqualTo(
                        "internal: An unexpected failure happened. The node's log tells more."));
    assertThatThrownBy(() -> create("v1", "4G").runReported(subsystems, () -> caller, System.out))
        .isInstanceOfSatisfying(
            CommandFailure.class,
            failure -> assertThat(failure.getNiceHelp()).isEqualTo("io-error: The disk is full."));
  }

  @Requires(Permission.VOLUMES_READ)
  @Command(scope = "volume", name = "break")
  private static final class BreakingCommand extends AerieCommand {
    @Override
    protected void run(Subsystems subsystems, PrintStream out) {
      throw new IllegalStateException("a fault of ours");
    }
  }

  @Test
  void shouldChangeNothingThatCannotBeRecorded() {
    audit.failWith(new AerieException(ErrorCode.IO_ERROR, "The disk is full"));
    assertRefused(create("v1", "4G"), ErrorCode.IO_ERROR);
    subsystems.remove(AuditLog.class);
    assertRefused(create("v1", "4G"), ErrorCode.UNAVAILABLE);
    assertThat(storage.volumes()).isEmpty();
  }

  @Test
  void shouldListAndVerifyTheAuditLog() {
    run(create("v1", "4G"));
    assertThat(run(new AuditListCommand()))
        .contains("volume:create")
        .contains("administrator  192.0.2.1")
        .startsWith("ID  TIME");
    AuditListCommand one = new AuditListCommand();
    one.limit = 1;
    assertThat(run(one).lines()).hasSize(2);
    one.limit = 0;
    assertRefused(one, ErrorCode.INVALID_VALUE);
    assertThat(run(new AuditVerifyCommand())).startsWith("good: entries 1 to 2");
    audit.breakAt(2);
    assertThatThrownBy(() -> run(new AuditVerifyCommand()))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.CORRUPT);
              assertThat(refusal.describe()).contains("at entry 2");
            });
  }

  @Test
  void shouldAddDiskAndMakePool() {
    DiskAddCommand add = new DiskAddCommand();
    add.path = "/data/d1";
    add.pool = "fast";
    assertThat(run(add)).startsWith("added: /data/d1");
    PoolCreateCommand create = new PoolCreateCommand();
    create.name = "fast";
    assertThat(run(create)).startsWith("created: fast");
    PoolInfoCommand info = new PoolInfoCommand();
    info.pool = "fast";
    assertThat(run(info)).contains("capacityBytes          64 GiB");
    assertThat(run(new PoolListCommand())).contains("fast");
    assertThat(run(new NodeListCommand())).contains("n1");
    create.name = "wide";
    create.failureDomain = "site";
    assertThat(run(create)).startsWith("created: wide");
    PoolSpreadCommand spread = new PoolSpreadCommand();
    spread.pool = "wide";
    spread.level = "rack";
    assertThat(run(spread)).isEqualTo("spread: wide (pool-wide)\n");
    assertThat(run(new PoolListCommand()))
        .containsPattern("wide.* rack +automatic\\R")
        .contains("FAILURE DOMAIN");
    PoolRebalanceCommand rebalance = new PoolRebalanceCommand();
    rebalance.pool = "wide";
    rebalance.dryRun = true;
    assertThat(run(rebalance))
        .isEqualTo("would be rebalanced: wide (pool-wide)\n3 members of groups are to move.\n");
    rebalance.policy = "manual";
    rebalance.dryRun = false;
    assertThat(run(rebalance)).isEqualTo("rebalanced when asked for: wide (pool-wide)\n");
    assertThat(run(new PoolListCommand())).containsPattern("wide.* rack +manual\\R");
    rebalance.cancel = true;
    assertThatThrownBy(() -> run(rebalance)).hasMessageContaining("two things");
    NodeLocateCommand locate = new NodeLocateCommand();
    locate.node = "n1";
    locate.rack = "r1";
    locate.dryRun = true;
    assertThat(run(locate)).isEqualTo("would be located: n1\n");
    locate.dryRun = false;
    assertThat(run(locate)).isEqualTo("located: n1\n");
    assertThat(run(new NodeListCommand())).containsPattern("r1 +-\\R");
    spread.level = "shelf";
    assertThatThrownBy(() -> run(spread)).hasMessageContaining("shelf");
  }
}
