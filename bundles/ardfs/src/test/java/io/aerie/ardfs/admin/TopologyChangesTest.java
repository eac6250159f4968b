package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.config.MemoryConfigStore;
import io.aerie.storage.admin.FailureDomain;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Where nodes stand and over what pools spread is what the administrator said, though the node that
 * was asked dies in the middle; a dry run and a refusal change nothing.
 */
class TopologyChangesTest {
  private static final long GIB = 1L << 30;
  private static final OptionalLong ANY = OptionalLong.empty();

  private final TestLog log = new TestLog();
  private final MemoryConfigStore config = new MemoryConfigStore();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, () -> Optional.of(config), Map::of, Map::of, null);

  @BeforeEach
  void addDisks() {
    log.addNodes(4, 20 * GIB);
    log.deliver();
  }

  private NodeView locate(int node, String rack) {
    return storage.locateNode("n" + node, Optional.of(rack), Optional.empty(), ANY, false).join();
  }

  private void locateInTwoRacks() {
    for (int i = 1; i <= 4; i++) {
      locate(i, "r" + i % 2);
    }
  }

  private PoolView pool() {
    return storage.pools().get(0);
  }

  private PoolView spread(FailureDomain level, boolean dryRun) {
    return storage.spreadPool("default", level, ANY, dryRun).join();
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable change) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldSayWhereANodeStandsAndKeepWhatIsNotGiven() {
    assertThat(locate(1, "r1").rack()).contains("r1");
    NodeView both =
        storage.locateNode("n1", Optional.empty(), Optional.of("s1"), ANY, false).join();
    assertThat(both.rack()).contains("r1");
    assertThat(both.site()).contains("s1");
    assertThat(locate(1, "").rack()).isEmpty();
    int commands = log.size();
    assertThat(
            storage.locateNode("n1", Optional.of("r9"), Optional.empty(), ANY, true).join().rack())
        .contains("r9");
    OptionalLong stale = OptionalLong.of(both.revision());
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.locateNode("n1", Optional.of("r2"), Optional.empty(), stale, false).join());
    assertRefused(
        ErrorCode.INVALID_VALUE,
        () -> storage.locateNode("n1", Optional.empty(), Optional.empty(), ANY, false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> locate(9, "r1"));
    assertRefused(ErrorCode.INVALID_NAME, () -> locate(1, "r/1"));
    assertThat(log.size()).as("commands").isEqualTo(commands);
  }

  @Test
  void shouldMakeAPoolThatSpreads() {
    locateInTwoRacks();
    PoolView tried = storage.createPool("default", FailureDomain.RACK, true).join().object();
    assertThat(tried.failureDomain()).isEqualTo("rack");
    assertThat(tried.availableBytes().get("rf2")).isPositive();
    assertThat(tried.availableBytes()).as("there are two racks").containsEntry("rf3", 0L);
    assertThat(storage.pools()).isEmpty();
    PoolView made = storage.createPool("default", FailureDomain.RACK, false).join().object();
    assertThat(made.failureDomain()).isEqualTo("rack");
    assertRefused(
        ErrorCode.PROTECTION_IMPOSSIBLE,
        () ->
            storage
                .createVolume("v", new ByteSize(GIB), "default", Protection.parse("rf3"), false)
                .join());
  }

  @Test
  void shouldFinishWhatADeadNodeBegan() {
    log.failsAtCommand = 2;
    assertRefused(
        ErrorCode.FENCED, () -> storage.createPool("default", FailureDomain.RACK, false).join());
    assertThat(pool().failureDomain()).as("made, not yet spread").isEqualTo("node");
    storage.reconcile();
    assertThat(pool().failureDomain()).isEqualTo("rack");
    spread(FailureDomain.NODE, false);
    storage.reconcile();
    assertThat(pool().failureDomain()).as("the later wish").isEqualTo("node");
  }

  @Test
  void shouldLeaveAPoolWithVolumesToRcd() {
    storage.createPool("default", FailureDomain.NODE, false).join();
    assertThat(pool().availableBytes().get("rf3")).isPositive();
    storage.createVolume("v", new ByteSize(GIB), "default", Protection.parse("rf3"), false).join();
    locateInTwoRacks();
    int commands = log.size();
    assertRefused(ErrorCode.PROTECTION_IMPOSSIBLE, () -> spread(FailureDomain.RACK, false));
    assertThat(spread(FailureDomain.DISK, true).failureDomain()).isEqualTo("disk");
    assertThat(pool().failureDomain()).isEqualTo("node");
    assertThat(config.localRevision()).as("wishes").isEqualTo(1);
    storage.reconcile();
    assertThat(log.size()).as("commands").isEqualTo(commands);
    assertThat(spread(FailureDomain.DISK, false).failureDomain()).isEqualTo("disk");
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.spreadPool("default", FailureDomain.NODE, OptionalLong.of(1), false).join());
  }

  @Test
  void shouldTellWhatFitsAfterNodesMoved() {
    storage.createPool("default", FailureDomain.RACK, false).join();
    assertThat(pool().availableBytes().get("rf3")).as("each a rack of its own").isPositive();
    locateInTwoRacks();
    assertThat(pool().availableBytes()).containsEntry("rf3", 0L);
    spread(FailureDomain.NODE, false);
    assertThat(pool().availableBytes().get("rf3")).isPositive();
  }

  @Test
  void shouldSayHowFastADiskIs() {
    String disk = storage.disks().get(0).id();
    assertThat(storage.disks().get(0).speedPercent()).isEqualTo(100);
    int commands = log.size();
    assertThat(storage.measureDisk(disk, 70, ANY, true).join().speedPercent()).isEqualTo(70);
    assertRefused(ErrorCode.INVALID_VALUE, () -> storage.measureDisk(disk, 0, ANY, false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.measureDisk("x", 70, ANY, false).join());
    assertThat(log.size()).as("commands").isEqualTo(commands);
    assertThat(storage.measureDisk(disk, 70, ANY, false).join().speedPercent()).isEqualTo(70);
    assertThat(storage.disks().get(0).speedPercent()).isEqualTo(70);
  }
}
