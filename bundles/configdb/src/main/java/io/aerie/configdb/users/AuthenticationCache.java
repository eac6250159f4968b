package io.aerie.configdb.users;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Successful authentications of the last minute, so that not each of a client's requests costs a
 * key derivation. Holds no passwords: its keys are HMAC-SHA-256 of user and password under a key
 * that lives as long as this object. An entry is good for one revision of the user's document.
 */
final class AuthenticationCache {
  private static final long LIFETIME_NS = TimeUnit.SECONDS.toNanos(60);

  /** Clients at a time on one node; the least recently used is dropped. */
  private static final int ENTRIES_MAX = 1_000;

  private record Entry(long revision, long madeNs) {}

  private final SecretKeySpec key;
  private final LongSupplier nanoTime;
  private final Map<ByteBuffer, Entry> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Entry> eldest) {
          return size() > ENTRIES_MAX;
        }
      };

  AuthenticationCache(SecureRandom random, LongSupplier nanoTime) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, "HmacSHA256");
    this.nanoTime = nanoTime;
  }

  /** The key of user and password. */
  ByteBuffer key(String user, char[] password) {
    // four bytes hold any character in UTF-8; an own array, so that it can be wiped
    ByteBuffer encoded = ByteBuffer.allocate(4 * password.length);
    StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(password), encoded, true);
    encoded.flip();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      // names have no NUL, so no other pair of name and password gives the same bytes
      mac.update(user.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      mac.update(encoded);
      return ByteBuffer.wrap(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 has HmacSHA256", e);
    } finally {
      Arrays.fill(encoded.array(), (byte) 0);
    }
  }

  /** Whether this key succeeded lately against this revision of the user's document. */
  synchronized boolean holds(ByteBuffer cacheKey, long revision) {
    Entry entry = entries.get(cacheKey);
    if (entry == null) {
      return false;
    }
    if (entry.revision() != revision || nanoTime.getAsLong() - entry.madeNs() > LIFETIME_NS) {
      entries.remove(cacheKey);
      return false;
    }
    return true;
  }

  synchronized void add(ByteBuffer cacheKey, long revision) {
    entries.put(cacheKey, new Entry(revision, nanoTime.getAsLong()));
  }
}
