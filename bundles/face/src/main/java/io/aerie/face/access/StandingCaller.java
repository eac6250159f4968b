package io.aerie.face.access;

import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Subsystems;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Whether what proved a caller at the beginning of a long answer still holds: the user is there,
 * with the same password and role, and the token is neither revoked nor expired.
 */
public final class StandingCaller {
  private final Subsystems subsystems;
  private final Caller caller;
  private final Clock clock;
  private final Optional<User> user;

  /** Remembers how things are now. */
  public StandingCaller(Subsystems subsystems, Caller caller, Clock clock) {
    this.subsystems = subsystems;
    this.caller = caller;
    this.clock = clock;
    this.user = users().flatMap(this::own);
  }

  private Optional<List<User>> users() {
    return subsystems.find(UserDirectory.class).map(UserDirectory::users);
  }

  private Optional<User> own(List<User> users) {
    return users.stream().filter(each -> each.name().equals(caller.name())).findFirst();
  }

  /** Asked now and then; while the directories are away nobody can have changed anything here. */
  public boolean holds() {
    Optional<List<User>> users = users();
    boolean sameUser = users.isEmpty() || user.isEmpty() || user.equals(own(users.get()));
    return sameUser && (caller.tokenId().isEmpty() || tokenHolds(caller.tokenId().get()));
  }

  private boolean tokenHolds(String id) {
    Optional<TokenDirectory> tokens = subsystems.find(TokenDirectory.class);
    return tokens.isEmpty()
        || tokens.get().tokens().stream()
            .filter(token -> token.id().equals(id))
            .map(Token::expires)
            .anyMatch(expires -> expires.isAfter(clock.instant()));
  }
}
