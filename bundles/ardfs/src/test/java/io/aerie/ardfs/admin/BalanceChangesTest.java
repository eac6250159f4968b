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
import io.aerie.storage.admin.BalancePolicy;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.JobView;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rebalancing as an administrator asks for it: what it would do, that it is done, and its end. */
class BalanceChangesTest {
  private static final long GIB = 1L << 30;
  private static final OptionalLong ANY = OptionalLong.empty();

  private final TestLog log = new TestLog();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, Optional::empty, Map::of, Map::of, null);

  /** A second disk on each node came after the volume. */
  @BeforeEach
  void addDisks() {
    log.addNodes(3, 20 * GIB);
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    storage.createVolume("v", new ByteSize(GIB), "default", Protection.parse("rf3"), false).join();
    for (int i = 1; i <= 3; i++) {
      UUID disk = new UUID(10 + i, 2);
      NodeId node = new NodeId("n" + i);
      log.carryOut(new RcdCommand.AddDisk(disk, node, 1, "/e" + i, 20 * GIB, 1, "default"));
    }
    log.deliver();
  }

  private Outcome<PoolView> rebalance(boolean cancel, boolean dryRun) {
    return storage.rebalancePool("default", cancel, ANY, dryRun).join();
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable change) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldTellHowMuchWouldMoveFromWhereToWhere() {
    int commands = log.size();
    Outcome<PoolView> dry = rebalance(false, true);
    assertThat(log.size()).as("commands").isEqualTo(commands);
    assertThat(dry.dryRun()).isTrue();
    assertThat(dry.explanation()).hasSize(4);
    assertThat(dry.explanation().get(0)).contains("members of groups are to move, with 1.5 GiB");
    assertThat(dry.explanation().get(1)).contains("of n1").contains("(/e1): ");
    assertThat(dry.freeBytesAfter()).isEqualTo(6 * 20 * GIB - 3 * GIB);
    assertThat(storage.jobs()).isEmpty();
    assertThat(rebalance(false, false).explanation()).isEqualTo(dry.explanation());
    JobView job = storage.jobs().get(0);
    assertThat(job.kind()).isEqualTo("rebalancing");
    assertThat(job.state()).isEqualTo("running");
    assertThat(job.subject()).isEqualTo(dry.object().id());
    assertThat(job.groupsTotal()).isPositive();
  }

  @Test
  void shouldCallItOff() {
    assertThat(rebalance(true, false).explanation().get(0)).startsWith("Nothing changes");
    rebalance(false, false);
    assertThat(rebalance(true, true).explanation().get(0)).startsWith("What has moved stays");
    assertThat(storage.jobs().get(0).state()).isEqualTo("running");
    rebalance(true, false);
    assertThat(storage.jobs().get(0).state()).isEqualTo("failed");
  }

  @Test
  void shouldChooseWhetherItHappensByItself() {
    assertThat(storage.pools().get(0).rebalance()).isEqualTo("automatic");
    assertThat(storage.chooseBalance("default", BalancePolicy.MANUAL, ANY, true).join().rebalance())
        .isEqualTo("manual");
    assertThat(storage.pools().get(0).rebalance()).isEqualTo("automatic");
    storage.chooseBalance("default", BalancePolicy.MANUAL, ANY, false).join();
    assertThat(storage.pools().get(0).rebalance()).isEqualTo("manual");
  }

  @Test
  void shouldRefuseWhatIsNotThereOrHasChanged() {
    assertRefused(
        ErrorCode.NOT_FOUND, () -> storage.rebalancePool("none", false, ANY, false).join());
    OptionalLong stale = OptionalLong.of(1);
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.rebalancePool("default", false, stale, false).join());
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.chooseBalance("default", BalancePolicy.MANUAL, stale, false).join());
  }
}
