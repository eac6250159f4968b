package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
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
import io.aerie.storage.admin.StorageViews.RegistrationView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the commands about reservations print and refuse. */
class ReservationCommandsTest {
  private static final String TARGET = "iqn.2026-01.org.example:disks";

  private final FakeStorage storage = new FakeStorage();
  private final FakeAudit audit = new FakeAudit();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, new FakeCluster())
          .with(AuditLog.class, audit)
          .with(ConfigStore.class, new FakeConfig())
          .with(StorageAdministration.class, storage);

  @BeforeEach
  void reserveTwoOfThreeVolumes() {
    storage.reserve("v1", "write_exclusive", registration("host1", true));
    storage.reserve("v2", "exclusive_access", registration("host2", false));
    for (String name : List.of("v1", "v2", "v3")) {
      storage
          .createVolume(name, ByteSize.parse("4G"), "default", Protection.parse("rf3"), false)
          .join();
    }
    new IscsiTargets(subsystems).create(TARGET, List.of(Lun.of(1, "v1")), null, null, false);
  }

  private static RegistrationView registration(String host, boolean open) {
    return new RegistrationView(
        "iqn." + host,
        Optional.of("0x800000000001"),
        Optional.of(new NodeId("n1")),
        7,
        Optional.of("0x000000000000000a"),
        true,
        open);
  }

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Caller caller =
        new Caller("administrator", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "192.0.2.1", 1);
    command.run(subsystems, caller, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String reservations(String of, boolean json) {
    TargetReservationsCommand command = new TargetReservationsCommand();
    command.targetOrVolume = of;
    command.json = json;
    return run(command);
  }

  private static void assertRefused(ErrorCode code, Runnable command) {
    assertThatThrownBy(command::run)
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldShowThoseOfAllOfATargetAndOfAVolume() {
    assertThat(reservations(null, false)).contains("iqn.host1", "iqn.host2");
    assertThat(reservations("v2", false)).contains("iqn.host2").doesNotContain("iqn.host1");
    assertThat(reservations(TARGET, false))
        .isEqualTo(
            """
            VOLUME  TYPE             HOLDER  KEY                 INITIATOR  QUALIFIER       NODE  OPEN  GENERATION
            v1      write_exclusive  true    0x000000000000000a  iqn.host1  0x800000000001  n1    true  2
            """);
    assertThat(reservations("v3", false)).hasLineCount(1).startsWith("VOLUME");
    assertThat(reservations("v3", true)).contains("\"registrations\" : [ ]");
    assertRefused(ErrorCode.NOT_FOUND, () -> reservations("v4", false));
    assertThat(run(new VolumeListCommand())).containsPattern("v1 .* write_exclusive");
  }

  @Test
  void shouldClearOfWhoIsThereByForceOnly() {
    TargetReservationClearCommand clear = new TargetReservationClearCommand();
    clear.volume = "v1";
    assertRefused(ErrorCode.IN_USE, () -> run(clear));
    clear.force = true;
    clear.revision = 1L;
    assertRefused(ErrorCode.PRECONDITION_FAILED, () -> run(clear));
    clear.revision = null;
    clear.dryRun = true;
    assertThat(run(clear)).isEqualTo("would be cleared: v1 (id-v1)\n");
    assertThat(storage.reservations()).hasSize(2);
    clear.dryRun = false;
    assertThat(run(clear)).isEqualTo("cleared: v1 (id-v1)\n");
    assertThat(storage.reservations()).hasSize(1);
    assertRefused(ErrorCode.NOT_FOUND, () -> run(clear));
    assertThat(audit.lines())
        .anyMatch(line -> line.contains("target:reservation-clear done") && line.contains("v1"));
  }
}
