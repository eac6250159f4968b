package io.aerie.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.node.admission.Invitation;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.Document;
import io.aerie.config.MemoryConfigStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that is founded with the CA that its nodes' tokens pin. */
@Timeout(60)
class InvitationTest {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final String HASH =
      Keys.fingerprint("the other node's secret".getBytes(StandardCharsets.UTF_8));
  private final SecureRandom random = new SecureRandom();
  @TempDir private Path folder;

  @Test
  void shouldFoundWithItsCertificateAuthorityAndItsTokens() throws Exception {
    CertificateAuthority authority = authority("a");
    MemoryConfigStore store = new MemoryConfigStore();
    try (TestNode node = new TestNode(CLOCK)) {
      node.configure(values(text(authority, authority, HASH)));
      node.useStore(store);
      NodeServices services = node.awaitPublished();
      assertThat(Files.readString(services.identity().tls().caPem()))
          .isEqualTo(Pem.of(authority.certificate()));
      services.admission().issueToken(Duration.ofMinutes(1));
    }
    assertThat(store.listLocal("cluster/tokens").stream().map(Document::path))
        .contains("cluster/tokens/" + HASH)
        .hasSize(2);
  }

  @Test
  void shouldNotGiveAUsedTokenBackAtTheNextStart() throws Exception {
    CertificateAuthority authority = authority("a");
    Map<String, String> values = values(text(authority, authority, HASH));
    MemoryConfigStore store = new MemoryConfigStore();
    found(values, store);
    store
        .commit(
            new ConfigTransaction(
                List.of(), List.of(new ConfigTransaction.Change.Delete("cluster/tokens/" + HASH))))
        .join();

    found(values, store);
    assertThat(store.listLocal("cluster/tokens").stream().map(Document::path))
        .doesNotContain("cluster/tokens/" + HASH);
  }

  @Test
  void shouldRefuseWhatDoesNotFitTogetherAndNotTellIt() throws Exception {
    CertificateAuthority authority = authority("a");
    assertRefused(text(authority, authority("b"), HASH));
    assertRefused(text(authority, authority, "no hash"));
    assertRefused("bm90aGluZw");
    assertThat(
            Invitation.parse(text(authority, authority, HASH)).toString()
                + TestNode.settings(values(text(authority, authority, HASH))))
        .doesNotContain(HASH, "PRIVATE");
  }

  private void found(Map<String, String> values, MemoryConfigStore store)
      throws InterruptedException {
    try (TestNode node = new TestNode(CLOCK)) {
      node.configure(values);
      node.useStore(store);
      node.awaitPublished();
    }
  }

  private void assertRefused(String text) {
    assertThatThrownBy(() -> TestNode.settings(values(text)))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_VALUE);
              assertThat(refusal.describe()).contains("invitation:").doesNotContain(text);
            });
  }

  private Map<String, String> values(String invitation) {
    return Map.of(
        "mode", "found", "data", folder.resolve("d").toString(), "invitation", invitation);
  }

  private CertificateAuthority authority(String name) throws GeneralSecurityException {
    return CertificateAuthority.make(name, name, 1, CLOCK, random);
  }

  private static String text(
      CertificateAuthority certificate, CertificateAuthority key, String hash)
      throws GeneralSecurityException {
    ObjectNode object = MemberJson.object();
    object.put("v", 1);
    object.put("ca", Pem.of(certificate.certificate()));
    object.put("caKey", Pem.of(key.key()));
    object.put("expires", CLOCK.instant().plus(Duration.ofDays(1)).toString());
    List.of(hash).forEach(object.putArray("tokens")::add);
    return Base64.getUrlEncoder()
        .encodeToString(object.toString().getBytes(StandardCharsets.UTF_8));
  }
}
