package io.aerie.cluster.node.pki;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A key and the chain that is shown with it.
 *
 * @param key fits the first certificate
 * @param chain the certificate, then its issuers
 */
public record Credential(PrivateKey key, List<X509Certificate> chain) {
  public Credential {
    chain = List.copyOf(chain);
  }

  /** The certificate of the key. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** Names exactly this one, whatever others there are: TLS asks for key and chain one by one. */
  String alias() {
    try {
      return Keys.fingerprint(certificate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  /** Whether TLS can use it where it asks for this kind of key: {@code EC}, {@code RSA}, ... */
  boolean isOf(String keyType) {
    // before TLS 1.3 some kinds are spelt KEY_SIGNATURE
    int underscore = keyType.indexOf('_');
    String kind = underscore < 0 ? keyType : keyType.substring(0, underscore);
    return key.getAlgorithm().equals(kind);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Credential[" + certificate().getSubjectX500Principal() + "]";
  }
}
