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
import io.aerie.config.users.UserDirectory;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeConfig;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUsers;
import io.aerie.storage.admin.StorageAdministration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * What commands print and refuse, over fakes; Karaf's part, parsing and completion, is not here.
 */
class CommandsTest {
  private final FakeCluster cluster = new FakeCluster();
  private final FakeUsers users = new FakeUsers();
  private final FakeStorage storage = new FakeStorage();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, cluster)
          .with(ClusterAdmission.class, cluster)
          .with(Membership.class, cluster)
          .with(ConfigStore.class, new FakeConfig())
          .with(UserDirectory.class, users)
          .with(StorageAdministration.class, storage);

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(subsystems, new PrintStream(bytes, true, StandardCharsets.UTF_8));
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
            NAME  POOL      SIZE  PROTECTION  STATE    OWNER
            v1    default  4 GiB  rf3         healthy  n1
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
        .isEqualTo("ID  NODE  PATH  POOL  STATE  CAPACITY  USED" + System.lineSeparator());
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
    add.password = "long enough";
    assertThat(run(add)).startsWith("added: u1").doesNotContain("long enough");
    assertThat(run(new UserListCommand())).contains("u1             operator");
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
  }
}
