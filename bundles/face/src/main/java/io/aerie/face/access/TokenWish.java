package io.aerie.face.access;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.NewToken;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.face.Durations;
import io.aerie.face.RoleNames;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What both faces do with API tokens. */
public final class TokenWish {
  /** How long a token is valid unless told. */
  public static final String VALIDITY = "30d";

  private TokenWish() {}

  /**
   * A token for the caller, as wished; null stands for what one gets without asking.
   *
   * @throws AerieException FORBIDDEN to tokens and above the caller's role; INVALID_VALUE
   */
  public static NewToken of(
      Caller caller, String name, String role, Collection<String> kinds, String validity) {
    caller.requirePassword();
    Set<String> limits = kinds == null ? Set.of() : new TreeSet<>(kinds);
    for (String kind : limits) {
      if (!Permission.kinds().contains(kind)) {
        throw new AerieException(
            ErrorCode.INVALID_VALUE,
            "'" + kind + "' is not a kind of objects",
            "The kinds are: " + String.join(", ", Permission.kinds()) + ".",
            "");
      }
    }
    return new NewToken(
        caller.name(),
        name,
        role == null ? caller.role() : RoleNames.parse(role),
        limits,
        Durations.parse(validity == null ? VALIDITY : validity));
  }

  /** The token with that id, if the caller may see and revoke it; NOT_FOUND. */
  public static Token existing(Caller caller, TokenDirectory directory, String id) {
    return visible(caller, directory).stream()
        .filter(token -> token.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.NOT_FOUND,
                    "There is no token '" + id + "'",
                    "",
                    "List the tokens to see what there is."));
  }

  /** The tokens that the caller may see and revoke. */
  public static List<Token> visible(Caller caller, TokenDirectory directory) {
    boolean all = caller.may(Permission.TOKENS_ALL);
    return directory.tokens().stream()
        .filter(token -> all || token.owner().equals(caller.name()))
        .toList();
  }
}
