package io.aerie.configdb.users;

import io.aerie.base.AerieException;
import io.aerie.base.ClientNetwork;
import io.aerie.base.ErrorCode;
import java.util.LinkedHashMap;
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

  static final long WAIT_MAX_S = 16;
  static final long FORGIVEN_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long KNOWN_NS = TimeUnit.HOURS.toNanos(24);

  /** Steps from the first wait to the longest; more failures are not counted. */
  private static final int STEPS = Long.numberOfTrailingZeros(WAIT_MAX_S);

  /** Of each kind; about 200 bytes each; the least recently used is forgotten. */
  static final int ENTRIES_MAX = 10_000;

  private final LongSupplier nanoTime;
  private final Map<String, Count> sources = new Bounded<>();
  private final Map<String, Count> users = new Bounded<>();
  private final Map<String, Known> known = new Bounded<>();

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
    Count bySource = sources.computeIfAbsent(source, key -> new Count(SOURCE_FREE));
    Count byUser = users.computeIfAbsent(user, key -> new Count(USER_FREE));
    bySource.forgive(now);
    byUser.forgive(now);
    String pair = user + '\0' + source;
    Known here = known.get(pair);
    Count byPair = new Count(USER_FREE);
    if (here != null && now - here.lastSuccessNs < KNOWN_NS) {
      byPair = here.count;
      byPair.forgive(now);
      check(byPair, now, "for this user from your address");
    } else {
      check(bySource, now, "from your address");
      if (bySource.failures > 0) {
        check(byUser, now, "for this user");
      }
    }
    List<Count> counts = List.of(bySource, byUser, byPair);
    counts.forEach(count -> count.inFlight++);
    return new Attempt(this, pair, byPair, counts);
  }

  private static void check(Count count, long now, String whose) {
    long leftNs = count.waitLeftNs(now);
    if (leftNs <= 0) {
      return;
    }
    long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(leftNs + 999_999_999L));
    throw new AerieException(
        ErrorCode.TOO_MANY_ATTEMPTS,
        "Too many logins failed " + whose,
        "The password was not looked at.",
        "Try again in " + seconds + " s.");
  }

  private synchronized void ended(Attempt attempt, boolean succeeded) {
    long now = nanoTime.getAsLong();
    attempt.counts.forEach(count -> count.ended(now, succeeded));
    if (succeeded) {
      known.computeIfAbsent(attempt.pair, key -> new Known(attempt.byPair)).lastSuccessNs = now;
    }
  }

  private synchronized void withdrawn(Attempt attempt) {
    attempt.counts.forEach(count -> count.inFlight--);
  }

  /** How much is remembered, for tests. */
  synchronized int size() {
    return Math.max(sources.size(), Math.max(users.size(), known.size()));
  }

  /** An attempt that goes on, in one thread. */
  static final class Attempt {
    private final LoginGuard guard;
    private final String pair;
    private final Count byPair;
    private final List<Count> counts;
    private boolean ended;

    private Attempt(LoginGuard guard, String pair, Count byPair, List<Count> counts) {
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
    private final Count count;
    private long lastSuccessNs;

    private Known(Count count) {
      this.count = count;
    }
  }

  private static final class Count {
    private final int free;
    private int failures;
    private int inFlight;
    private long lastFailureNs;
    private long forgivenUpToNs;

    private Count(int free) {
      this.free = free;
    }

    private void forgive(long now) {
      long forgiven = (now - forgivenUpToNs) / FORGIVEN_NS;
      if (failures == 0 || forgiven >= failures) {
        failures = 0;
        forgivenUpToNs = now;
      } else if (forgiven > 0) {
        failures -= (int) forgiven;
        forgivenUpToNs += forgiven * FORGIVEN_NS;
      }
    }

    private long waitLeftNs(long now) {
      if (failures < free) {
        return 0;
      }
      long waitNs = TimeUnit.SECONDS.toNanos(1L << Math.min(STEPS, failures - free));
      long leftNs = waitNs - (now - lastFailureNs);
      return leftNs <= 0 && inFlight > 0 ? TimeUnit.SECONDS.toNanos(1) : leftNs;
    }

    private void ended(long now, boolean succeeded) {
      inFlight--;
      forgive(now);
      if (!succeeded) {
        failures = Math.min(failures + 1, free + STEPS + 1);
        lastFailureNs = now;
      }
    }
  }

  private static final class Bounded<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    private Bounded() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > ENTRIES_MAX;
    }
  }
}
