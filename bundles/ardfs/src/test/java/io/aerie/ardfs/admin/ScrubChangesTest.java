package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.ScrubRecord.Counts;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.ScrubAdministration.Control;
import io.aerie.storage.admin.ScrubAdministration.Scope;
import io.aerie.storage.admin.StorageViews.ScrubView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an administrator is told of a scrub is what its volumes' owners reported; a dry run and a
 * refusal change nothing. The owners are played by the test.
 */
class ScrubChangesTest {
  private static final long GIB = 1L << 30;
  private static final OptionalLong ANY = OptionalLong.empty();

  private final TestLog log = new TestLog();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, Optional::empty, Map::of, Map::of, null);

  @BeforeEach
  void makeVolumes() {
    log.addNodes(2, 20 * GIB);
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    for (String name : List.of("v", "w")) {
      storage
          .createVolume(name, new ByteSize(GIB), "default", Protection.parse("rf2"), false)
          .join();
    }
  }

  private ScrubView start(Scope scope, String nameOrId) {
    return storage.startScrub(scope, nameOrId, false).join();
  }

  private ScrubView scrub(String id) {
    return storage.scrubs().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
  }

  /** What the volume's owner does as it goes. */
  private void report(ScrubView scrub, String volume, Counts counts, boolean done) {
    VolumeRecord record = log.leader.read(state -> state.volume(volume).orElseThrow());
    log.carryOut(
        new RcdCommand.ReportScrub(
            record.number(), record.epoch(), Long.parseLong(scrub.id()), counts, done, 1));
    log.deliver();
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable change) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldTellHowFarAScrubIsAndWhatItFound() {
    Instant before = Instant.ofEpochMilli(System.currentTimeMillis());
    ScrubView begun = start(Scope.POOL, "default");
    assertThat(begun.subject()).contains("default");
    assertThat(begun.volumesTotal()).isEqualTo(2);
    assertThat(begun.startedAt()).isBetween(before, Instant.now());
    report(begun, "v", new Counts(10, 3, 2, 1), false);
    assertThat(scrub(begun.id()))
        .returns(0, ScrubView::volumesDone)
        .returns(10L, ScrubView::blocksChecked);
    report(begun, "v", new Counts(20, 4, 2, 2), true);
    report(begun, "w", new Counts(5, 1, 1, 0), false);
    assertThat(scrub(begun.id()))
        .returns("running", ScrubView::state)
        .returns(1, ScrubView::volumesDone)
        .returns(25L, ScrubView::blocksChecked)
        .returns(5L, ScrubView::pagesFound)
        .returns(3L, ScrubView::pagesRepaired)
        .returns(2L, ScrubView::pagesUnrepairable);
    report(begun, "w", new Counts(6, 1, 1, 0), true);
    assertThat(scrub(begun.id()))
        .returns("done", ScrubView::state)
        .returns(26L, ScrubView::blocksChecked);
  }

  @Test
  void shouldHoldResumeAndEnd() {
    ScrubView all = start(Scope.ALL, null);
    assertThat(all.subject()).isEmpty();
    OptionalLong seen = OptionalLong.of(all.revision());
    ScrubView held = storage.controlScrub(all.id(), Control.PAUSE, seen, false).join();
    assertThat(held.state()).isEqualTo("paused");
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.controlScrub(all.id(), Control.RESUME, seen, false).join());
    assertThat(storage.controlScrub(all.id(), Control.RESUME, ANY, false).join().state())
        .isEqualTo("running");
    assertThat(storage.controlScrub(all.id(), Control.CANCEL, ANY, false).join().state())
        .isEqualTo("cancelled");
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.controlScrub(all.id(), Control.RESUME, ANY, false).join());
  }

  @Test
  void shouldTakeAVolumeOverAndForgetItsNameWithIt() {
    ScrubView all = start(Scope.ALL, null);
    log.losesNextAnswer = true;
    ScrubView one = start(Scope.VOLUME, "v");
    assertThat(storage.scrubs()).as("one for each wish").hasSize(2);
    assertThat(scrub(all.id()).volumesTotal()).isEqualTo(1);
    assertThat(one.subject()).contains("v");
    report(one, "v", new Counts(1, 0, 0, 0), true);
    storage.deleteVolume("v", ANY, false).join();
    assertThat(scrub(one.id()).subject()).isEmpty();
  }

  @Test
  void shouldTryAndRefuseWithoutChangingAnything() {
    int commands = log.size();
    assertThat(storage.startScrub(Scope.VOLUME, "w", true).join().volumesTotal()).isEqualTo(1);
    assertRefused(ErrorCode.NOT_FOUND, () -> start(Scope.VOLUME, "x"));
    assertRefused(ErrorCode.NOT_FOUND, () -> start(Scope.POOL, "x"));
    assertRefused(
        ErrorCode.NOT_FOUND, () -> storage.controlScrub("x", Control.PAUSE, ANY, false).join());
    assertThat(storage.scrubs()).isEmpty();
    assertThat(log.size()).isEqualTo(commands);
  }
}
