package io.aerie.configdb.users;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tokens in ConfigDB. Each use reads this node's replica and this node's clock: a revocation counts
 * as soon as the replica has it, an end without any message.
 *
 * <pre>
 *  aerie_ID_SECRET     ID 16 hexadecimal digits of SHA-256(owner NUL name), SECRET 43 characters
 *                      of base64url: 32 random bytes
 * </pre>
 *
 * The prefix lets scanners of source code find tokens that were committed by mistake.
 */
public final class ConfigTokenDirectory implements TokenDirectory {
  private static final Pattern TEXT = Pattern.compile("aerie_([0-9a-f]{16})_([A-Za-z0-9_-]{43})");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 8;

  /** More than a person keeps an eye on. */
  static final int TOKENS_PER_OWNER_MAX = 50;

  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(366);

  private final ReplicatedConfigStore store;
  private final SecureRandom random;
  private final Clock clock;
  private final TokenGuard guard;
  private final ReadDocuments<TokenDocument> readTokens = new ReadDocuments<>(TokenDocument::of);
  private final ReadDocuments<User> readOwners = new ReadDocuments<>(UserDocument::user);

  /**
   * Over an open store.
   *
   * @param random of secrets
   * @param clock of the tokens' ends
   * @param nanoTime a monotonic clock, nanoseconds
   */
  public ConfigTokenDirectory(
      ReplicatedConfigStore store, SecureRandom random, Clock clock, LongSupplier nanoTime) {
    this.store = store;
    this.random = random;
    this.clock = clock;
    this.guard = new TokenGuard(nanoTime);
  }

  @Override
  public Optional<Proof> authenticate(String secret, String source) {
    Optional<Proof> proof = proof(secret);
    if (proof.isEmpty()) {
      guard.wrong(source);
    }
    return proof;
  }

  private Optional<Proof> proof(String secret) {
    Matcher matcher = TEXT.matcher(secret);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    byte[] hash = sha256(Base64.getUrlDecoder().decode(matcher.group(2)));
    return store
        .getLocal(TokenDocument.path(matcher.group(1)))
        .map(readTokens::of)
        .filter(found -> MessageDigest.isEqual(HexFormat.of().parseHex(found.hash()), hash))
        .filter(found -> clock.instant().isBefore(found.token().expires()))
        .flatMap(this::proof);
  }

  private Optional<Proof> proof(TokenDocument found) {
    return store
        .getLocal(UserDocument.path(found.token().owner()))
        .filter(owner -> owner.createRevision() == found.ownerSince())
        .map(owner -> new Proof(readOwners.of(owner), found.token()));
  }

  @Override
  public Optional<Token> find(String id) {
    return isId(id)
        ? store.getLocal(TokenDocument.path(id)).map(readTokens::of).map(TokenDocument::token)
        : Optional.empty();
  }

  private static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  @Override
  public List<Token> tokens() {
    return store.listLocal(TokenDocument.PREFIX).stream()
        .map(document -> TokenDocument.of(document).token())
        .toList();
  }

  @Override
  public Token check(NewToken wanted) {
    Document owner =
        store
            .getLocal(UserDocument.path(Names.check("user", wanted.owner())))
            .orElseThrow(() -> noOwner(wanted));
    Token token = checked(wanted, owner);
    transaction(wanted, owner, store.listLocal(TokenDocument.PREFIX), token, "");
    return token;
  }

  @Override
  public CompletableFuture<Issued> create(NewToken wanted) {
    return Futures.start(
        () -> {
          Names.check("token", wanted.name());
          String ownerPath = UserDocument.path(Names.check("user", wanted.owner()));
          return store
              .get(ownerPath)
              .thenApply(found -> found.orElseThrow(() -> noOwner(wanted)))
              .thenCompose(
                  owner ->
                      store
                          .list(TokenDocument.PREFIX)
                          .thenCompose(all -> create(wanted, owner, all)));
        });
  }

  private CompletableFuture<Issued> create(NewToken wanted, Document owner, List<Document> all) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    Token token = checked(wanted, owner);
    String hash = HexFormat.of().formatHex(sha256(secret));
    String text =
        "aerie_"
            + token.id()
            + "_"
            + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    return commit(transaction(wanted, owner, all, token, hash))
        .thenApply(
            revision ->
                new Issued(
                    new Token(
                        token.id(),
                        token.name(),
                        token.owner(),
                        token.role(),
                        token.kinds(),
                        token.created(),
                        token.expires(),
                        revision),
                    text));
  }

  private Token checked(NewToken wanted, Document owner) {
    Names.check("token", wanted.name());
    if (wanted.role().compareTo(UserDocument.of(owner).role()) < 0) {
      throw new AerieException(
          ErrorCode.FORBIDDEN,
          "The token would have a role above its owner's",
          "A token has at most the rights of the user who makes it.",
          "Ask for a lesser role.");
    }
    if (wanted.validity().compareTo(SHORTEST) < 0 || wanted.validity().compareTo(LONGEST) > 0) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "A token can't be valid for " + wanted.validity().toSeconds() + " s",
          "Its validity is between 1 minute and 366 days.",
          "Ask for a validity within that.");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new Token(
        id(wanted.owner(), wanted.name()),
        wanted.name(),
        wanted.owner(),
        wanted.role(),
        wanted.kinds(),
        now,
        now.plus(wanted.validity()),
        0);
  }

  /**
   * Writes the token where there is none, or in place of an expired one, if the owner is still what
   * was read; and clears away the owner's expired ones.
   */
  private ConfigTransaction transaction(
      NewToken wanted, Document owner, List<Document> all, Token token, String hash) {
    Instant now = clock.instant();
    long replaced = 0;
    int valid = 0;
    List<Change> changes = new ArrayList<>();
    for (Document document : all) {
      Token other = TokenDocument.of(document).token();
      boolean expired = !now.isBefore(other.expires());
      if (other.id().equals(token.id())) {
        if (!expired) {
          throw alreadyExists(wanted);
        }
        replaced = document.revision();
      } else if (other.owner().equals(wanted.owner())) {
        if (expired) {
          changes.add(new Change.Delete(document.path()));
        } else {
          valid++;
        }
      }
    }
    if (valid >= TOKENS_PER_OWNER_MAX) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "'" + wanted.owner() + "' has " + valid + " tokens",
          "A user has at most " + TOKENS_PER_OWNER_MAX + ".",
          "Revoke one first.");
    }
    changes.add(new TokenDocument(token, owner.createRevision(), hash).put());
    return new ConfigTransaction(
        List.of(
            new Condition(owner.path(), owner.revision()),
            new Condition(TokenDocument.path(token.id()), replaced)),
        changes);
  }

  @Override
  public CompletableFuture<Token> revoke(String id, OptionalLong expected) {
    return Futures.start(
        () -> {
          AerieException none =
              new AerieException(ErrorCode.NOT_FOUND, "There is no token '" + id + "'");
          if (!isId(id)) {
            throw none;
          }
          String path = TokenDocument.path(id);
          List<Condition> conditions =
              expected.stream().mapToObj(revision -> new Condition(path, revision)).toList();
          return store
              .get(path)
              .thenApply(document -> document.orElseThrow(() -> none))
              .thenCompose(
                  document ->
                      commit(new ConfigTransaction(conditions, List.of(new Change.Delete(path))))
                          .thenApply(revision -> TokenDocument.of(document).token()));
        });
  }

  /** Commits and waits until this node's replica has it, so that its answers fit at once. */
  private CompletableFuture<Long> commit(ConfigTransaction transaction) {
    return store
        .commit(transaction)
        .thenCompose(revision -> store.awaitLocal(revision).thenApply(done -> revision));
  }

  private static AerieException noOwner(NewToken wanted) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "There is no user '" + wanted.owner() + "'",
        "Only users of the cluster itself have tokens, not those of an LDAP directory.",
        "");
  }

  private static AerieException alreadyExists(NewToken wanted) {
    return new AerieException(
        ErrorCode.ALREADY_EXISTS,
        "'" + wanted.owner() + "' has a token '" + wanted.name() + "'",
        "",
        "Choose another name, or revoke that one first.");
  }

  private static String id(String owner, String name) {
    byte[] hash = sha256((owner + '\0' + name).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, ID_BYTES);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java 17 has SHA-256", e);
    }
  }
}
