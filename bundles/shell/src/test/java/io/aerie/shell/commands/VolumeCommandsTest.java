package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the commands about snapshots, clones, going back, sizes and scrubs print and refuse. */
class VolumeCommandsTest {
  private final FakeStorage storage = new FakeStorage();
  private final FakeAudit audit = new FakeAudit();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, new FakeCluster())
          .with(AuditLog.class, audit)
          .with(StorageAdministration.class, storage);

  @BeforeEach
  void makeAVolume() {
    storage
        .createVolume("v1", ByteSize.parse("4G"), "default", Protection.parse("rf3"), false)
        .join();
  }

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Caller caller =
        new Caller("administrator", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "192.0.2.1", 1);
    command.run(subsystems, caller, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String snapshot(String name, boolean dryRun) {
    VolumeSnapshotCommand command = new VolumeSnapshotCommand();
    command.volume = "v1";
    command.name = name;
    command.dryRun = dryRun;
    return run(command);
  }

  @Test
  void shouldMakeListAndDeleteSnapshots() {
    assertThat(snapshot("s1", true)).startsWith("would be created: s1");
    assertThat(snapshot("s1", false)).startsWith("created: s1 (id-v1-s1)").contains("set aside");
    VolumeSnapshotListCommand list = new VolumeSnapshotListCommand();
    assertThat(run(list))
        .isEqualTo(
            """
            NAME  VOLUME   SIZE  STATE  CLONE COUNT  CREATED AT
            s1    v1      4 GiB  ready  0            1970-01-01T00:00:00Z
            """);
    list.volume = "v2";
    assertRefused(list, ErrorCode.NOT_FOUND);
    VolumeSnapshotDeleteCommand delete = new VolumeSnapshotDeleteCommand();
    delete.volume = "v1";
    delete.snapshot = "s1";
    delete.revision = 1L;
    assertRefused(delete, ErrorCode.PRECONDITION_FAILED);
    delete.revision = null;
    assertThat(run(delete)).startsWith("deleted: s1");
    assertThat(storage.snapshots()).isEmpty();
  }

  @Test
  void shouldCloneGoBackAndResize() {
    String unused = snapshot("s1", false);
    VolumeCloneCommand clone = new VolumeCloneCommand();
    clone.volume = "v1";
    clone.snapshot = "s1";
    clone.name = "c1";
    assertThat(run(clone)).startsWith("created: c1");
    VolumeResizeCommand resize = new VolumeResizeCommand();
    resize.volume = "v1";
    resize.size = "1G";
    assertRefused(resize, ErrorCode.PRECONDITION_FAILED);
    resize.force = true;
    assertThat(run(resize)).startsWith("resized: v1");
    VolumeRevertCommand revert = new VolumeRevertCommand();
    revert.volume = "v1";
    revert.snapshot = "s1";
    assertThat(run(revert)).startsWith("reverted: v1");
    assertThat(storage.volumes()).allMatch(volume -> volume.sizeBytes() == 4L << 30).hasSize(2);
  }

  @Test
  void shouldConvert() {
    VolumeConvertCommand convert = new VolumeConvertCommand();
    convert.volume = "v1";
    convert.protection = "ec4+2";
    convert.dryRun = true;
    String unused = run(convert);
    assertThat(storage.volumes().get(0).protection()).isEqualTo("rf3");
    convert.dryRun = false;
    assertThat(run(convert)).startsWith("begun to convert: v1");
    assertThat(storage.volumes().get(0).protection()).isEqualTo("ec4+2");
    convert.revision = 999L;
    assertRefused(convert, ErrorCode.PRECONDITION_FAILED);
  }

  @Test
  void shouldTellAllExtents() {
    String unused = snapshot("s1", false);
    VolumeExtentsCommand extents = new VolumeExtentsCommand();
    extents.volume = "v1";
    extents.snapshot = "s1";
    assertThat(run(extents))
        .startsWith("OFFSET")
        .endsWith("4096 extents, 2 GiB of 4 GiB may have data\n");
    extents.since = "s1";
    assertThat(run(extents)).endsWith("2 GiB of 4 GiB differ from s1\n");
    extents.since = "s9";
    assertRefused(extents, ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldLimitAndShowLimits() {
    VolumeLimitCommand limit = new VolumeLimitCommand();
    limit.volume = "v1";
    limit.writeOperations = 200L;
    limit.readBytes = "10M";
    limit.dryRun = true;
    assertThat(run(limit)).startsWith("would be limited: v1");
    VolumeInfoCommand info = new VolumeInfoCommand();
    info.volume = "v1";
    assertThat(run(info)).contains("limits                 -\n");
    limit.dryRun = false;
    assertThat(run(limit)).startsWith("limited: v1");
    assertThat(audit.lines())
        .anyMatch(line -> line.contains("volume:limit done") && line.contains("read-bytes=10M"));
    assertThat(run(info))
        .contains(
            "limits                 writeOperationsPerSecond 200, readBytesPerSecond 10 MiB/s\n");
    limit.revision = 0L;
    assertRefused(limit, ErrorCode.PRECONDITION_FAILED);
    limit.revision = null;
    limit.none = true;
    assertRefused(limit, ErrorCode.INVALID_VALUE);
    limit.writeOperations = null;
    limit.readBytes = null;
    assertThat(run(limit)).startsWith("limited: v1");
    assertThat(run(info)).contains("limits                 -\n");
  }

  @Test
  void shouldBeginShowAndHoldAScrub() {
    ScrubStartCommand start = new ScrubStartCommand();
    start.dryRun = true;
    assertThat(run(start)).isEqualTo("would be started, volumes to look at: 2\n");
    assertThat(storage.scrubs()).isEmpty();
    start.dryRun = false;
    start.volume = "v1";
    assertThat(run(start)).isEqualTo("started: 7, volumes to look at: 2\n");
    ScrubPauseCommand pause = new ScrubPauseCommand();
    pause.scrub = "7";
    pause.dryRun = true;
    assertThat(run(pause)).isEqualTo("would be paused: 7\n");
    assertThat(audit.lines()).noneMatch(line -> line.contains("scrub:pause"));
    pause.dryRun = false;
    assertThat(run(pause)).isEqualTo("paused: 7\n");
    assertThat(audit.lines()).anyMatch(line -> line.endsWith("scrub:pause done {scrub=7}"));
    ScrubCancelCommand cancel = new ScrubCancelCommand();
    cancel.scrub = "8";
    assertRefused(cancel, ErrorCode.NOT_FOUND);
    cancel.scrub = "7";
    cancel.revision = 1L;
    assertRefused(cancel, ErrorCode.PRECONDITION_FAILED);
    assertThat(run(new ScrubListCommand()))
        .contains("PAGES UNREPAIRABLE")
        .containsPattern("7 +volume +v1 +paused +1 +2 +1000 +3 +2 +1 +1970");
    start.pool = "default";
    assertRefused(start, ErrorCode.INVALID_VALUE);
  }

  @Test
  void shouldShowAndForgetWhatIsInQuarantine() {
    assertThat(run(new QuarantineListCommand())).containsPattern("77 +3 +8 KiB +\\[\"n1\"\\]");
    QuarantineForgetCommand forget = new QuarantineForgetCommand();
    forget.volume = "78";
    assertRefused(forget, ErrorCode.NOT_FOUND);
    forget.volume = "77";
    forget.dryRun = true;
    assertThat(run(forget)).isEqualTo("would be forgotten: 77\n");
    assertThat(storage.quarantine()).hasSize(1);
    forget.dryRun = false;
    assertThat(run(forget)).isEqualTo("forgotten: 77\n");
    assertThat(storage.quarantine()).isEmpty();
  }

  @Test
  void shouldShowWhatIsLeftAndAcceptItOnlyWhenTold() {
    VolumeRecoverCommand recover = new VolumeRecoverCommand();
    assertThat(run(recover)).containsPattern("v1 +12 +8 MiB +stale +d1 +n1 +4 +9");
    recover.pool = "other";
    assertThat(run(recover)).doesNotContain("v1");
    recover.pool = null;
    assertThat(recover.onlyLooks()).isTrue();
    recover.acceptStale = true;
    assertThat(recover.onlyLooks()).isFalse();
    assertRefused(recover, ErrorCode.INVALID_VALUE);
    recover.pool = "default";
    recover.dryRun = true;
    assertThat(run(recover)).contains("would be gone on with stale copies: default", "d1");
    assertThat(storage.recovery()).hasSize(1);
    recover.dryRun = false;
    assertThat(run(recover)).startsWith("gone on with stale copies: default");
    assertThat(storage.recovery()).isEmpty();
    assertRefused(recover, ErrorCode.CONFLICT);
  }

  private void assertRefused(AerieCommand command, ErrorCode code) {
    assertThatThrownBy(() -> run(command))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
