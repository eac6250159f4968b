package io.aerie.cluster.node.certificate;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority outside of the cluster, that signs whatever it is asked to. */
final class TestAuthority {
  private final String name;
  private final KeyPair keys;
  private final X509Certificate certificate;
  private long serial = 1;

  TestAuthority(String name) throws Exception {
    this.name = name;
    this.keys = rsa(2_048);
    this.certificate =
        sign(name, keys, true, List.of(), KeyPurposeId.id_kp_serverAuth, 1, "SHA256withRSA");
  }

  X509Certificate certificate() {
    return certificate;
  }

  KeyPair keys() {
    return keys;
  }

  static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /** For a server of these names, good for some days from yesterday on. */
  X509Certificate server(KeyPair subject, int days, String... names) throws Exception {
    return sign(
        "server",
        subject,
        false,
        List.of(names),
        KeyPurposeId.id_kp_serverAuth,
        days,
        "SHA256withRSA");
  }

  X509Certificate sign(
      String subject,
      KeyPair subjectKeys,
      boolean authority,
      List<String> names,
      KeyPurposeId purpose,
      int days,
      String signature)
      throws Exception {
    Instant from = Instant.now().minus(1, ChronoUnit.DAYS);
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + name),
            BigInteger.valueOf(serial++),
            Date.from(from),
            Date.from(from.plus(days, ChronoUnit.DAYS).plus(1, ChronoUnit.HOURS)),
            new X500Name("CN=" + subject),
            subjectKeys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!authority) {
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              names.stream()
                  .map(
                      value ->
                          new GeneralName(
                              value.matches("[0-9.]+|.*:.*")
                                  ? GeneralName.iPAddress
                                  : GeneralName.dNSName,
                              value))
                  .toArray(GeneralName[]::new)));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder(signature).build(keys.getPrivate())));
  }
}
