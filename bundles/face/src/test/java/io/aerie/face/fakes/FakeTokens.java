package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Tokens in memory that never expire; the secret is "secret-of-" and the id. */
public final class FakeTokens implements TokenDirectory {
  /** A wrong token, of which there were too many. */
  public static final String SLOWED = "slowed";

  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

  private final Map<String, Token> tokens = new TreeMap<>();
  private final UserDirectory users;

  /** Of these users. */
  public FakeTokens(UserDirectory users) {
    this.users = users;
  }

  @Override
  public Optional<Proof> authenticate(String secret, String source) {
    if (secret.equals(SLOWED)) {
      throw new AerieException(
          ErrorCode.TOO_MANY_ATTEMPTS, "Too many from " + source, "", "Try again in 4 s.");
    }
    return tokens.values().stream()
        .filter(token -> secret.equals("secret-of-" + token.id()))
        .flatMap(
            token ->
                users.users().stream()
                    .filter(user -> user.name().equals(token.owner()))
                    .map(user -> new Proof(user, token)))
        .findFirst();
  }

  @Override
  public Optional<Token> find(String id) {
    return Optional.ofNullable(tokens.get(id));
  }

  @Override
  public List<Token> tokens() {
    return List.copyOf(tokens.values());
  }

  @Override
  public Token check(NewToken wanted) {
    return new Token(
        wanted.owner() + "-" + wanted.name(),
        wanted.name(),
        wanted.owner(),
        wanted.role(),
        wanted.kinds(),
        CREATED,
        CREATED.plus(wanted.validity()),
        1);
  }

  @Override
  public CompletableFuture<Issued> create(NewToken wanted) {
    Token token = check(wanted);
    tokens.put(token.id(), token);
    return CompletableFuture.completedFuture(new Issued(token, "secret-of-" + token.id()));
  }

  @Override
  public CompletableFuture<Token> revoke(String id, OptionalLong expected) {
    Token token = tokens.get(id);
    if (token == null) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.NOT_FOUND, "no token " + id));
    }
    if (expected.orElse(token.revision()) != token.revision()) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.PRECONDITION_FAILED, "another revision"));
    }
    return CompletableFuture.completedFuture(tokens.remove(id));
  }
}
