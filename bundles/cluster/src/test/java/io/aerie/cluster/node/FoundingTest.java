package io.aerie.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.node.identity.IdentityFolder;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.config.MemoryConfigStore;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first node: what it makes, that it comes back as the same, and what it does when it can't.
 */
@Timeout(60)
class FoundingTest {
  private static final Clock CLOCK = Clock.systemUTC();
  @TempDir private Path folder;

  private Map<String, String> values(String mode) {
    return Map.of("mode", mode, "data", folder.resolve("d").toString(), "host", "127.0.0.1");
  }

  private ClusterIdentity found() throws InterruptedException {
    try (TestNode node = new TestNode(CLOCK)) {
      node.configure(values("found"));
      return node.awaitPublished().identity();
    }
  }

  @Test
  void shouldMakeACertificateAuthorityAndTheNodesCertificate() throws Exception {
    ClusterIdentity identity = found();
    assertThat(identity.founder()).isTrue();
    assertThat(identity.seeds()).isEmpty();
    X509Certificate authority = Pem.certificate(Files.readString(identity.tls().caPem()));
    assertThat(authority.getBasicConstraints()).isZero();
    assertThat(authority.getKeyUsage()[5]).as("keyCertSign").isTrue();
    authority.checkValidity(java.util.Date.from(CLOCK.instant().plus(Duration.ofDays(3_600))));

    List<X509Certificate> chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(Files.readAllBytes(identity.tls().certificateChainPem())))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    assertThat(chain).hasSize(2).last().isEqualTo(authority);
    X509Certificate node = chain.get(0);
    node.verify(authority.getPublicKey());
    assertThat(node.getSubjectX500Principal().getName()).isEqualTo("CN=n1");
    assertThat(node.getBasicConstraints()).isEqualTo(-1);
    assertThat(node.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(node.getSubjectAlternativeNames())
        .extracting(name -> (Object) name.get(1))
        .containsExactlyInAnyOrder("127.0.0.1", "n1", "localhost");
  }

  @Test
  void shouldKeepItsFilesToItself() throws Exception {
    found();
    assertThat(mode(folder.resolve("d"))).isEqualTo("rwx------");
    assertThat(mode(folder.resolve("d/cluster"))).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(folder.resolve("d/cluster"))) {
      assertThat(files.toList())
          .hasSize(8)
          .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
    }
  }

  private static String mode(Path path) throws java.io.IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void shouldComeBackAsTheSameWhateverTheModeSays() throws Exception {
    ClusterIdentity first = found();
    try (TestNode node = new TestNode(CLOCK)) {
      node.configure(values("wait"));
      ClusterIdentity second = node.awaitPublished().identity();
      assertThat(second.clusterId()).isEqualTo(first.clusterId());
      assertThat(second.founder()).isTrue();
      assertThat(second.tls().storePassword()).isEqualTo(first.tls().storePassword());
    }
  }

  @Test
  void shouldWaitUntilItIsTold() throws Exception {
    try (TestNode node = new TestNode(CLOCK)) {
      node.configure(values("wait"));
      node.configure(values("found"));
      assertThat(node.awaitPublished().identity().founder()).isTrue();
      assertThat(node.isPublished()).isFalse();
    }
  }

  @Test
  void shouldStartAnewWithANewCertificateWhenItsHostChanges() throws Exception {
    try (TestNode node = new TestNode(CLOCK)) {
      node.configure(values("found"));
      ClusterIdentity first = node.awaitPublished().identity();
      byte[] before = Files.readAllBytes(first.tls().certificateChainPem());
      node.configure(
          Map.of("mode", "wait", "data", folder.resolve("d").toString(), "host", "127.0.0.2"));
      assertThat(node.awaitWithdrawn()).isSameAs(first);
      ClusterIdentity second = node.awaitPublished().identity();
      assertThat(second.self().endpoint(Service.DATA).host()).isEqualTo("127.0.0.2");
      byte[] after = Files.readAllBytes(second.tls().certificateChainPem());
      assertThat(after).isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"identity", "node-key.pem", "node.pem", "ca.pem", "ca-key.pem", "members.json"})
  void shouldTellClearlyThatItsIdentityIsDamaged(String file) throws Exception {
    found();
    Path path = folder.resolve("d/cluster").resolve(file);
    byte[] good = Files.readAllBytes(path);
    Files.write(path, java.util.Arrays.copyOf(good, good.length / 2));
    assertCorrupt();
    Files.delete(path);
    assertCorrupt();
  }

  private void assertCorrupt() {
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            AerieException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.CORRUPT);
              assertThat(failure.describe()).contains("d/cluster");
            });
    assertThat(folder.resolve("d/cluster")).exists();
  }

  private StoredIdentity open() throws Exception {
    IdentityFolder identityFolder = new IdentityFolder(folder.resolve("d"));
    identityFolder.prepare();
    return StoredIdentity.open(
        identityFolder, TestNode.settings(values("wait")).self(), CLOCK, new SecureRandom());
  }

  @Test
  void shouldRefuseAnotherNameThanItHas() throws Exception {
    found();
    Member other = TestNode.settings(Map.of("node", "n2")).self();
    assertThatThrownBy(
            () ->
                StoredIdentity.open(
                    new IdentityFolder(folder.resolve("d")), other, CLOCK, new SecureRandom()))
        .isInstanceOf(AerieException.class)
        .hasMessageContaining("'node' is 'n2' but this node is 'n1'");
  }

  @Test
  void shouldForgetAFoundingThatWasCutOff() throws Exception {
    Files.createDirectories(folder.resolve("d/cluster.new"));
    Files.writeString(folder.resolve("d/cluster.new/ca.pem"), "half");
    assertThat(found().founder()).isTrue();
    assertThat(folder.resolve("d/cluster.new")).doesNotExist();
  }

  @Test
  void shouldRememberMembersButNeverForgetTheLast() throws Exception {
    found();
    StoredIdentity identity = open();
    Member n2 = new Member(new NodeId("n2"), Map.of(Service.REST, new Endpoint("h2", 2)));
    Member n3 = new Member(new NodeId("n3"), Map.of(Service.REST, new Endpoint("h3", 3)));
    identity.memberSeen(n2);
    identity.memberSeen(n3);
    identity.memberSeen(identity.self());
    assertThat(open().seeds()).containsExactly(n2, n3);
    identity.memberLeft(n2);
    identity.memberLeft(n3);
    assertThat(open().seeds()).containsExactly(n3);
  }

  @Test
  void shouldWriteItsOwnRecordWhenConfigDbComes() throws Exception {
    MemoryConfigStore store = new MemoryConfigStore();
    CountDownLatch written = new CountDownLatch(1);
    store.watch("cluster/nodes/n1", 0, event -> written.countDown());
    try (TestNode node = new TestNode(CLOCK)) {
      node.configure(values("found"));
      node.awaitPublished();
      node.useStore(store);
      assertThat(written.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(store.documents().get("cluster/nodes/n1").json())
          .contains("\"REST\":\"127.0.0.1:8443\"", "certificateSerial", "joined")
          .doesNotContain("admission");
    }
  }
}
