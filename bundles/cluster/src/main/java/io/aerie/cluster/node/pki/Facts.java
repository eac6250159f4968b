package io.aerie.cluster.node.pki;

import io.aerie.cluster.identity.CertificateFacts;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Certificates as people see them. */
public final class Facts {
  private Facts() {}

  /** Of the first of a chain. */
  public static CertificateFacts of(List<X509Certificate> chain) {
    X509Certificate certificate = chain.get(0);
    try {
      return new CertificateFacts(
          certificate.getSubjectX500Principal().getName(),
          certificate.getIssuerX500Principal().getName(),
          certificate.getSerialNumber().toString(16),
          Keys.fingerprint(certificate.getEncoded()),
          certificate.getNotBefore().toInstant(),
          certificate.getNotAfter().toInstant(),
          CertificateNames.of(certificate),
          Keys.describe(certificate.getPublicKey()),
          Pem.of(chain));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }
}
