package io.aerie.face.access;

import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Subsystems;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether what proved a caller at the beginning of a stream or a session still holds: the user is
 * there, with the same password and role, and the token is neither revoked nor expired. A user of
 * the LDAP directory can't be looked up without a password: such a proof holds for a while only.
 */
public final class StandingCaller {
  /** How long the proof of a user of the LDAP directory holds. */
  static final long LDAP_NS = TimeUnit.MINUTES.toNanos(10);

  private final Subsystems subsystems;
  private final Caller caller;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final long begunNs;

  /** Of a caller who is proven now. */
  public StandingCaller(Subsystems subsystems, Caller caller) {
    this(subsystems, caller, Clock.systemUTC(), System::nanoTime);
  }

  /**
   * @param clock for the end of tokens
   * @param nanoTime a monotonic clock, nanoseconds
   */
  public StandingCaller(Subsystems subsystems, Caller caller, Clock clock, LongSupplier nanoTime) {
    this.subsystems = subsystems;
    this.caller = caller;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.begunNs = nanoTime.getAsLong();
  }

  /** Who it is. */
  public Caller caller() {
    return caller;
  }

  /** Asked now and then; while the directories are away nobody can have changed anything here. */
  public boolean holds() {
    if (caller.userRevision() == 0) {
      return nanoTime.getAsLong() - begunNs < LDAP_NS;
    }
    return userHolds() && (caller.tokenId().isEmpty() || tokenHolds(caller.tokenId().get()));
  }

  private boolean userHolds() {
    Optional<UserDirectory> users = subsystems.find(UserDirectory.class);
    return users.isEmpty()
        || users
            .get()
            .find(caller.name())
            .map(User::revision)
            .equals(Optional.of(caller.userRevision()));
  }

  private boolean tokenHolds(String id) {
    Optional<TokenDirectory> tokens = subsystems.find(TokenDirectory.class);
    return tokens.isEmpty()
        || tokens
            .get()
            .find(id)
            .map(Token::expires)
            .filter(expires -> expires.isAfter(clock.instant()))
            .isPresent();
  }
}
