package io.aerie.cluster.node.pki;

import io.aerie.base.NodeId;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The cluster's own CA. Every member holds its key: each can admit, and who breaks into one has the
 * cluster anyway.
 *
 * @param certificate self-signed, 10 years, may sign nodes only (path length 0)
 * @param key its key
 */
public record CertificateAuthority(X509Certificate certificate, PrivateKey key) {
  static final String SIGNATURE = "SHA256withECDSA";
  private static final Duration AUTHORITY_LIFETIME = Duration.ofDays(3_653);
  private static final Duration NODE_LIFETIME = Duration.ofDays(825);

  /** Clocks of nodes differ; a certificate must be good on one that is behind. */
  private static final Duration CLOCK_DIFFERENCE_MAX = Duration.ofHours(24);

  private static final int SERIAL_BITS = 127;
  private static final Pattern DNS_NAME =
      Pattern.compile(
          "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");

  /**
   * A new CA.
   *
   * @param number 1 for a cluster's first; each has a name of its own, so that two are never mixed
   *     up while both are trusted
   */
  public static CertificateAuthority make(
      String clusterId, String clusterName, long number, Clock clock, SecureRandom random)
      throws GeneralSecurityException {
    KeyPair keys = Keys.make(random);
    X500Name name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, clusterName)
            .addRDN(BCStyle.CN, "Aerie CA " + clusterId + (number == 1 ? "" : " " + number))
            .build();
    Instant now = clock.instant();
    try {
      X509v3CertificateBuilder builder =
          builder(name, name, keys.getPublic(), now, AUTHORITY_LIFETIME, random);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      return new CertificateAuthority(sign(builder, keys.getPrivate()), keys.getPrivate());
    } catch (IOException e) {
      throw new GeneralSecurityException("the CA's certificate could not be made", e);
    }
  }

  /**
   * A node's certificate, good as server and client.
   *
   * @param hosts its addresses or host names beside its name and the loopback's
   */
  public X509Certificate issue(
      PublicKey nodeKey, NodeId node, Collection<String> hosts, Clock clock, SecureRandom random)
      throws GeneralSecurityException {
    X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    try {
      X509v3CertificateBuilder builder =
          builder(
              issuer, commonName(node.value()), nodeKey, clock.instant(), NODE_LIFETIME, random);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      builder.addExtension(Extension.subjectAlternativeName, false, names(node, hosts));
      JcaX509ExtensionUtils utilities = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, utilities.createSubjectKeyIdentifier(nodeKey));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          utilities.createAuthorityKeyIdentifier(certificate));
      return sign(builder, key);
    } catch (IOException e) {
      throw new GeneralSecurityException("the certificate of " + node + " could not be made", e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      PublicKey subjectKey,
      Instant now,
      Duration lifetime,
      SecureRandom random) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, random).setBit(0),
        Date.from(now.minus(CLOCK_DIFFERENCE_MAX)),
        Date.from(now.plus(lifetime)),
        subject,
        subjectKey);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, CertIOException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("the certificate could not be signed", e);
    }
  }

  static X500Name commonName(String name) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
  }

  private static GeneralNames names(NodeId node, Collection<String> hosts) {
    Set<String> all = new LinkedHashSet<>(hosts);
    all.addAll(List.of(node.value(), "localhost", "127.0.0.1"));
    return new GeneralNames(
        all.stream()
            .filter(name -> CertificateNames.isAddress(name) || DNS_NAME.matcher(name).matches())
            .map(
                name ->
                    new GeneralName(
                        CertificateNames.isAddress(name)
                            ? GeneralName.iPAddress
                            : GeneralName.dNSName,
                        name))
            .toArray(GeneralName[]::new));
  }
}
