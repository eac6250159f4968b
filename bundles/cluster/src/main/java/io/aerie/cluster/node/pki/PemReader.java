package io.aerie.cluster.node.pki;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads what people bring: PEM of other programs, with text between the blocks. */
final class PemReader {
  private PemReader() {}

  /**
   * All certificates of a text, in its order; GeneralSecurityException with a sentence for people
   * when it has others than certificates, or none.
   */
  static List<X509Certificate> chain(String text) throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    for (Object object : objects(text)) {
      if (!(object instanceof X509CertificateHolder holder)) {
        throw new GeneralSecurityException("The chain holds something else than certificates.");
      }
      chain.add(new JcaX509CertificateConverter().getCertificate(holder));
    }
    if (chain.isEmpty()) {
      throw new GeneralSecurityException("The chain has no block 'CERTIFICATE' of PEM.");
    }
    return chain;
  }

  /** The one key of a text: PKCS 8, PKCS 1 (RFC 8017) or SEC 1 (RFC 5915), unencrypted. */
  static PrivateKey key(String text) throws GeneralSecurityException {
    PrivateKey key = null;
    for (Object object : objects(text)) {
      // openssl writes the curve's name into a block of its own before the key
      if (object instanceof ASN1ObjectIdentifier || object instanceof X9ECParameters) {
        continue;
      }
      if (key != null) {
        throw new GeneralSecurityException("The key's text holds more than one key.");
      }
      key = key(object);
    }
    if (key == null) {
      throw new GeneralSecurityException("The key's text has no block 'PRIVATE KEY' of PEM.");
    }
    return key;
  }

  private static PrivateKey key(Object object) throws GeneralSecurityException {
    PrivateKeyInfo info;
    if (object instanceof PrivateKeyInfo plain) {
      info = plain;
    } else if (object instanceof PEMKeyPair pair) {
      info = pair.getPrivateKeyInfo();
    } else if (object instanceof PEMEncryptedKeyPair
        || object instanceof PKCS8EncryptedPrivateKeyInfo) {
      throw new GeneralSecurityException("The key is encrypted. Decrypt it: openssl pkey.");
    } else {
      throw new GeneralSecurityException("The key's text holds something else than a key.");
    }
    // by the JDK's names: Bouncy Castle's converter takes its own provider where a program of the
    // same process has registered it (SSH has), whose keys are of another kind
    ASN1ObjectIdentifier kind = info.getPrivateKeyAlgorithm().getAlgorithm();
    String name =
        kind.equals(PKCSObjectIdentifiers.rsaEncryption)
            ? "RSA"
            : kind.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : kind.getId();
    try {
      return KeyFactory.getInstance(name)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (IOException | GeneralSecurityException e) {
      // not its message: it may quote
      throw new GeneralSecurityException("The key is of a kind or curve that is not known.", e);
    }
  }

  private static List<Object> objects(String text) throws GeneralSecurityException {
    List<Object> objects = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        objects.add(object);
      }
    } catch (IOException | RuntimeException e) {
      // the parser throws all kinds of exceptions at damaged blocks
      throw new GeneralSecurityException("It can't be read as PEM (RFC 7468).", e);
    }
    return objects;
  }
}
