package io.aerie.upgrade.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.testing.TestNetwork;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.MemoryConfigStore;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import io.aerie.upgrade.apply.cluster.NodeFacts;
import io.aerie.upgrade.apply.cluster.Peers;
import io.aerie.upgrade.apply.exchange.LocalHealth;
import io.aerie.upgrade.apply.exchange.Services;
import io.aerie.upgrade.apply.node.PackageStore;
import io.aerie.upgrade.apply.run.Documents;
import io.aerie.upgrade.apply.run.Run;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import io.aerie.upgrade.apply.run.Run.State;
import io.aerie.upgrade.make.TestDistribution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: packages reach all nodes and nothing else does. Method: two nodes' real stores. */
class ClusterUpgradesTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  @TempDir Path folder;
  private final MemoryConfigStore store = new MemoryConfigStore();
  private final TestNetwork network = new TestNetwork();
  private TestPackages test;
  private PackageStore others;
  private Services othersServices;
  private ClusterUpgrades upgrades;

  @BeforeEach
  void makeNodes() throws IOException {
    test = new TestPackages(folder);
    others = new PackageStore(folder.resolve("n2"), test.releases::pinnedKey, inTenMinutes());
    Services services = services(N1, test.packages);
    othersServices = services(N2, others);
    upgrades =
        new ClusterUpgrades(
            services,
            test.packages,
            test.releases,
            new LocalHealth(new Member(N1, Map.of()), services),
            Clock.systemUTC(),
            ForkJoinPool.commonPool());
  }

  private static Clock inTenMinutes() {
    return Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10));
  }

  private Services services(NodeId self, PackageStore packages) {
    Services services = new Services();
    services.set(ConfigStore.class, store);
    services.set(Messages.class, network.of(self));
    services.set(Membership.class, new BothReached());
    var unused =
        new Peers(network.of(self))
            .answer(() -> facts(packages), packages, ForkJoinPool.commonPool());
    return services;
  }

  private NodeFacts facts(PackageStore packages) {
    return new NodeFacts(
        test.releases.current().version(), "distribution", Set.of(), 1, true, packages.digests());
  }

  private static final class BothReached implements Membership {
    @Override
    public Member self() {
      return new Member(N1, Map.of());
    }

    @Override
    public List<MemberView> members() {
      return List.of(
          new MemberView(new Member(N1, Map.of()), true),
          new MemberView(new Member(N2, Map.of()), true));
    }

    @Override
    public Subscription listen(Consumer<MembershipEvent> listener) {
      return () -> {};
    }

    @Override
    public void forget(Set<NodeId> removed) {}
  }

  /** A package that no node has yet. */
  private byte[] made(String version, String code) throws IOException {
    Path after = test.distribution(version, code, "one");
    return Files.readAllBytes(test.make(test.home(), after));
  }

  private PackageView upload(byte[] content) {
    return upgrades.upload(new ByteArrayInputStream(content)).join();
  }

  private ErrorCode refusal(byte[] content) {
    CompletableFuture<PackageView> refused = upgrades.upload(new ByteArrayInputStream(content));
    return refused.handle((view, failure) -> ((AerieException) failure).code()).join();
  }

  @Test
  void shouldBringAPackageToAllNodes() throws IOException {
    byte[] code = new byte[1 << 20];
    new Random(1).nextBytes(code);
    byte[] whole = made("0.1.1", HexFormat.of().formatHex(code));
    assertThat(whole).as("more than one message").hasSizeGreaterThan(1 << 20);
    PackageView kept = upload(whole);
    assertThat(kept.id()).isEqualTo("0.1.1");
    assertThat(kept.from()).containsExactly("0.1.0");
    assertThat(kept.nodes()).containsExactly(N1);
    assertThat(others.digests()).isEmpty();

    new PackageFetcher(N2, othersServices, others).fetch(store);

    assertThat(others.find(kept.sha256()).orElseThrow().file()).hasBinaryContent(whole);
    assertThat(upgrades.packages().join().get(0).nodes()).containsExactly(N1, N2);
    assertThat(upload(whole).revision()).as("once more").isEqualTo(kept.revision());
  }

  @Test
  void shouldKeepNothingOfWhatIsRefused() throws IOException {
    byte[] whole = made("0.1.1", "two");
    assertThat(refusal(Arrays.copyOf(whole, whole.length - 1)))
        .isEqualTo(ErrorCode.PACKAGE_DAMAGED);
    assertThat(test.packages.digests()).isEmpty();
    assertThat(store.listLocal("upgrade")).isEmpty();

    var unused = upload(whole);
    assertThat(refusal(made("0.1.1", "three"))).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(test.packages.digests()).hasSize(1);
  }

  @Test
  void shouldCheckAFileByWhatTheNodeRuns() throws IOException {
    byte[] whole = made("0.1.1", "two");
    PackageView checked = upgrades.check(new ByteArrayInputStream(whole));
    assertThat(checked.id()).isEqualTo("0.1.1");
    assertThat(checked.sizeBytes()).isEqualTo(whole.length);
    assertThat(test.releases.packages()).as("nothing is kept").isEmptyDirectory();
    Path file = Files.write(folder.resolve("checked.kar"), whole);
    test.releases.arm(test.releases.compose(test.take(file)));
    assertThat(
            catchThrowableOfType(
                    AerieException.class, () -> upgrades.check(new ByteArrayInputStream(whole)))
                .code())
        .isEqualTo(ErrorCode.UPGRADE_DOWNGRADE);
    assertThat(store.listLocal("upgrade")).isEmpty();
  }

  @Test
  void shouldFetchOnlyWhatItCanVerify() throws IOException {
    PackageView kept = upload(made("0.1.1", "two"));
    PackageStore strict =
        new PackageStore(
            folder.resolve("strict"), () -> TestDistribution.keys().getPublic(), Clock.systemUTC());
    new PackageFetcher(N2, othersServices, strict).fetch(store);
    assertThat(strict.digests()).doesNotContain(kept.sha256()).isEmpty();
  }

  /** Files that came a moment ago stay: a package is kept before the cluster hears of it. */
  @Test
  void shouldRemoveWhatWasDeleted() throws IOException {
    PackageView kept = upload(made("0.1.1", "two"));
    PackageFetcher fetcher = new PackageFetcher(N2, othersServices, others);
    fetcher.fetch(store);
    assertThat(refused(upgrades.delete("0.1.1", OptionalLong.of(99), false)))
        .isEqualTo(ErrorCode.PRECONDITION_FAILED);
    assertThat(upgrades.delete("0.1.1", OptionalLong.empty(), true).join().id()).isEqualTo("0.1.1");
    fetcher.fetch(store);
    assertThat(others.digests()).as("nothing happened").hasSize(1);

    upgrades.delete("0.1.1", OptionalLong.of(kept.revision()), false).join();
    fetcher.fetch(store);
    assertThat(others.digests()).isEmpty();
    new PackageFetcher(N1, othersServices, test.packages).fetch(store);
    assertThat(test.packages.digests()).as("it came a moment ago").hasSize(1);
    assertThat(refused(upgrades.delete("0.1.1", OptionalLong.empty(), false)))
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldNotDeleteWhatNodesAreTaking() throws IOException {
    PackageView kept = upload(made("0.1.1", "two"));
    begin(kept.sha256());
    assertThat(refused(upgrades.delete("0.1.1", OptionalLong.empty(), false)))
        .isEqualTo(ErrorCode.UPGRADE_UNDER_WAY);
    assertThat(store.listLocal(Documents.PACKAGES)).hasSize(1);
  }

  private void begin(String sha256) {
    Run run =
        new Run(
            "id",
            sha256,
            "0.1.1",
            "0.1.0",
            Exchange.SWAP,
            Direction.FORWARD,
            State.RUNNING,
            "",
            Instant.EPOCH,
            List.of(Part.of(N1)),
            0);
    store.commit(new ConfigTransaction(List.of(), List.of(Documents.put(run)))).join();
  }

  @Test
  void shouldSteerARunOnlyWhereThatHasASense() {
    assertThat(refused(upgrades.pause())).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    begin("a".repeat(64));

    assertThat(refused(upgrades.resume())).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    assertThat(upgrades.pause().join().state()).isEqualTo("paused");
    assertThat(upgrades.resume().join().state()).isEqualTo("running");
    assertThat(upgrades.rollBack().join().direction()).isEqualTo("back");
    assertThat(refused(upgrades.rollBack())).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    assertThat(upgrades.run().orElseThrow().why()).isNotEmpty();
  }

  private static ErrorCode refused(CompletableFuture<?> future) {
    return future.handle((view, failure) -> ((AerieException) failure.getCause()).code()).join();
  }
}
