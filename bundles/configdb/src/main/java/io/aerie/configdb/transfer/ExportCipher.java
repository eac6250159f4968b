package io.aerie.configdb.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encryption with a passphrase, all of the JDK: a key by PBKDF2 (RFC 8018, section 5.2) with
 * HMAC-SHA-256, then AES-256 in Galois/Counter Mode (NIST SP 800-38D), which also proves that
 * nothing was changed, the file's first line included. Salt and nonce are new for each file.
 *
 * <pre>
 *  {"key":"PBKDF2WithHmacSHA256","iterations":N,"salt":base64 of 16 bytes,
 *   "cipher":"AES/GCM/NoPadding","nonce":base64 of 12 bytes}
 * </pre>
 */
final class ExportCipher {
  /** Whoever gets the file may guess as fast as he can: OWASP's figure for this function (2023). */
  static final int ITERATIONS = 600_000;

  static final int PASSPHRASE_CHARACTERS_MIN = 12;

  /** A file that wants more keeps the node busy for minutes. */
  private static final int ITERATIONS_MAX = 10_000_000;

  private static final String KEY = "PBKDF2WithHmacSHA256";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int KEY_BITS = 256;
  private static final int TAG_BITS = 128;
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;

  private final SecretKeySpec key;
  private final int iterations;
  private final byte[] salt;
  private final byte[] nonce;

  private ExportCipher(char[] passphrase, int iterations, byte[] salt, byte[] nonce) {
    this.key = derive(passphrase, iterations, salt);
    this.iterations = iterations;
    this.salt = salt;
    this.nonce = nonce;
  }

  /** For a new file; INVALID_VALUE when the passphrase is too short. */
  static ExportCipher make(char[] passphrase, SecureRandom random) {
    if (passphrase.length < PASSPHRASE_CHARACTERS_MIN) {
      throw ExportFile.invalid(
          "the passphrase is too short",
          "It has at least " + PASSPHRASE_CHARACTERS_MIN + " characters.");
    }
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(salt);
    random.nextBytes(nonce);
    return new ExportCipher(passphrase, ITERATIONS, salt, nonce);
  }

  /** As a file describes it. */
  static ExportCipher of(JsonNode description, char[] passphrase) {
    int iterations = description.path("iterations").asInt();
    if (!description.path("key").asText().equals(KEY)
        || !description.path("cipher").asText().equals(CIPHER)
        || iterations < 1
        || iterations > ITERATIONS_MAX) {
      throw new AerieException(
          ErrorCode.UNSUPPORTED_FORMAT,
          "the export is encrypted in a way that this release does not know",
          "It knows " + KEY + " with " + CIPHER + ".",
          "Import it with the release that made it, or a newer one.");
    }
    return new ExportCipher(
        passphrase,
        iterations,
        bytes(description, "salt", SALT_BYTES),
        bytes(description, "nonce", NONCE_BYTES));
  }

  private static byte[] bytes(JsonNode description, String field, int length) {
    try {
      byte[] bytes = description.path(field).binaryValue();
      if (bytes != null && bytes.length == length) {
        return bytes;
      }
      throw ExportFile.invalid("the export is damaged", "Its '" + field + "' is none.");
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "the export is damaged", "Its '" + field + "' is none.", "", e);
    }
  }

  ObjectNode describe() {
    return ExportFile.JSON
        .createObjectNode()
        .put("key", KEY)
        .put("iterations", iterations)
        .put("salt", salt)
        .put("cipher", CIPHER)
        .put("nonce", nonce);
  }

  byte[] seal(byte[] header, byte[] body) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, header).doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  /** INVALID_VALUE when the passphrase is another, or anything was changed. */
  byte[] open(byte[] header, byte[] sealed) {
    try {
      return cipher(Cipher.DECRYPT_MODE, header).doFinal(sealed);
    } catch (AEADBadTagException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "the passphrase does not open the export",
          "It is another one, or the file was changed.",
          "",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  private Cipher cipher(int mode, byte[] header) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(header);
    return cipher;
  }

  private static SecretKeySpec derive(char[] passphrase, int iterations, byte[] salt) {
    PBEKeySpec specification = new PBEKeySpec(passphrase, salt, iterations, KEY_BITS);
    byte[] bytes = null;
    try {
      bytes = SecretKeyFactory.getInstance(KEY).generateSecret(specification).getEncoded();
      return new SecretKeySpec(bytes, "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + KEY, e);
    } finally {
      specification.clearPassword();
      if (bytes != null) {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }
}
