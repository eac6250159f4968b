package io.aerie.face.audit;

import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.Subsystems;
import java.util.Map;

/**
 * Records wrong passwords and tokens. A name that is no user's is left out: people type passwords
 * in its place. Attempts that had to wait are not recorded, so that an attacker can't fill the log.
 */
public final class FailedLogin {
  private FailedLogin() {}

  /**
   * Records a token that is unknown, expired or revoked. Forgotten scripts show theirs for ever, so
   * it is counted with others.
   */
  public static void noteToken(Subsystems subsystems, String source, String action) {
    AuditTrail.refusedUnproven(subsystems, source, action);
  }

  /** Records it. */
  public static void note(Subsystems subsystems, String name, String source, String action) {
    boolean known =
        subsystems.find(UserDirectory.class).stream()
            .flatMap(users -> users.users().stream())
            .anyMatch(user -> user.name().equals(name));
    AuditTrail.note(
        subsystems,
        "",
        source,
        action,
        known ? Map.of("user", name) : Map.of(),
        ErrorCode.UNAUTHENTICATED.code());
  }
}
