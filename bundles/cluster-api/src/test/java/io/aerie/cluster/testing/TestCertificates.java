package io.aerie.cluster.testing;

import io.aerie.cluster.identity.TlsMaterial;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A cluster's CA with certificates for nodes on loopback: ECDSA on P-256, valid for a day, subject
 * {@code CN=NODE}, alternative names NODE, localhost and 127.0.0.1, for clients and servers.
 */
public final class TestCertificates {
  private static final String PASSWORD = "fixture";

  static {
    // A known password needs no work against guessing; the default costs 0.1 s a store.
    for (String use : List.of("keyPbe", "certPbe", "mac")) {
      System.setProperty("keystore.pkcs12." + use + "IterationCount", "1");
    }
  }

  private final AtomicLong serial = new AtomicLong(1);
  private final KeyPair caKeys;
  private final X509Certificate ca;

  /** Makes a CA of its own: certificates of two instances don't trust each other. */
  public TestCertificates() throws GeneralSecurityException, IOException {
    caKeys = keys();
    ca = certificate("aerie-test-ca", caKeys, true);
  }

  /** Makes a node's key and certificate and writes all files that {@link TlsMaterial} names. */
  public TlsMaterial issue(String node, Path folder) throws GeneralSecurityException, IOException {
    Files.createDirectories(folder);
    KeyPair keys = keys();
    X509Certificate certificate = certificate(node, keys, false);
    KeyStore keyStore = KeyStore.getInstance("PKCS12");
    keyStore.load(null, null);
    keyStore.setKeyEntry(
        "node", keys.getPrivate(), PASSWORD.toCharArray(), new Certificate[] {certificate, ca});
    KeyStore trustStore = KeyStore.getInstance("PKCS12");
    trustStore.load(null, null);
    trustStore.setCertificateEntry("ca", ca);
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
    keyManagers.init(keyStore, PASSWORD.toCharArray());
    X509ExtendedKeyManager keyManager = (X509ExtendedKeyManager) keyManagers.getKeyManagers()[0];
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trustStore);
    X509ExtendedTrustManager trustManager =
        (X509ExtendedTrustManager) trustManagers.getTrustManagers()[0];
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keyManager}, new TrustManager[] {trustManager}, null);
    return new TlsMaterial(
        write(keyStore, folder.resolve("node.p12")),
        write(trustStore, folder.resolve("ca.p12")),
        PASSWORD,
        Files.writeString(
            folder.resolve("node.pem"),
            pem("CERTIFICATE", certificate.getEncoded()) + pem("CERTIFICATE", ca.getEncoded())),
        writeKey(keys.getPrivate(), folder.resolve("node.key")),
        Files.writeString(folder.resolve("ca.pem"), pem("CERTIFICATE", ca.getEncoded())),
        keyManager,
        trustManager,
        context);
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private X509Certificate certificate(String name, KeyPair keys, boolean authority)
      throws GeneralSecurityException, IOException {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=aerie-test-ca"),
            BigInteger.valueOf(serial.getAndIncrement()),
            Date.from(now.minus(1, ChronoUnit.HOURS)),
            Date.from(now.plus(1, ChronoUnit.DAYS)),
            new X500Name("CN=" + name),
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (authority) {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    } else {
      KeyPurposeId[] purposes = {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth};
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
      GeneralName[] names = {
        new GeneralName(GeneralName.dNSName, name),
        new GeneralName(GeneralName.dNSName, "localhost"),
        new GeneralName(GeneralName.iPAddress, "127.0.0.1")
      };
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(caKeys.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static Path write(KeyStore store, Path file)
      throws GeneralSecurityException, IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private static Path writeKey(PrivateKey key, Path file) throws IOException {
    return Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
  }

  /** Textual encoding of RFC 7468. */
  private static String pem(String label, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
