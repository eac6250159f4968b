package io.aerie.upgrade.apply.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackagedBundle;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.PackagedFile;
import io.aerie.upgrade.ProductVersion;
import io.aerie.upgrade.admin.UpgradeViews.CheckView;
import io.aerie.upgrade.apply.run.Documents.PackageRecord;
import io.aerie.upgrade.apply.run.Run;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import io.aerie.upgrade.apply.run.Run.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Goal: no upgrade begins where it could hurt, and the refusal names what and where. */
class PlanTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final String DIGEST = "a".repeat(64);
  private static final long SIZE_BYTES = 10 << 20;

  private Exchange exchange = Exchange.SWAP;
  private Optional<Run> last = Optional.empty();
  private final Map<NodeId, Optional<NodeFacts>> facts = new TreeMap<>();
  private final List<MemberView> members = new ArrayList<>();
  private final List<NodeView> nodes = new ArrayList<>();
  private final List<DiskView> disks = new ArrayList<>();
  private final List<VolumeView> volumes = new ArrayList<>();
  private String failureDomain = "node";

  PlanTest() {
    for (NodeId node : List.of(N1, N2, N3)) {
      facts.put(node, Optional.of(facts("0.1.0", 1L << 40, true, Set.of(DIGEST))));
      members.add(new MemberView(new Member(node, Map.of()), true));
      nodes.add(
          new NodeView(node, "up", 1, "serving", 1, 1, Optional.empty(), Optional.empty(), 1));
      disks.add(disk(node, "up", "serving"));
    }
    volumes.add(volume("healthy"));
  }

  private static NodeFacts facts(
      String version, long freeBytes, boolean startedAgain, Set<String> packages) {
    return new NodeFacts(
        ProductVersion.parse(version),
        "distribution",
        Set.of("aerie-nbd"),
        freeBytes,
        startedAgain,
        packages);
  }

  private static DiskView disk(NodeId node, String state, String duty) {
    return new DiskView(
        "disk-of-" + node, node, "/dev/sdb", "default", state, duty, 1, 0, 1, 100, 1);
  }

  private static VolumeView volume(String state) {
    return new VolumeView(
        "1",
        "v1",
        "default",
        1,
        "rf3",
        state,
        N1,
        1,
        1,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        VolumeLimits.NONE,
        Optional.empty(),
        1);
  }

  private Plan plan() {
    PackagedBundle bundle = new PackagedBundle("io.aerie.nbd", "0.1.1", exchange, false);
    PackageManifest manifest =
        new PackageManifest(
            ProductVersion.parse("0.1.1"),
            Set.of(ProductVersion.parse("0.1.0")),
            Set.of("aerie-nbd"),
            List.of(new PackagedFile("repository/nbd.jar", 1, DIGEST, Optional.of(bundle))));
    PoolView pool =
        new PoolView(
            "1",
            "default",
            "healthy",
            1,
            0,
            0,
            0,
            new TreeMap<>(),
            3,
            1,
            1,
            0,
            failureDomain,
            "automatic",
            1);
    return new Plan(
        new PackageRecord("0.1.1", DIGEST, SIZE_BYTES, 1),
        manifest,
        last,
        facts,
        new Fitness(members, nodes, disks, volumes),
        List.of(pool));
  }

  private void refuses(String code, String... words) {
    assertThatThrownBy(() -> plan().require())
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code().code()).isEqualTo(code);
              assertThat(refusal.describe()).contains(words);
              assertThat(refusal.remedy()).isNotEmpty();
            });
  }

  @Test
  void shouldAllowWhatHurtsNobody() {
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
    assertThat(plan().checks()).isNotEmpty().allMatch(CheckView::passed);
    assertThat(plan().nodes()).extracting(node -> node.node()).containsExactly(N1, N2, N3);
    assertThat(plan().nodes().get(0).swapped()).containsExactly("io.aerie.nbd");
    exchange = Exchange.RESTART;
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
    assertThat(plan().nodes().get(0).restarts()).isTrue();
    assertThat(plan().nodes().get(0).swapped()).isEmpty();
  }

  @Test
  void shouldRefuseASecondUpgradeWhileOneIsUnderWay() {
    for (State state : List.of(State.RUNNING, State.PAUSED, State.STOPPED)) {
      last = Optional.of(run(state));
      refuses("upgrade-under-way", "0.1.1");
    }
    last = Optional.of(run(State.ROLLED_BACK));
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
  }

  private static Run run(State state) {
    return new Run(
        "id",
        DIGEST,
        "0.1.1",
        "0.1.0",
        Exchange.SWAP,
        Direction.FORWARD,
        state,
        "",
        Instant.EPOCH,
        List.of(Part.of(N1)),
        1);
  }

  @Test
  void shouldRefuseWhileANodeIsAway() {
    members.set(1, new MemberView(new Member(N2, Map.of()), false));
    refuses("upgrade-node-away", "n2");
  }

  @Test
  void shouldRefuseWhileTheStorageOfANodeIsAway() {
    nodes.remove(2);
    refuses("upgrade-node-away", "n3");
  }

  @Test
  void shouldRefuseWhileANodeDoesNotTellOfItself() {
    facts.put(N2, Optional.empty());
    refuses("upgrade-node-away", "n2");
  }

  @Test
  void shouldRefuseWhileADiskIsDownUnlessItIsGivenUp() {
    disks.set(0, disk(N1, "down", "serving"));
    refuses("upgrade-storage-unhealthy", "/dev/sdb of n1");
    disks.set(0, disk(N1, "down", "absent"));
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseWhileAVolumeIsDegraded() {
    volumes.set(0, volume("degraded"));
    refuses("upgrade-storage-unhealthy", "v1 is degraded");
  }

  @Test
  void shouldRefuseUntilAllNodesHaveThePackage() {
    facts.put(N3, Optional.of(facts("0.1.0", 1L << 40, true, Set.of())));
    refuses("upgrade-package-missing", "n3");
  }

  @Test
  void shouldRefuseWhereANodeHasAnotherVersion() {
    facts.put(N2, Optional.of(facts("0.0.9", 1L << 40, true, Set.of(DIGEST))));
    refuses("upgrade-from-unsupported", "n2", "0.0.9");
    facts.put(N2, Optional.of(facts("0.1.1", 1L << 40, true, Set.of(DIGEST))));
    refuses("upgrade-downgrade", "n2");
  }

  @Test
  void shouldRefuseWithoutRoom() {
    long neededBytes = 2 * SIZE_BYTES + Plan.RESERVE_BYTES;
    facts.put(N1, Optional.of(facts("0.1.0", neededBytes, true, Set.of(DIGEST))));
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
    facts.put(N1, Optional.of(facts("0.1.0", neededBytes - 1, true, Set.of(DIGEST))));
    refuses("upgrade-no-space", "n1", "276 MiB are needed");
  }

  @Test
  void shouldRefuseToRestartWhatNobodyStartsAgain() {
    facts.put(N2, Optional.of(facts("0.1.0", 1L << 40, false, Set.of(DIGEST))));
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
    exchange = Exchange.RESTART;
    refuses("upgrade-node-unattended", "n2");
  }

  @Test
  void shouldRefuseToMissANodeThatVolumesCanNotDoWithout() {
    failureDomain = "disk";
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
    exchange = Exchange.RESTART;
    refuses("upgrade-protection-too-low", "default");
    failureDomain = "node";
    members.remove(2);
    refuses("upgrade-protection-too-low", "2 nodes");
    volumes.clear();
    assertThatCode(() -> plan().require()).doesNotThrowAnyException();
  }
}
