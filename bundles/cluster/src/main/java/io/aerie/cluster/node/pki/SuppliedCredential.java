package io.aerie.cluster.node.pki;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Judges a certificate that an administrator supplies, before any client can meet it. */
public final class SuppliedCredential {
  /** Each handshake sends the whole chain. */
  private static final int CHAIN_MAX = 10;

  private static final int PEM_CHARACTERS_MAX = 64 * 1024;
  private static final int RSA_BITS_MIN = 2_048;
  private static final int RSA_BITS_MAX = 8_192;
  private static final int CURVE_BITS_MIN = 256;
  private static final String SERVER = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private SuppliedCredential() {}

  /**
   * A credential that clients can accept, if they trust its authority.
   *
   * @throws AerieException CERTIFICATE_MALFORMED, CERTIFICATE_UNSUITABLE, CERTIFICATE_TOO_WEAK,
   *     CERTIFICATE_KEY_MISMATCH, CERTIFICATE_CHAIN_BROKEN, CERTIFICATE_EXPIRED
   */
  public static Credential of(String chainPem, String keyPem, Clock clock) {
    Credential credential = read(chainPem, keyPem);
    checkKind(credential);
    checkKey(credential);
    checkOrder(credential.chain());
    checkPurpose(credential.certificate());
    checkStrength(credential.chain());
    checkTime(credential.chain(), clock.instant());
    return credential;
  }

  /** Reads without judging, what was judged once: it may have expired since. */
  public static Credential read(String chainPem, String keyPem) {
    if (chainPem.length() > PEM_CHARACTERS_MAX || keyPem.length() > PEM_CHARACTERS_MAX) {
      throw refusal(
          ErrorCode.CERTIFICATE_MALFORMED, "Chain and key have at most 64 KiB each.", null);
    }
    try {
      List<X509Certificate> chain = PemReader.chain(chainPem);
      PrivateKey key = PemReader.key(keyPem);
      if (chain.size() > CHAIN_MAX) {
        throw refusal(
            ErrorCode.CERTIFICATE_MALFORMED,
            "A chain has at most " + CHAIN_MAX + " certificates, this one has " + chain.size(),
            null);
      }
      return new Credential(key, chain);
    } catch (GeneralSecurityException e) {
      throw refusal(ErrorCode.CERTIFICATE_MALFORMED, String.valueOf(e.getMessage()), e);
    }
  }

  private static void checkPurpose(X509Certificate certificate) {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      boolean[] uses = certificate.getKeyUsage();
      if (certificate.getBasicConstraints() >= 0) {
        throw unsuitable("The first certificate is an authority's, not a server's.");
      }
      if (purposes != null && !purposes.contains(SERVER) && !purposes.contains(ANY_PURPOSE)) {
        throw unsuitable("The certificate isn't for servers (extended key usage).");
      }
      if (uses != null && !uses[0]) {
        throw unsuitable("The certificate isn't for digital signatures (key usage).");
      }
    } catch (CertificateParsingException e) {
      throw refusal(ErrorCode.CERTIFICATE_MALFORMED, String.valueOf(e.getMessage()), e);
    }
    if (CertificateNames.of(certificate).isEmpty()) {
      throw unsuitable(
          "It names no host or address (subject alternative name), so no client accepts it.");
    }
  }

  private static void checkKind(Credential credential) {
    String kind = credential.key().getAlgorithm();
    if (!kind.equals("RSA") && !kind.equals("EC")) {
      throw unsuitable("The key is neither RSA nor of an elliptic curve, but " + kind + ".");
    }
  }

  private static void checkStrength(List<X509Certificate> chain) {
    for (X509Certificate certificate : chain) {
      int bits = Keys.bits(certificate.getPublicKey());
      boolean rsa = certificate.getPublicKey().getAlgorithm().equals("RSA");
      if (bits > 0 && bits < (rsa ? RSA_BITS_MIN : CURVE_BITS_MIN)) {
        throw tooWeak(certificate, "has a key of " + Keys.describe(certificate.getPublicKey()));
      }
      if (rsa && bits > RSA_BITS_MAX) {
        throw unsuitable("RSA keys have at most 8192 bits: each handshake would take too long.");
      }
      String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
      boolean root = isIssuedBy(certificate, certificate);
      if (!root && (signature.startsWith("SHA1") || signature.startsWith("MD"))) {
        throw tooWeak(certificate, "is signed with " + certificate.getSigAlgName());
      }
    }
  }

  private static void checkKey(Credential credential) {
    List<X509Certificate> chain = credential.chain();
    if (fits(credential.key(), chain.get(0))) {
      return;
    }
    boolean later = chain.stream().anyMatch(certificate -> fits(credential.key(), certificate));
    throw later
        ? broken("The certificate of the key is not the first of the chain.")
        : refusal(
            ErrorCode.CERTIFICATE_KEY_MISMATCH,
            "The key is not that of " + name(chain.get(0)) + ".",
            null);
  }

  private static boolean fits(PrivateKey key, X509Certificate certificate) {
    try {
      return Keys.belongTogether(key, certificate.getPublicKey());
    } catch (GeneralSecurityException e) {
      // a key that can't sign what this certificate verifies is not its key
      return false;
    }
  }

  private static void checkOrder(List<X509Certificate> chain) {
    for (int index = 1; index < chain.size(); index++) {
      X509Certificate subject = chain.get(index - 1);
      X509Certificate issuer = chain.get(index);
      if (!isIssuedBy(subject, issuer)) {
        throw broken(
            "Certificate "
                + (index + 1)
                + " ("
                + name(issuer)
                + ") did not issue the one before ("
                + name(subject)
                + ").");
      }
      if (issuer.getBasicConstraints() < 0) {
        throw broken(name(issuer) + " is no authority.");
      }
    }
  }

  private static boolean isIssuedBy(X509Certificate subject, X509Certificate issuer) {
    if (!subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      subject.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      // the name is right and the signature isn't: another authority of the same name
      return false;
    }
  }

  private static void checkTime(List<X509Certificate> chain, Instant now) {
    for (X509Certificate certificate : chain) {
      if (now.isAfter(certificate.getNotAfter().toInstant())
          || now.isBefore(certificate.getNotBefore().toInstant())) {
        throw refusal(
            ErrorCode.CERTIFICATE_EXPIRED,
            name(certificate)
                + " is valid from "
                + certificate.getNotBefore().toInstant()
                + " to "
                + certificate.getNotAfter().toInstant()
                + ", and now it is "
                + now
                + ".",
            null);
      }
    }
  }

  private static String name(X509Certificate certificate) {
    return "'" + certificate.getSubjectX500Principal().getName() + "'";
  }

  private static AerieException tooWeak(X509Certificate certificate, String why) {
    return refusal(ErrorCode.CERTIFICATE_TOO_WEAK, name(certificate) + " " + why + ".", null);
  }

  private static AerieException unsuitable(String why) {
    return refusal(ErrorCode.CERTIFICATE_UNSUITABLE, why, null);
  }

  private static AerieException broken(String why) {
    return refusal(ErrorCode.CERTIFICATE_CHAIN_BROKEN, why, null);
  }

  private static AerieException refusal(ErrorCode code, String why, Exception cause) {
    return new AerieException(
        code,
        "The certificate can't be used",
        why,
        switch (code) {
          case CERTIFICATE_KEY_MISMATCH -> "Send the key that the certificate was asked for with.";
          case CERTIFICATE_CHAIN_BROKEN ->
              "Put the server's certificate first, and after each the one that issued it.";
          case CERTIFICATE_EXPIRED -> "Get a valid one; if this one is, correct the node's clock.";
          case CERTIFICATE_TOO_WEAK ->
              "Get one for RSA of 2048 bits or more, or a curve of 256 or more, signed with SHA-2.";
          case CERTIFICATE_UNSUITABLE -> "Get one for a server, with its names.";
          default -> "Send PEM: certificates as the chain, one unencrypted key.";
        },
        cause);
  }
}
