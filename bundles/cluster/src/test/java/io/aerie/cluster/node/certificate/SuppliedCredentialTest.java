package io.aerie.cluster.node.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.node.pki.Credential;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.cluster.node.pki.SuppliedCredential;
import java.io.StringWriter;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each way in which a certificate can be wrong has its code, and nothing of a key is ever told. */
class SuppliedCredentialTest {
  private static TestAuthority authority;
  private static KeyPair keys;
  private static X509Certificate good;

  @BeforeAll
  static void make() throws Exception {
    authority = new TestAuthority("authority");
    keys = Keys.make(new SecureRandom());
    good = authority.server(keys, 30, "aerie.example");
  }

  private static Credential judge(List<X509Certificate> chain, KeyPair pair) throws Exception {
    return SuppliedCredential.of(
        "some text before\n" + Pem.of(chain), Pem.of(pair.getPrivate()), Clock.systemUTC());
  }

  private static void assertRefused(ErrorCode code, List<X509Certificate> chain, KeyPair pair)
      throws Exception {
    assertRefused(code, Pem.of(chain), Pem.of(pair.getPrivate()));
  }

  private static void assertRefused(ErrorCode code, String chain, String key) {
    assertThatThrownBy(() -> SuppliedCredential.of(chain, key, Clock.systemUTC()))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code()).as(refusal.describe()).isEqualTo(code);
              String[] lines = key.split("\n");
              assertThat(refusal.describe() + refusal.getCause())
                  .doesNotContain(lines[lines.length / 2]);
            });
  }

  @Test
  void shouldTakeAChainWithAndWithoutItsRoot() throws Exception {
    assertThat(judge(List.of(good), keys).chain()).containsExactly(good);
    assertThat(judge(List.of(good, authority.certificate()), keys).chain()).hasSize(2);
    KeyPair rsa = TestAuthority.rsa(2_048);
    assertThat(judge(List.of(authority.server(rsa, 30, "192.0.2.1")), rsa).toString())
        .isEqualTo("Credential[CN=server]");
  }

  @Test
  void shouldTakeKeysAsOtherProgramsWriteThem() throws Exception {
    KeyPair rsa = TestAuthority.rsa(2_048);
    X509Certificate certificate = authority.server(rsa, 30, "aerie.example");
    StringWriter rsaText = new StringWriter();
    try (PemWriter writer = new PemWriter(rsaText)) {
      writer.writeObject(new JcaMiscPEMGenerator(rsa.getPrivate()));
    }
    assertThat(rsaText.toString()).contains("BEGIN RSA PRIVATE KEY");
    assertThat(
            SuppliedCredential.of(Pem.of(certificate), rsaText.toString(), Clock.systemUTC()).key())
        .isEqualTo(rsa.getPrivate());
    // as openssl does: the curve's name in a block before, and in the key itself
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
    ECPrivateKey inner = ECPrivateKey.getInstance(info.parsePrivateKey());
    ASN1Encodable curve = info.getPrivateKeyAlgorithm().getParameters();
    StringWriter curveText = new StringWriter();
    try (PemWriter writer = new PemWriter(curveText)) {
      writer.writeObject(new PemObject("EC PARAMETERS", curve.toASN1Primitive().getEncoded()));
      writer.writeObject(
          new PemObject(
              "EC PRIVATE KEY", new ECPrivateKey(256, inner.getKey(), curve).getEncoded()));
    }
    Credential read = SuppliedCredential.of(Pem.of(good), curveText.toString(), Clock.systemUTC());
    assertThat(((java.security.interfaces.ECPrivateKey) read.key()).getS())
        .isEqualTo(((java.security.interfaces.ECPrivateKey) keys.getPrivate()).getS());
  }

  @Test
  void shouldTakeTheSameWhereSshHasRegisteredBouncyCastle() throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    try {
      shouldTakeAChainWithAndWithoutItsRoot();
      shouldTakeKeysAsOtherProgramsWriteThem();
    } finally {
      Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
    }
  }

  @Test
  void shouldRefuseWhatIsNoCertificateOrKey() throws Exception {
    String key = Pem.of(keys.getPrivate());
    assertRefused(ErrorCode.CERTIFICATE_MALFORMED, "nonsense\n1\n2", key);
    assertRefused(ErrorCode.CERTIFICATE_MALFORMED, Pem.of(good), "nonsense\nnobody reads\n2");
    assertRefused(ErrorCode.CERTIFICATE_MALFORMED, key, key);
    assertRefused(ErrorCode.CERTIFICATE_MALFORMED, Pem.of(good), key + key);
    String text = Pem.of(good);
    assertRefused(
        ErrorCode.CERTIFICATE_MALFORMED, text.substring(0, 100) + text.substring(165), key);
    assertRefused(ErrorCode.CERTIFICATE_MALFORMED, text.repeat(200), key);
  }

  @Test
  void shouldRefuseAKeyOfAnother() throws Exception {
    KeyPair other = Keys.make(new SecureRandom());
    assertRefused(ErrorCode.CERTIFICATE_KEY_MISMATCH, List.of(good), other);
    assertRefused(ErrorCode.CERTIFICATE_KEY_MISMATCH, List.of(good), TestAuthority.rsa(2_048));
  }

  @Test
  void shouldRefuseAChainOutOfOrder() throws Exception {
    assertRefused(ErrorCode.CERTIFICATE_CHAIN_BROKEN, List.of(authority.certificate(), good), keys);
    TestAuthority sameName = new TestAuthority("authority");
    assertRefused(ErrorCode.CERTIFICATE_CHAIN_BROKEN, List.of(good, sameName.certificate()), keys);
    assertRefused(ErrorCode.CERTIFICATE_CHAIN_BROKEN, List.of(good, good), keys);
  }

  @Test
  void shouldRefuseWhatIsExpired() throws Exception {
    assertRefused(
        ErrorCode.CERTIFICATE_EXPIRED, List.of(authority.server(keys, 0, "a.example")), keys);
  }

  @Test
  void shouldRefuseWhatIsTooWeak() throws Exception {
    KeyPair weak = TestAuthority.rsa(1_024);
    assertRefused(
        ErrorCode.CERTIFICATE_TOO_WEAK, List.of(authority.server(weak, 30, "a.example")), weak);
    X509Certificate sha1 =
        authority.sign(
            "server",
            keys,
            false,
            List.of("a.example"),
            KeyPurposeId.id_kp_serverAuth,
            30,
            "SHA1withRSA");
    assertRefused(ErrorCode.CERTIFICATE_TOO_WEAK, List.of(sha1), keys);
  }

  @Test
  void shouldRefuseWhatNoClientWouldAccept() throws Exception {
    assertRefused(
        ErrorCode.CERTIFICATE_UNSUITABLE, List.of(authority.certificate()), authority.keys());
    assertRefused(ErrorCode.CERTIFICATE_UNSUITABLE, List.of(authority.server(keys, 30)), keys);
    X509Certificate client =
        authority.sign(
            "server",
            keys,
            false,
            List.of("a.example"),
            KeyPurposeId.id_kp_clientAuth,
            30,
            "SHA256withRSA");
    assertRefused(ErrorCode.CERTIFICATE_UNSUITABLE, List.of(client), keys);
  }
}
