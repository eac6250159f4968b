package io.aerie.config.users;

import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * API tokens: what programs log in with instead of a user's password. A token has an end, and at
 * most the rights of its owner; it ends with its owner too. ConfigDB has a hash of it only.
 */
public interface TokenDirectory {
  /**
   * The token and its owner, when this is a token that is valid now on this node's replica.
   *
   * <p>Who shows wrong ones is slowed. A right one is let in whatever else came from its address:
   * nobody guesses 256 random bits, and a forgotten script with an expired token must not shut out
   * the people behind the same address.
   *
   * @param secret as it was shown once
   * @param source the address that it came from
   * @throws io.aerie.base.AerieException TOO_MANY_ATTEMPTS when it is wrong and many from there
   *     were
   */
  Optional<Proof> authenticate(String secret, String source);

  /** The token of that id as this node's replica has it now, also an expired one. */
  Optional<Token> find(String id);

  /** All tokens, also expired ones, by id. */
  List<Token> tokens();

  /** What {@link #create} would make; refuses what it would refuse. */
  Token check(NewToken wanted);

  /**
   * Makes a token. NOT_FOUND (owner), INVALID_NAME, INVALID_VALUE (validity), FORBIDDEN (role above
   * the owner's), ALREADY_EXISTS (the owner has one of that name), CONFLICT (too many).
   */
  CompletableFuture<Issued> create(NewToken wanted);

  /** Ends a token, whichever has the id now. */
  default CompletableFuture<Token> revoke(String id) {
    return revoke(id, OptionalLong.empty());
  }

  /**
   * Ends a token; NOT_FOUND. This node refuses it from then on, the others as soon as they know.
   *
   * @param expected PRECONDITION_FAILED, and nothing is changed, when the token has another
   *     revision
   */
  CompletableFuture<Token> revoke(String id, OptionalLong expected);

  /**
   * A token to make.
   *
   * @param owner a user
   * @param name unique among the owner's tokens
   * @param role not above the owner's
   * @param kinds of objects that it is limited to; empty for all
   * @param validity from now on
   */
  record NewToken(String owner, String name, Role role, Set<String> kinds, Duration validity) {
    public NewToken {
      kinds = Set.copyOf(kinds);
    }
  }

  /**
   * A token, without its secret.
   *
   * @param id public, part of the secret's text
   * @param revision of the document
   */
  record Token(
      String id,
      String name,
      String owner,
      Role role,
      Set<String> kinds,
      Instant created,
      Instant expires,
      long revision) {
    public Token {
      kinds = Set.copyOf(kinds);
    }
  }

  /** A new token with its secret, which nobody can read again. */
  record Issued(Token token, String secret) {
    /** Never prints the secret. */
    @Override
    public String toString() {
      return token.toString();
    }
  }

  /** What a valid token proves. */
  record Proof(User owner, Token token) {}
}
