package io.aerie.upgrade;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Ed25519 signature (RFC 8032) over a package's manifest, which holds the digest of every other
 * file. It names the key it was made with, so that a package for another key is told apart from a
 * changed one.
 *
 * @param keyFingerprint SHA-256 of the public key's X.509 encoding, 64 hexadecimal digits in lower
 *     case
 * @param signature 64 bytes
 */
public record PackageSignature(String keyFingerprint, byte[] signature) {
  private static final String ALGORITHM = "Ed25519";

  /** Nothing else that is ever signed with the key begins with this. */
  private static final byte[] DOMAIN =
      "aerie upgrade package 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final Pattern TEXT =
      Pattern.compile("key: ([0-9a-f]{64})\nsignature: ([A-Za-z0-9+/=]{88})\n");

  /** Signs a manifest. The public key goes with the private one. */
  public static PackageSignature sign(byte[] manifest, PrivateKey key, PublicKey publicKey) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(DOMAIN);
      signature.update(manifest);
      return new PackageSignature(fingerprint(publicKey), signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Throws unless the manifest was signed with the pinned key: {@code package-wrong-key} for
   * another key, {@code package-changed} for other bytes.
   */
  public void verify(byte[] manifest, PublicKey pinned) {
    String expected = fingerprint(pinned);
    if (!keyFingerprint.equals(expected)) {
      throw new AerieException(
          ErrorCode.PACKAGE_WRONG_KEY,
          "The upgrade package is signed with another key",
          "It has the fingerprint " + keyFingerprint + ", the pinned key " + expected + ".",
          "Take the package from the vendor of this system.");
    }
    if (!matches(manifest, pinned)) {
      throw PackageReader.changed("Its signature is not that of its manifest.");
    }
  }

  private boolean matches(byte[] manifest, PublicKey pinned) {
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(pinned);
      verifier.update(DOMAIN);
      verifier.update(manifest);
      return verifier.verify(signature);
    } catch (java.security.SignatureException e) {
      // The JDK throws this for bytes that can be no signature, such as a scalar out of range.
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SHA-256 of the key's X.509 encoding, as hexadecimal digits. */
  public static String fingerprint(PublicKey key) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The signature as a file. */
  public byte[] toBytes() {
    String text =
        "key: "
            + keyFingerprint
            + "\nsignature: "
            + Base64.getEncoder().encodeToString(signature)
            + "\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads what {@link #toBytes} wrote; anything else is refused with {@code package-changed}. */
  public static PackageSignature parse(byte[] bytes) {
    Matcher matcher = TEXT.matcher(new String(bytes, StandardCharsets.US_ASCII));
    if (!matcher.matches()) {
      throw PackageReader.changed("Its signature can't be read.");
    }
    try {
      return new PackageSignature(matcher.group(1), Base64.getDecoder().decode(matcher.group(2)));
    } catch (IllegalArgumentException e) {
      throw PackageReader.changed("Its signature can't be read.");
    }
  }

  /** A public key in PEM (X.509, {@code BEGIN PUBLIC KEY}), or {@code invalid-value}. */
  public static PublicKey publicKey(String pem) {
    try {
      byte[] encoded = decoded(pem, "PUBLIC KEY");
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw noKey("public", e);
    }
  }

  /**
   * A private key in PEM (PKCS 8, unencrypted, {@code BEGIN PRIVATE KEY}), or {@code
   * invalid-value}.
   */
  public static PrivateKey privateKey(String pem) {
    try {
      byte[] encoded = decoded(pem, "PRIVATE KEY");
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw noKey("private", e);
    }
  }

  private static byte[] decoded(String pem, String label) {
    Pattern block =
        Pattern.compile(
            "-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]+)-----END " + label + "-----");
    Matcher matcher = block.matcher(pem.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no PEM block " + label);
    }
    return Base64.getMimeDecoder().decode(matcher.group(1));
  }

  /** The cause of a bad private key is left out: it might quote of the key. */
  private static AerieException noKey(String kind, Exception cause) {
    return new AerieException(
        ErrorCode.INVALID_VALUE,
        "That is no " + kind + " Ed25519 key in PEM",
        "",
        "Make a pair with openssl genpkey -algorithm ed25519.",
        kind.equals("public") ? cause : null);
  }
}
