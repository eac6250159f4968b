package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Caller;
import io.aerie.face.audit.FailedLogin;
import java.util.Arrays;

/**
 * Checks what a request proves itself with. It remembers nothing: the directories do, and slow down
 * who guesses; a new password, another role, a removal or a revocation counts at the next request.
 */
public final class Authenticator {
  private final Subsystems subsystems;

  /**
   * @param subsystems where the directories are found
   */
  public Authenticator(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  /**
   * The caller whom the header proves.
   *
   * @param source the address of the connection's other end
   * @throws AerieException UNAUTHENTICATED; TOO_MANY_ATTEMPTS; UNAVAILABLE when the directory is
   *     away
   */
  Caller authenticate(String header, String source) {
    Credentials credentials = Credentials.parse(header);
    if (credentials instanceof Credentials.Bearer bearer) {
      return subsystems
          .require(TokenDirectory.class)
          .authenticate(bearer.token(), source)
          .map(proof -> Caller.token(proof.owner(), proof.token(), source))
          .orElseThrow(
              () -> {
                FailedLogin.noteToken(subsystems, source, "rest:token");
                return Credentials.refused("The token is unknown, expired or revoked.");
              });
    }
    Credentials.Basic basic = (Credentials.Basic) credentials;
    char[] password = basic.password().toCharArray();
    try {
      return subsystems
          .require(UserDirectory.class)
          .authenticate(basic.user(), password, source)
          .map(user -> Caller.user(user, source))
          .orElseThrow(
              () -> {
                FailedLogin.note(subsystems, basic.user(), source, "rest:login");
                return Credentials.refused("User or password is wrong.");
              });
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
