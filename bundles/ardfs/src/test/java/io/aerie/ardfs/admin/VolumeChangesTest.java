package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an administrator is told of a change of volumes is what happened, also when the log loses an
 * answer and carries a command out twice, and when this node's replica is behind.
 */
class VolumeChangesTest {
  private static final long GIB = 1L << 30;
  private static final Protection TWO = Protection.parse("rf2");

  private final TestLog log = new TestLog();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, Optional::empty, Map::of, Map::of, null);

  @BeforeEach
  void makeAPool() {
    log.addNodes(2, 100 * GIB);
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
  }

  private CompletableFuture<Outcome<VolumeView>> create(String name) {
    return storage.createVolume(name, new ByteSize(GIB), "default", TWO, false);
  }

  private CompletableFuture<Outcome<VolumeView>> delete(String name) {
    return storage.deleteVolume(name, OptionalLong.empty(), false);
  }

  @Test
  void shouldSayDeletedWhenTheAnswerWasLostAndTheCommandCarriedOutTwice() {
    String id = create("v").join().object().id();
    log.losesNextAnswer = true;
    Outcome<VolumeView> outcome = delete("v").join();
    assertThat(outcome.object().id()).isEqualTo(id);
    assertThat(outcome.freeBytesAfter()).isEqualTo(200 * GIB);
    assertThat(storage.volumes()).isEmpty();
  }

  private VolumeView limit(VolumeLimits change, OptionalLong revision, boolean dryRun) {
    return storage.limitVolume("v", change, revision, dryRun).join().object();
  }

  private static VolumeLimits limits(OptionalLong writeOperations, OptionalLong readBytes) {
    return new VolumeLimits(OptionalLong.empty(), writeOperations, readBytes, OptionalLong.empty());
  }

  private static void assertRefused(ThrowingCallable change, ErrorCode code) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldLimitOnceThoughTheCommandIsCarriedOutTwice() {
    VolumeView made = create("v").join().object();
    assertThat(made.limits()).isEqualTo(VolumeLimits.NONE);
    VolumeLimits both = limits(OptionalLong.of(200), OptionalLong.of(1 << 20));
    int commands = log.size();
    assertThat(limit(both, OptionalLong.empty(), true).limits()).isEqualTo(both);
    assertThat(log.size()).as("of a dry run").isEqualTo(commands);
    log.losesNextAnswer = true;
    VolumeView limited = limit(both, OptionalLong.of(made.revision()), false);
    assertThat(limited.limits()).isEqualTo(both);
    assertThat(limited.revision()).isGreaterThan(made.revision());
    assertThat(storage.volumes()).containsExactly(limited);
    VolumeLimits less = limits(OptionalLong.empty(), OptionalLong.of(0));
    OptionalLong stale = OptionalLong.of(made.revision());
    assertRefused(() -> limit(less, stale, false), ErrorCode.PRECONDITION_FAILED);
    assertThat(limit(less, OptionalLong.empty(), false).limits())
        .isEqualTo(limits(OptionalLong.of(200), OptionalLong.empty()));
    assertThat(limit(VolumeLimits.REMOVED, OptionalLong.empty(), false).limits())
        .isEqualTo(VolumeLimits.NONE);
  }

  @Test
  void shouldRefuseLimitsThatCannotBe() {
    create("v").join();
    OptionalLong any = OptionalLong.empty();
    assertRefused(() -> limit(VolumeLimits.NONE, any, false), ErrorCode.INVALID_VALUE);
    assertRefused(
        () -> limit(limits(OptionalLong.of(-1), any), any, false), ErrorCode.INVALID_VALUE);
    assertRefused(
        () -> limit(limits(any, OptionalLong.of(100)), any, true), ErrorCode.INVALID_VALUE);
    assertRefused(
        () -> storage.limitVolume("w", VolumeLimits.REMOVED, any, false).join(),
        ErrorCode.NOT_FOUND);
    assertThat(storage.volumes().get(0).limits()).isEqualTo(VolumeLimits.NONE);
  }

  @Test
  void shouldSayThatThereIsNoneWhenThereWasNone() {
    assertThatThrownBy(() -> delete("v").join())
        .hasCauseInstanceOf(AerieException.class)
        .hasMessageContaining("no volume 'v'");
  }

  @Test
  void shouldDeleteTheVolumeThatHasTheNameNowThoughTheReplicaIsBehind() {
    create("v").join();
    log.holdsBack = true;
    UUID old = log.replica.read(state -> state.volume("v").orElseThrow().id());
    UUID fresh = new UUID(9, 9);
    log.carryOut(new RcdCommand.DeleteVolume(old, -1));
    log.carryOut(new RcdCommand.CreateVolume(fresh, "v", GIB, "default", Redundancy.copies(2), 1));
    CompletableFuture<Outcome<VolumeView>> outcome = delete("v");
    log.holdsBack = false;
    log.deliver();
    assertThat(outcome.join().object().id()).isEqualTo(fresh.toString());
    assertThat(log.leader.<Integer>read(state -> state.volumes().size())).isZero();
  }

  @Test
  void shouldTellOfAVolumeThatWasDeletedBeforeItCouldBeShown() throws IOException {
    log.holdsBack = true;
    CompletableFuture<Outcome<VolumeView>> made = create("v");
    UUID id = log.leader.read(state -> state.volume("v").orElseThrow().id());
    log.carryOut(new RcdCommand.DeleteVolume(id, -1));
    log.carryOut(
        new RcdCommand.CreateVolume(new UUID(9, 9), "v", GIB, "default", Redundancy.copies(2), 1));
    log.sendSnapshot();
    assertThatThrownBy(made::join)
        .cause()
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));
  }
}
