package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.storage.admin.StorageAdministration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the commands about emptying disks and nodes print and refuse. */
class DiskCommandsTest {
  private final FakeStorage storage = new FakeStorage();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(AuditLog.class, new FakeAudit())
          .with(StorageAdministration.class, storage);
  private String disk;

  @BeforeEach
  void addADisk() {
    disk = storage.addDisk("/dev/sda", "default", false, false).join().object().id();
  }

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Caller caller = new Caller("o", Role.OPERATOR, Set.of(), Optional.empty(), "192.0.2.1", 1);
    command.run(subsystems, caller, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldDrainADiskAndCallItOff() {
    DiskDrainCommand drain = new DiskDrainCommand();
    drain.id = disk;
    drain.dryRun = true;
    assertThat(run(drain)).startsWith("would be draining: /dev/sda (" + disk + ")");
    assertThat(run(new DiskListCommand())).contains("serving");
    drain.dryRun = false;
    assertThat(run(drain)).startsWith("draining: /dev/sda").contains("Disk " + disk);
    assertThat(run(new DiskListCommand())).contains("draining");
    drain.cancel = true;
    drain.revision = 1L;
    assertRefused(drain, ErrorCode.PRECONDITION_FAILED);
    drain.revision = null;
    assertThat(run(drain)).startsWith("serving again: /dev/sda");
    drain.id = "x";
    assertRefused(drain, ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldGiveUpAndRemoveADisk() {
    DiskFailCommand fail = new DiskFailCommand();
    fail.id = disk;
    assertRefused(fail, ErrorCode.PRECONDITION_FAILED);
    DiskRemoveCommand remove = new DiskRemoveCommand();
    remove.id = disk;
    assertRefused(remove, ErrorCode.PRECONDITION_FAILED);
    storage.goDown(disk);
    assertThat(run(fail)).startsWith("given up: /dev/sda");
    remove.dryRun = true;
    assertThat(run(remove)).startsWith("would be removed: /dev/sda");
    remove.dryRun = false;
    assertThat(run(remove)).startsWith("removed: /dev/sda");
    assertThat(storage.disks()).isEmpty();
  }

  @Test
  void shouldDrainANode() {
    NodeDrainCommand drain = new NodeDrainCommand();
    drain.node = "n1";
    assertThat(run(drain)).startsWith("draining: n1");
    assertThat(run(new NodeListCommand())).contains("draining");
    drain.cancel = true;
    drain.json = true;
    assertThat(run(drain)).contains("\"duty\" : \"serving\"");
  }

  private void assertRefused(AerieCommand command, ErrorCode code) {
    assertThatThrownBy(() -> run(command))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
