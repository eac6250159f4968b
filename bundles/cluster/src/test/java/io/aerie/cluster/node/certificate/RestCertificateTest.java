package io.aerie.cluster.node.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.RestCertificate.View;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.config.MemoryConfigStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which certificate REST shows to whom, on the node that was asked and on others. */
@Timeout(180)
class RestCertificateTest {
  @TempDir private Path folder;
  private final MemoryConfigStore store = new MemoryConfigStore();
  private TestMember first;
  private TestMember second;
  private KeyPair keys;
  private X509Certificate supplied;
  private SSLContext anything;

  @BeforeEach
  void start() throws Exception {
    var authority = TestMember.authority();
    first = TestMember.make("n1", folder.resolve("n1"), store, authority);
    second = TestMember.make("n2", folder.resolve("n2"), store, authority);
    keys = Keys.make(TestMember.RANDOM);
    supplied = new TestAuthority("other").server(keys, 30, "aerie.example", "*.wild.example");
    anything = SSLContext.getInstance("TLS");
    anything.init(null, new TrustManager[] {new TrustsAll()}, null);
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  private View set(boolean dryRun, OptionalLong expected) throws Exception {
    return first
        .restCertificate()
        .set(Pem.of(List.of(supplied)), Pem.of(keys.getPrivate()), expected, dryRun)
        .get();
  }

  private X509Certificate shown(TestMember member, String host) throws Exception {
    return Handshake.of(member.identity().restContext(), anything, Optional.ofNullable(host));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void shouldShowItOnAllNodesAndAfterARestart() throws Exception {
    View view = set(false, OptionalLong.of(0));
    assertThat(view.supplied().orElseThrow().names()).contains("aerie.example");
    for (TestMember member : List.of(first, second)) {
      await(() -> member.identity().supplied().isPresent());
      assertThat(shown(member, "aerie.example")).isEqualTo(supplied);
      assertThat(shown(member, "AERIE.example")).isEqualTo(supplied);
      assertThat(shown(member, "a.wild.example")).isEqualTo(supplied);
      assertThat(shown(member, "elsewhere.example")).isEqualTo(supplied);
    }
    second.stop();
    Path file = folder.resolve("n2/cluster/rest.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    // before ConfigDB is open
    second.start();
    assertThat(shown(second, "aerie.example")).isEqualTo(supplied);
  }

  @Test
  void shouldShowItsOwnWhereOnlyThatHasTheName() throws Exception {
    set(false, OptionalLong.empty());
    await(() -> first.identity().supplied().isPresent());
    X509Certificate own = first.identity().credential().certificate();
    // an address, which no client names, and the node's name
    assertThat(shown(first, null)).isEqualTo(own);
    assertThat(shown(first, "n1")).isEqualTo(own);
    assertThat(shown(first, "b.a.wild.example")).isEqualTo(supplied);
    supplied = new TestAuthority("other").server(keys, 30, "127.0.0.1", "n1");
    set(false, OptionalLong.empty());
    await(() -> first.identity().supplied().orElseThrow().certificate().equals(supplied));
    assertThat(shown(first, null)).isEqualTo(supplied);
    assertThat(shown(first, "n1")).isEqualTo(supplied);
    // nodes among themselves never show it
    assertThat(
            Handshake.mutual(first.identity().tls().context(), second.identity().tls().context()))
        .isEqualTo(own);
  }

  @Test
  void shouldGoBackToItsOwn() throws Exception {
    long revision = set(false, OptionalLong.empty()).revision();
    await(() -> second.identity().supplied().isPresent());
    assertCode(ErrorCode.PRECONDITION_FAILED, () -> reset(revision + 1, false));
    assertThat(reset(revision, true).supplied()).isEmpty();
    assertThat(first.restCertificate().view().supplied()).isPresent();
    reset(revision, false);
    await(() -> second.identity().supplied().isEmpty());
    assertThat(shown(second, "aerie.example"))
        .isEqualTo(second.identity().credential().certificate());
    assertThat(folder.resolve("n2/cluster/rest.pem")).doesNotExist();
    assertCode(ErrorCode.NOT_FOUND, () -> reset(0, false));
  }

  private View reset(long revision, boolean dryRun) throws Exception {
    return first.restCertificate().reset(OptionalLong.of(revision), dryRun).get();
  }

  @Test
  void shouldChangeNothingInADryRunOrAgainstARevision() throws Exception {
    set(true, OptionalLong.empty());
    assertCode(ErrorCode.PRECONDITION_FAILED, () -> set(false, OptionalLong.of(7)));
    assertThat(store.listLocal("security")).isEmpty();
  }

  private static void assertCode(
      ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .satisfies(
            failure -> {
              Throwable cause =
                  failure instanceof ExecutionException ? failure.getCause() : failure;
              assertThat(cause)
                  .isInstanceOfSatisfying(
                      AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
            });
  }

  /** A client that only looks. */
  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
