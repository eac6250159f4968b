package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.QuarantineView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What belongs to no volume is shown as the nodes tell it, and given up only by its name. */
class QuarantineChangesTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final UUID D1 = new UUID(1, 2);
  private static final UUID D2 = new UUID(2, 2);

  private final TestLog log = new TestLog();
  private final Map<NodeId, List<Quarantined>> told = new TreeMap<>();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, Optional::empty, Map::of, () -> told, null);

  @BeforeEach
  void tell() {
    told.put(N2, List.of(new Quarantined(D2, 77, 2, 200)));
    told.put(N1, List.of(new Quarantined(D1, 77, 3, 100), new Quarantined(D1, 900, 1, 10)));
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable change) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldShowByVolumeWhatAllNodesTell() {
    assertThat(storage.quarantine())
        .containsExactly(
            new QuarantineView(
                "77", List.of(N1, N2), List.of(D1.toString(), D2.toString()), 5, 300),
            new QuarantineView("900", List.of(N1), List.of(D1.toString()), 1, 10));
  }

  @Test
  void shouldForgetOnlyWhatIsNamed() {
    int commands = log.size();
    assertThat(storage.forgetQuarantined("77", true).join().heldBytes()).isEqualTo(300);
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.forgetQuarantined("78", false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.forgetQuarantined("x", false).join());
    assertThat(log.size()).as("commands").isEqualTo(commands);
    assertThat(storage.forgetQuarantined("77", false).join().blocks()).isEqualTo(5);
    assertThat(storage.quarantine()).as("before the nodes tell again").hasSize(1);
    boolean recorded = log.leader.read(state -> state.deletedVolumes().contains(77L));
    assertThat(recorded).isTrue();
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.forgetQuarantined("77", false).join());
  }

  @Test
  void shouldNeverForgetAVolumeThatIsKnown() {
    for (int i = 1; i <= 2; i++) {
      NodeId node = new NodeId("n" + i);
      log.carryOut(new RcdCommand.JoinNode(node, "127.0.0.1:" + i, 1, new UUID(i, 1)));
      log.carryOut(
          new RcdCommand.AddDisk(new UUID(i, 2), node, 1, "/d" + i, 20L << 30, 1, "default"));
    }
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    storage
        .createVolume("v", new ByteSize(1 << 30), "default", Protection.parse("rf2"), false)
        .join();
    long number = log.leader.read(state -> state.volume("v").orElseThrow().number());
    told.put(N1, List.of(new Quarantined(D1, number, 3, 100)));
    told.remove(N2);
    assertThat(storage.quarantine()).as("what a node told before it knew").isEmpty();
    assertRefused(
        ErrorCode.IN_USE, () -> storage.forgetQuarantined(Long.toString(number), false).join());
    assertThat(storage.volumes()).hasSize(1);
  }
}
