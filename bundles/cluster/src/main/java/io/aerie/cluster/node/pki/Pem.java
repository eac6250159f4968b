package io.aerie.cluster.node.pki;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Textual encodings (RFC 7468) of certificates, PKCS 8 keys and PKCS 10 requests. */
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String REQUEST = "CERTIFICATE REQUEST";

  /** Where a key of {@link #of(PrivateKey)} begins. */
  public static final String BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";

  private Pem() {}

  /** A certificate's text. */
  public static String of(X509Certificate certificate) throws CertificateException {
    return encode(CERTIFICATE, certificate.getEncoded());
  }

  /** A chain's text. */
  public static String of(List<X509Certificate> chain) throws CertificateException {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      text.append(of(certificate));
    }
    return text.toString();
  }

  /** A key's text, unencrypted PKCS 8. */
  public static String of(PrivateKey key) {
    return encode(PRIVATE_KEY, key.getEncoded());
  }

  static String ofRequest(byte[] der) {
    return encode(REQUEST, der);
  }

  static byte[] request(String text) throws GeneralSecurityException {
    return decode(REQUEST, text);
  }

  /** The certificate of a text. */
  public static X509Certificate certificate(String text) throws GeneralSecurityException {
    byte[] der = decode(CERTIFICATE, text);
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  /** All certificates of a text, in its order. */
  public static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
    return PemReader.chain(text);
  }

  /** The elliptic curve key of a text. */
  public static PrivateKey privateKey(String text) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(decode(PRIVATE_KEY, text)));
  }

  private static String encode(String label, byte[] der) {
    Base64.Encoder base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + label
        + "-----\n"
        + base64.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** The first block with the label. */
  private static byte[] decode(String label, String text) throws GeneralSecurityException {
    String begin = "-----BEGIN " + label + "-----";
    int start = text.indexOf(begin);
    int end = text.indexOf("-----END " + label + "-----");
    if (start < 0 || end < start) {
      throw new GeneralSecurityException("no PEM block '" + label + "'");
    }
    try {
      return Base64.getMimeDecoder().decode(text.substring(start + begin.length(), end).strip());
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("the PEM block '" + label + "' is not base64", e);
    }
  }
}
