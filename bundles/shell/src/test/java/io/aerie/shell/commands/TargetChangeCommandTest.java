package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.ConfigStore;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.IscsiTargets;
import io.aerie.face.IscsiTargets.Lun;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeConfig;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said changes, the rest stays. */
class TargetChangeCommandTest {
  private static final String TARGET = "iqn.2026-01.org.example:disks";

  private final FakeStorage storage = new FakeStorage();
  private final FakeConfig config = new FakeConfig();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, new FakeCluster())
          .with(AuditLog.class, new FakeAudit())
          .with(ConfigStore.class, config)
          .with(StorageAdministration.class, storage);
  private final IscsiTargets targets = new IscsiTargets(subsystems);

  @BeforeEach
  void make() {
    for (String name : List.of("v1", "v2", "v3")) {
      storage
          .createVolume(name, ByteSize.parse("4G"), "default", Protection.parse("rf3"), false)
          .join();
    }
    targets.create(
        TARGET,
        List.of(Lun.of(1, "v1"), new Lun(2, "v2", true, 4096)),
        List.of("iqn.x:a"),
        null,
        /* dryRun= */ false);
  }

  private void change(Consumer<TargetChangeCommand> options) {
    TargetChangeCommand command = new TargetChangeCommand();
    command.name = TARGET;
    command.session = TestSession.headless("secretsecret\nothersecret1\n");
    options.accept(command);
    Caller caller =
        new Caller("administrator", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "192.0.2.1", 1);
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    command.run(subsystems, caller, out);
  }

  private void assertRefused(ErrorCode code, Consumer<TargetChangeCommand> options) {
    ObjectNode before = targets.get(TARGET);
    assertThatThrownBy(() -> change(options))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    assertThat(targets.get(TARGET)).isEqualTo(before);
  }

  @Test
  void shouldAddAndRemoveLuns() {
    change(
        command -> {
          command.addedLuns = List.of("1=v3,block-size=4096");
          command.removedLuns = List.of(1);
        });
    ObjectNode target = targets.get(TARGET);
    assertThat(target.path("luns").toString())
        .contains("{\"lun\":1,\"volume\":\"v3\",\"blockSizeBytes\":4096}")
        .contains("{\"lun\":2,\"volume\":\"v2\",\"readOnly\":true,\"blockSizeBytes\":4096}");
    assertThat(target.at("/initiators/0").asText()).isEqualTo("iqn.x:a");
    assertRefused(ErrorCode.NOT_FOUND, command -> command.removedLuns = List.of(7));
    assertRefused(ErrorCode.ALREADY_EXISTS, command -> command.addedLuns = List.of("1=v1"));
    assertRefused(ErrorCode.INVALID_VALUE, command -> command.addedLuns = List.of("v1"));
    assertRefused(ErrorCode.INVALID_VALUE, command -> {});
  }

  @Test
  void shouldAddAndRemoveInitiatorsAndNeverLetAllInUnasked() {
    assertRefused(
        ErrorCode.PRECONDITION_FAILED, command -> command.removedInitiators = List.of("iqn.x:a"));
    change(
        command -> {
          command.addedInitiators = List.of("iqn.x:b");
          command.removedInitiators = List.of("iqn.x:a");
        });
    assertThat(targets.get(TARGET).path("initiators").toString()).isEqualTo("[\"iqn.x:b\"]");
    assertRefused(ErrorCode.NOT_FOUND, command -> command.removedInitiators = List.of("iqn.x:a"));
    assertRefused(
        ErrorCode.INVALID_VALUE,
        command -> {
          command.anyInitiator = true;
          command.addedInitiators = List.of("iqn.x:c");
        });
    change(command -> command.anyInitiator = true);
    assertThat(targets.get(TARGET).path("initiators")).isEmpty();
  }

  @Test
  void shouldChangeWhatIsProved() {
    change(
        command -> {
          command.chapUser = "host";
          command.mutualUser = "target";
        });
    assertThat(targets.get(TARGET).path("chap").toString())
        .isEqualTo("{\"user\":\"host\",\"mutualUser\":\"target\"}");
    assertThat(config.listLocal("exports/iscsi/secrets").get(0).json())
        .contains("\"secret\":\"secretsecret\"", "\"mutualSecret\":\"othersecret1\"");
    assertRefused(ErrorCode.INVALID_VALUE, command -> command.mutualUser = "target");
    assertRefused(
        ErrorCode.INVALID_VALUE,
        command -> {
          command.withoutChap = true;
          command.chapUser = "host";
        });
    change(command -> command.withoutChap = true);
    assertThat(targets.get(TARGET).get("chap").isNull()).isTrue();
  }

  @Test
  void shouldHeedRevisionAndDryRun() {
    long revision = targets.get(TARGET).path("revision").asLong();
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        command -> {
          command.anyInitiator = true;
          command.revision = revision + 1;
        });
    change(
        command -> {
          command.anyInitiator = true;
          command.dryRun = true;
        });
    assertThat(targets.get(TARGET).path("revision").asLong()).isEqualTo(revision);
  }
}
