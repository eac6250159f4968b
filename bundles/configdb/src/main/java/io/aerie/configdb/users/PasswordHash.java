package io.aerie.configdb.users;

import io.aerie.base.Checks;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Passwords' hashes: PBKDF2 (RFC 8018, section 5.2) with HMAC-SHA-512 of the JDK.
 *
 * <pre>
 *  $pbkdf2-sha512$v=1$i=ITERATIONS$SALT$HASH     salt 16 bytes, hash 64 bytes, base64 without padding
 * </pre>
 *
 * The iterations are OWASP's for this function (2023). Raising them later touches only new hashes:
 * each tells its own.
 */
final class PasswordHash {
  static final int ITERATIONS = 210_000;
  private static final int ITERATIONS_MAX = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 512;
  private static final Pattern FORMAT =
      Pattern.compile(
          "\\$pbkdf2-sha512\\$v=1\\$i=(\\d{1,8})\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{86})");

  /** Derivations at a time: guessing passwords by the dozen must not take all processors. */
  private static final Semaphore DERIVATIONS = new Semaphore(2, true);

  private final SecureRandom random;
  private final int iterations;
  private final String nobody;

  PasswordHash(SecureRandom random, int iterations) {
    this.random = random;
    this.iterations = iterations;
    byte[] noHash = new byte[HASH_BITS / 8];
    random.nextBytes(noHash);
    this.nobody = format(iterations, salt(), noHash);
  }

  /** A new salted hash. */
  String make(char[] password) {
    byte[] salt = salt();
    return format(iterations, salt, derive(password, salt, iterations));
  }

  /** Whether the password made the hash; takes the same time whether or not. */
  boolean matches(char[] password, String hash) {
    Matcher matcher = FORMAT.matcher(hash);
    int made = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (made < 1 || made > ITERATIONS_MAX) {
      throw new IllegalArgumentException("not a password hash of a known format");
    }
    byte[] salt = Base64.getDecoder().decode(matcher.group(2));
    byte[] expected = Base64.getDecoder().decode(matcher.group(3));
    return MessageDigest.isEqual(expected, derive(password, salt, made));
  }

  /** Does the work of {@link #matches} for nothing: unknown users must cost what known ones do. */
  void spendTime(char[] password) {
    Checks.check(!matches(password, nobody), "a password fits random bytes");
  }

  private byte[] salt() {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return salt;
  }

  private static String format(int iterations, byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$pbkdf2-sha512$v=1$i="
        + iterations
        + "$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  private static byte[] derive(char[] password, byte[] salt, int iterations) {
    PBEKeySpec specification = new PBEKeySpec(password, salt, iterations, HASH_BITS);
    DERIVATIONS.acquireUninterruptibly();
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
          .generateSecret(specification)
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 has PBKDF2WithHmacSHA512", e);
    } finally {
      DERIVATIONS.release();
      specification.clearPassword();
    }
  }
}
