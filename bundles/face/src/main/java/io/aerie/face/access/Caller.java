package io.aerie.face.access;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.RoleNames;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks.
 *
 * @param name the user
 * @param role what the user may do, or of it what the token lets through
 * @param kinds of objects that the token is limited to; empty for all
 * @param tokenId the token that proved it; empty for a password
 * @param source the address it came from; {@code local} for the node's own console
 * @param userRevision of the user's document as it was proven; 0 for a user of the LDAP directory
 */
public record Caller(
    String name,
    Role role,
    Set<String> kinds,
    Optional<String> tokenId,
    String source,
    long userRevision) {
  public Caller {
    kinds = Set.copyOf(kinds);
  }

  /** A user who proved it by password. */
  public static Caller user(User user, String source) {
    return new Caller(
        user.name(), user.role(), Set.of(), Optional.empty(), source, user.revision());
  }

  /** A user's program, with the lesser of both roles. */
  public static Caller token(User owner, Token token, String source) {
    Role role = owner.role().compareTo(token.role()) > 0 ? owner.role() : token.role();
    return new Caller(
        owner.name(), role, token.kinds(), Optional.of(token.id()), source, owner.revision());
  }

  /** Whether the caller may. */
  public boolean may(Permission permission) {
    boolean kindFits =
        kinds.isEmpty() || permission.kind().isEmpty() || kinds.contains(permission.kind());
    return kindFits && permission.allows(role);
  }

  /** FORBIDDEN when the caller may not. */
  public void require(Permission permission) {
    if (may(permission)) {
      return;
    }
    if (!permission.allows(role)) {
      throw forbidden(
          "This needs the role "
              + RoleNames.of(permission.role().orElseThrow())
              + ", and you have the role "
              + RoleNames.of(role)
              + ".",
          "Ask an administrator.");
    }
    throw forbidden(
        "Your token is limited to: " + String.join(", ", kinds.stream().sorted().toList()) + ".",
        "Use a token that includes " + permission.kind() + ".");
  }

  /** FORBIDDEN for tokens: what makes or changes proofs, of whomever, wants the password. */
  public void requirePassword() {
    if (tokenId.isPresent()) {
      throw forbidden(
          "A token changes neither users, tokens, certificates nor who belongs to the cluster, else"
              + " it would outlive its end.",
          "Log in with user and password.");
    }
  }

  /** The refusal that all share. */
  public static AerieException forbidden(String why, String remedy) {
    return new AerieException(ErrorCode.FORBIDDEN, "You may not do this", why, remedy);
  }
}
