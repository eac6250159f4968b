package io.aerie.cluster.node.pki;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;

/**
 * Certificates that are refused though a trusted CA signed them.
 *
 * @param keys fingerprints of public keys, in whatever certificate
 * @param serials of certificates, hexadecimal
 */
public record Refused(Set<String> keys, Set<String> serials) {
  /** Nobody. */
  public static final Refused NONE = new Refused(Set.of(), Set.of());

  public Refused {
    keys = Set.copyOf(keys);
    serials = Set.copyOf(serials);
  }

  /** Whether it is one of them. */
  public boolean refuses(X509Certificate certificate) {
    return keys.contains(Keys.fingerprint(certificate.getPublicKey().getEncoded()))
        || serials.contains(certificate.getSerialNumber().toString(16));
  }

  void check(X509Certificate[] chain) throws CertificateException {
    if (refuses(chain[0])) {
      throw new CertificateException(
          chain[0].getSubjectX500Principal() + " was removed from the cluster");
    }
  }
}
