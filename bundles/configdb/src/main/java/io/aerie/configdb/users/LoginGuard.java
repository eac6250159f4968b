package io.aerie.configdb.users;

import io.aerie.base.AerieException;
import io.aerie.base.ClientNetwork;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Slows down who guesses passwords, on this node.
 *
 * <p>Two counts of failures, each with some free ones, then waits of 1, 2, 4, 8, 16 s: per address,
 * and per user over all addresses. While one waits the password is not looked at, and afterwards
 * one attempt at a time is let through. One failure is forgiven each 30 s.
 *
 * <p>So that nobody locks out an administrator: attempts that were refused unseen prolong nothing.
 * A user at an address from which this user logged in within a day has a count of its own there,
 * and meets no other. The user's wait spares addresses without a failure of their own: a right
 * password gets in there at once, whatever others do; an address that failed is spared again when
 * its failures are forgiven. A success forgives nothing: whoever has one password would buy guesses
 * at others with it.
 */
final class LoginGuard {
  /** Free failures of an address: several people mistype, or a script has an old password. */
  static final int SOURCE_FREE = 10;

  /** Free failures of a user. */
  static final int USER_FREE = 5;

  private static final long KNOWN_NS = TimeUnit.HOURS.toNanos(24);

  private final LongSupplier nanoTime;
  private final Map<String, FailureCount> sources = new RecentlyUsed<>();
  private final Map<String, FailureCount> users = new RecentlyUsed<>();
  private final Map<String, Known> known = new RecentlyUsed<>();

  /**
   * @param nanoTime a monotonic clock, nanoseconds
   */
  LoginGuard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Begins an attempt, whose end must be told.
   *
   * @throws AerieException TOO_MANY_ATTEMPTS
   */
  synchronized Attempt begin(String user, String address) {
    long now = nanoTime.getAsLong();
    String source = ClientNetwork.of(address);
    FailureCount bySource = sources.computeIfAbsent(source, key -> new FailureCount(SOURCE_FREE));
    FailureCount byUser = users.computeIfAbsent(user, key -> new FailureCount(USER_FREE));
    bySource.forgive(now);
    byUser.forgive(now);
    String pair = user + '\0' + source;
    Known here = known.get(pair);
    FailureCount byPair = new FailureCount(USER_FREE);
    if (here != null && now - here.lastSuccessNs < KNOWN_NS) {
      byPair = here.count;
      byPair.forgive(now);
      check(byPair, now, "for this user from your address");
    } else {
      check(bySource, now, "from your address");
      if (bySource.failures() > 0) {
        check(byUser, now, "for this user");
      }
    }
    List<FailureCount> counts = List.of(bySource, byUser, byPair);
    counts.forEach(FailureCount::begin);
    return new Attempt(this, pair, byPair, counts);
  }

  private static void check(FailureCount count, long now, String whose) {
    count.check(now, "Too many logins failed " + whose, "The password was not looked at.");
  }

  private synchronized void ended(Attempt attempt, boolean succeeded) {
    long now = nanoTime.getAsLong();
    attempt.counts.forEach(count -> count.end(now, succeeded));
    if (succeeded) {
      known.computeIfAbsent(attempt.pair, key -> new Known(attempt.byPair)).lastSuccessNs = now;
    }
  }

  private synchronized void withdrawn(Attempt attempt) {
    attempt.counts.forEach(FailureCount::withdraw);
  }

  /** How much is remembered, for tests. */
  synchronized int size() {
    return Math.max(sources.size(), Math.max(users.size(), known.size()));
  }

  /** An attempt that goes on, in one thread. */
  static final class Attempt {
    private final LoginGuard guard;
    private final String pair;
    private final FailureCount byPair;
    private final List<FailureCount> counts;
    private boolean ended;

    private Attempt(LoginGuard guard, String pair, FailureCount byPair, List<FailureCount> counts) {
      this.guard = guard;
      this.pair = pair;
      this.byPair = byPair;
      this.counts = counts;
    }

    void end(boolean succeeded) {
      ended = true;
      guard.ended(this, succeeded);
    }

    /** The password could not be judged: neither a failure nor a success. Harmless after an end. */
    void withdraw() {
      if (!ended) {
        ended = true;
        guard.withdrawn(this);
      }
    }
  }

  /** A user who logged in from an address. */
  private static final class Known {
    private final FailureCount count;
    private long lastSuccessNs;

    private Known(FailureCount count) {
      this.count = count;
    }
  }
}
