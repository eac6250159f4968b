package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.ConfigStore;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.IscsiTargets;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the command that makes a target understands its units. */
class TargetCreateCommandTest {
  private static final String TARGET = "iqn.2026-01.org.example:disks";

  private final FakeStorage storage = new FakeStorage();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, new FakeCluster())
          .with(AuditLog.class, new FakeAudit())
          .with(ConfigStore.class, new FakeConfig())
          .with(StorageAdministration.class, storage);

  @BeforeEach
  void makeVolumes() {
    for (String name : List.of("v1", "v2", "v3", "v4")) {
      storage
          .createVolume(name, ByteSize.parse("4G"), "default", Protection.parse("rf3"), false)
          .join();
    }
  }

  private void create(String... luns) {
    TargetCreateCommand command = new TargetCreateCommand();
    command.name = TARGET;
    command.luns = List.of(luns);
    Caller caller =
        new Caller("administrator", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "192.0.2.1", 1);
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    command.run(subsystems, caller, out);
  }

  @Test
  void shouldUnderstandHowUnitsAreServed() {
    create("1=v1", "2=v2,read-only", "3=v3,block-size=4096", "4=v4,read-only,block-size=4096");
    assertThat(new IscsiTargets(subsystems).get(TARGET).path("luns").toString())
        .isEqualTo(
            "[{\"lun\":1,\"volume\":\"v1\"},"
                + "{\"lun\":2,\"volume\":\"v2\",\"readOnly\":true},"
                + "{\"lun\":3,\"volume\":\"v3\",\"blockSizeBytes\":4096},"
                + "{\"lun\":4,\"volume\":\"v4\",\"readOnly\":true,\"blockSizeBytes\":4096}]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"v1", "1=", "1=v1,", "1=v1,readonly", "1=v1,block-size=1024", "1=v1,read-only,"})
  void shouldRefuseWhatItDoesNotUnderstand(String lun) {
    assertThatThrownBy(() -> create(lun))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE));
    assertThat(new IscsiTargets(subsystems).list()).isEmpty();
  }
}
