package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Subsystems;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks passwords. Passwords are hashed slowly on purpose, and scripts send one with each request,
 * so what was right is remembered: under a keyed hash, never as it is, and only while the user's
 * document has the revision it had then. A new password, another role or a removal thus counts at
 * the next request.
 */
public final class Authenticator {
  /** More than the users that work at the same time; each entry takes about 200 bytes. */
  private static final int REMEMBERED_MAX = 256;

  private static final String ALGORITHM = "HmacSHA256";

  private final Subsystems subsystems;
  private final SecretKeySpec key = randomKey();
  private final Map<String, Proven> proven =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Proven> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  /**
   * @param subsystems where the user directory is found
   */
  public Authenticator(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  /**
   * The user whom the header proves.
   *
   * @throws AerieException UNAUTHENTICATED; UNAVAILABLE when the user directory is away
   */
  User authenticate(String header) {
    Credentials credentials = Credentials.parse(header);
    UserDirectory directory = subsystems.require(UserDirectory.class);
    String digest = digest(credentials);
    Optional<User> remembered = remembered(directory, credentials.user(), digest);
    if (remembered.isPresent()) {
      return remembered.get();
    }
    User user =
        directory
            .authenticate(credentials.user(), credentials.password().toCharArray())
            .orElseThrow(() -> Credentials.refused("User or password is wrong."));
    synchronized (proven) {
      proven.put(user.name(), new Proven(user, digest));
    }
    return user;
  }

  private Optional<User> remembered(UserDirectory directory, String name, String digest) {
    Proven entry;
    synchronized (proven) {
      entry = proven.get(name);
    }
    if (entry == null || !entry.digest.equals(digest)) {
      return Optional.empty();
    }
    return directory.users().stream().filter(entry.user::equals).findFirst();
  }

  private String digest(Credentials credentials) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(credentials.user().getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return HexFormat.of()
          .formatHex(mac.doFinal(credentials.password().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  private static SecretKeySpec randomKey() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    SecretKeySpec key = new SecretKeySpec(bytes, ALGORITHM);
    Arrays.fill(bytes, (byte) 0);
    return key;
  }

  /** A user as of the time the password was right. */
  private record Proven(User user, String digest) {}
}
