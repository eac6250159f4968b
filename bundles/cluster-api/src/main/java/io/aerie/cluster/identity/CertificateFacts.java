package io.aerie.cluster.identity;

import java.time.Instant;
import java.util.List;

/**
 * What people want to know of a certificate (RFC 5280).
 *
 * @param subject distinguished name
 * @param issuer distinguished name
 * @param serial hexadecimal
 * @param fingerprint SHA-256 of the certificate (DER), lower case hexadecimal
 * @param notBefore good from here
 * @param notAfter to here
 * @param names host names and addresses (subject alternative names)
 * @param key kind and strength: {@code EC 256}
 * @param pem the certificate and those after it in its chain, PEM
 */
public record CertificateFacts(
    String subject,
    String issuer,
    String serial,
    String fingerprint,
    Instant notBefore,
    Instant notAfter,
    List<String> names,
    String key,
    String pem) {
  public CertificateFacts {
    names = List.copyOf(names);
  }
}
