package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an administrator is told of snapshots, clones, going back and sizes is what happened; a dry
 * run and a refusal change nothing. The owner's part, freezing and folding, is played by the test.
 */
class LayerChangesTest {
  private static final long GIB = 1L << 30;
  private static final OptionalLong ANY = OptionalLong.empty();

  private final TestLog log = new TestLog();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, Optional::empty, Map::of, Map::of, null);

  @BeforeEach
  void makeAVolume() {
    log.addNodes(3, 20 * GIB);
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    create("v", "rf3");
  }

  private void create(String name, String protection) {
    storage
        .createVolume(name, new ByteSize(GIB), "default", Protection.parse(protection), false)
        .join();
  }

  private VolumeRecord record(String name) {
    return log.leader.read(state -> state.volume(name).orElseThrow());
  }

  /** What the owner does when all that is under way is done. */
  private void freeze() {
    VolumeRecord volume = record("v");
    log.carryOut(
        new RcdCommand.Freeze(
            volume.number(), volume.epoch(), volume.wanted(), volume.live().number()));
    log.deliver();
  }

  private SnapshotView snapshot(String name) {
    CompletableFuture<Outcome<SnapshotView>> asked = storage.createSnapshot("v", name, false);
    assertThat(asked).as("nothing is frozen yet").isNotDone();
    assertThat(storage.snapshots()).last().returns("making", SnapshotView::state);
    freeze();
    return asked.join().object();
  }

  private VolumeView volume(String name) {
    return storage.volumes().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable change) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldAnswerASnapshotWhenItIsThere() {
    Instant before = Instant.ofEpochMilli(System.currentTimeMillis());
    SnapshotView made = snapshot("s");
    assertThat(made.state()).isEqualTo("ready");
    assertThat(made.volume()).isEqualTo("v");
    assertThat(made.createdAt().orElseThrow()).isBetween(before, Instant.now());
    assertThat(volume("v").snapshotCount()).isEqualTo(1);
    assertThat(volume("v").reservedBytes()).isEqualTo(2 * 3 * GIB);
  }

  @Test
  void shouldTryWithoutChangingAnything() {
    SnapshotView snapshot = snapshot("s");
    PoolView pool = storage.pools().get(0);
    long free = pool.capacityBytes() - pool.reservedBytes();
    int index = log.size();
    assertThat(storage.createSnapshot("v", "t", true).join().freeBytesAfter())
        .isEqualTo(free - 3 * GIB);
    assertThat(storage.cloneSnapshot("v", "s", "c", true).join())
        .returns(2, Outcome::toleratedNodeFailures)
        .returns(free - 3 * GIB, Outcome::freeBytesAfter)
        .extracting(Outcome::object)
        .returns(Optional.of("s"), VolumeView::originSnapshot);
    assertThat(storage.revertVolume("v", snapshot.id(), ANY, true).join().dryRun()).isTrue();
    assertThat(storage.deleteSnapshot("v", "s", ANY, true).join().object()).isEqualTo(snapshot);
    assertThat(storage.resizeVolume("v", new ByteSize(2 * GIB), false, ANY, true).join().object())
        .returns(2 * GIB, VolumeView::sizeBytes);
    assertThat(log.size()).as("commands").isEqualTo(index);
  }

  @Test
  void shouldKeepVolumesWithSnapshotsAndSnapshotsWithClones() {
    snapshot("s");
    VolumeView clone = storage.cloneSnapshot("v", "s", "c", false).join().object();
    assertThat(clone.originVolume()).contains("v");
    assertThat(storage.snapshots().get(0).cloneCount()).isEqualTo(1);
    assertRefused(ErrorCode.IN_USE, () -> storage.deleteVolume("v", ANY, false).join());
    assertRefused(ErrorCode.IN_USE, () -> storage.deleteSnapshot("v", "s", ANY, false).join());
    storage.deleteVolume("c", ANY, false).join();
    log.losesNextAnswer = true;
    assertThat(storage.deleteSnapshot("v", "s", ANY, false).join().object().name()).isEqualTo("s");
    assertThat(storage.snapshots()).isEmpty();
    assertThat(volume("v").foldingLayers()).isEqualTo(1);
    storage.deleteVolume("v", ANY, false).join();
  }

  @Test
  void shouldRefuseWhatIsNotThereOrNotMeant() {
    SnapshotView snapshot = snapshot("s");
    create("e", "ec2+1");
    int index = log.size();
    assertRefused(ErrorCode.ALREADY_EXISTS, () -> storage.createSnapshot("v", "s", false).join());
    assertRefused(ErrorCode.INVALID_NAME, () -> storage.createSnapshot("v", "/", false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.createSnapshot("w", "s", false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.cloneSnapshot("e", "s", "c", false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.revertVolume("v", "t", ANY, false).join());
    OptionalLong stale = OptionalLong.of(snapshot.revision() - 1);
    assertRefused(
        ErrorCode.PRECONDITION_FAILED, () -> storage.deleteSnapshot("v", "s", stale, false).join());
    assertRefused(
        ErrorCode.PRECONDITION_FAILED, () -> storage.revertVolume("v", "s", stale, false).join());
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.resizeVolume("v", new ByteSize(GIB / 2), false, ANY, false).join());
    assertThat(storage.snapshots()).containsExactly(snapshot);
    assertThat(volume("v").sizeBytes()).isEqualTo(GIB);
    assertThat(log.size()).isGreaterThan(index);
  }

  @Test
  void shouldGoBackOnceThoughTheAnswerWasLost() {
    snapshot("s");
    log.losesNextAnswer = true;
    VolumeView back = storage.revertVolume("v", "s", ANY, false).join().object();
    assertThat(back.foldingLayers()).as("what was written since").isEqualTo(1);
    assertThat(record("v").layers()).hasSize(3);
  }

  /** A volume gets another owner when its node dies; who asked knows nothing of it. */
  @Test
  void shouldGoBackThoughTheVolumeHasAnotherOwner() {
    snapshot("s");
    VolumeRecord owned = record("v");
    log.beforeNext = () -> log.carryOut(new RcdCommand.LeaveNode(owned.owner().orElseThrow(), 1));
    VolumeView back = storage.revertVolume("v", "s", ANY, false).join().object();
    assertThat(back.owner()).isNotEqualTo(owned.owner().orElseThrow());
    assertThat(back.foldingLayers()).isEqualTo(1);
  }

  @Test
  void shouldNotGoBackOrShrinkUnderAClient() {
    snapshot("s");
    VolumeRecord open = record("v");
    log.carryOut(
        new RcdCommand.Attach(open.number(), new NodeId("n1"), 1, new UUID(1, 9), "nbd 10.0.0.1"));
    log.deliver();
    assertRefused(ErrorCode.IN_USE, () -> storage.revertVolume("v", "s", ANY, false).join());
    assertRefused(
        ErrorCode.IN_USE,
        () -> storage.resizeVolume("v", new ByteSize(GIB / 2), true, ANY, false).join());
    assertThat(storage.resizeVolume("v", new ByteSize(2 * GIB), false, ANY, false).join().object())
        .returns(2 * GIB, VolumeView::sizeBytes);
  }

  @Test
  void shouldSayThatASnapshotWasGivenUp() {
    CompletableFuture<Outcome<SnapshotView>> asked = storage.createSnapshot("v", "s", false);
    storage.deleteSnapshot("v", "s", ANY, false).join();
    assertThat(asked).isCompletedExceptionally();
    assertThat(storage.snapshots()).isEmpty();
    assertThat(volume("v").reservedBytes()).isEqualTo(3 * GIB);
  }
}
