package io.aerie.configdb.users;

import io.aerie.base.AerieException;
import io.aerie.base.ClientNetwork;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down who shows wrong tokens, on this node, per address and as wrong passwords are: some are
 * free, then each has to wait.
 *
 * <p>A right token is let in at any time and never comes here: nobody guesses its 256 random bits
 * at whatever rate, so it is looked at before anything is counted, and a forgotten script with a
 * token that has ended costs nothing to those with right ones behind the same address. The counts
 * are no part of those of passwords for the same reason.
 */
final class TokenGuard {
  private final LongSupplier nanoTime;
  private final Map<String, FailureCount> sources = new RecentlyUsed<>();

  /**
   * @param nanoTime a monotonic clock, nanoseconds
   */
  TokenGuard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A wrong token came from an address: it counts, or has to wait and prolongs nothing.
   *
   * @throws AerieException TOO_MANY_ATTEMPTS
   */
  synchronized void wrong(String address) {
    long now = nanoTime.getAsLong();
    FailureCount count =
        sources.computeIfAbsent(
            ClientNetwork.of(address), key -> new FailureCount(LoginGuard.SOURCE_FREE));
    count.forgive(now);
    count.check(
        now,
        "Too many wrong tokens came from your address",
        "This one is unknown, expired or revoked, too.");
    count.begin();
    count.end(now, /* succeeded= */ false);
  }

  /** How much is remembered, for tests. */
  synchronized int size() {
    return sources.size();
  }
}
