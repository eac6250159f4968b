package io.aerie.configdb.users;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.users.UserDirectory;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Users in ConfigDB, and after them those of a second source. Authentication reads this node's
 * replica, so that it works while the cluster has no majority; changes return when this node has
 * them too.
 */
public final class ConfigUserDirectory implements UserDirectory {
  /** Stands for all names that no user can have; none of them is worth an entry of its own. */
  private static final String NOBODY = "";

  /** Tries of a change that others overtook. */
  private static final int ATTEMPTS_MAX = 5;

  private final ReplicatedConfigStore store;
  private final PasswordHash hashes;
  private final AuthenticationCache cache;
  private final LoginGuard guard;
  private final ReadDocuments<User> readUsers = new ReadDocuments<>(UserDocument::user);
  private final SecondSource others;

  /**
   * @param random of salts
   * @param nanoTime a monotonic clock, nanoseconds
   * @param others who is asked about names that no user here has
   */
  public ConfigUserDirectory(
      ReplicatedConfigStore store,
      SecureRandom random,
      LongSupplier nanoTime,
      SecondSource others) {
    this(store, random, nanoTime, others, PasswordHash.ITERATIONS);
  }

  ConfigUserDirectory(
      ReplicatedConfigStore store,
      SecureRandom random,
      LongSupplier nanoTime,
      SecondSource others,
      int iterations) {
    this.store = store;
    this.others = others;
    this.hashes = new PasswordHash(random, iterations);
    this.cache = new AuthenticationCache(random, nanoTime);
    this.guard = new LoginGuard(nanoTime);
  }

  /**
   * The guard goes before the cache too: else who waits could try passwords at the cache, which
   * answers fast.
   */
  @Override
  public Optional<User> authenticate(String name, char[] password, String source) {
    // in one case: else a name would have as many counts as spellings where the second source
    // takes them for one
    String counted = isName(name) ? name.toLowerCase(Locale.ROOT) : NOBODY;
    LoginGuard.Attempt attempt = guard.begin(counted, source);
    try {
      Optional<User> user = authenticated(name, password);
      attempt.end(user.isPresent());
      return user;
    } finally {
      attempt.withdraw();
    }
  }

  private Optional<User> authenticated(String name, char[] password) {
    Optional<Document> document =
        isName(name) ? store.getLocal(UserDocument.path(name)) : Optional.empty();
    boolean plausible = password.length > 0 && password.length <= PASSWORD_CHARACTERS_MAX;
    if (document.isEmpty() || !plausible) {
      Optional<User> other =
          plausible && isName(name) && isFree(name)
              ? others.authenticate(name, password)
              : Optional.empty();
      if (other.isEmpty()) {
        // the same work as for a known user, so that time does not tell who exists
        hashes.spendTime(plausible ? password : new char[] {'-'});
      }
      return other;
    }
    ByteBuffer key = cache.key(name, password);
    long revision = document.get().revision();
    if (!cache.holds(key, revision)) {
      if (!hashes.matches(password, UserDocument.of(document.get()).passwordHash())) {
        return Optional.empty();
      }
      cache.add(key, revision);
    }
    return Optional.of(readUsers.of(document.get()));
  }

  /** A user here goes before one of the second source, who may take Ada and ada for one. */
  private boolean isFree(String name) {
    return store.listLocal(UserDocument.PREFIX).stream()
        .noneMatch(document -> document.path().equalsIgnoreCase(UserDocument.path(name)));
  }

  private static boolean isName(String name) {
    try {
      Names.check("user", name);
      return true;
    } catch (AerieException e) {
      return false;
    }
  }

  @Override
  public Optional<User> find(String name) {
    return isName(name)
        ? store.getLocal(UserDocument.path(name)).map(readUsers::of)
        : Optional.empty();
  }

  @Override
  public List<User> users() {
    return store.listLocal(UserDocument.PREFIX).stream().map(UserDocument::user).toList();
  }

  @Override
  public CompletableFuture<User> create(String name, char[] password, Role role) {
    char[] copy = password.clone();
    return Futures.start(
            () -> {
              Names.check("user", name);
              checkPassword(copy);
              Change put = new UserDocument(role, hashes.make(copy)).put(name);
              return commit(List.of(new Condition(UserDocument.path(name), 0)), put)
                  .thenApply(revision -> new User(name, role, revision));
            })
        .whenComplete((user, failure) -> Arrays.fill(copy, '\0'))
        .exceptionallyCompose(failure -> failed(failure, alreadyExists(name)));
  }

  private static AerieException alreadyExists(String name) {
    return new AerieException(
        ErrorCode.ALREADY_EXISTS, "there is a user '" + name + "'", "", "Choose another name.");
  }

  @Override
  public CompletableFuture<Void> setPassword(String name, char[] password, OptionalLong expected) {
    char[] copy = password.clone();
    return Futures.start(
            () -> {
              checkPassword(copy);
              String hash = hashes.make(copy);
              return retried(attempts(expected), () -> replaceHash(name, hash, expected));
            })
        .whenComplete((done, failure) -> Arrays.fill(copy, '\0'));
  }

  /** Who expects a revision decided by it, and must decide again when it is another. */
  private static int attempts(OptionalLong expected) {
    return expected.isPresent() ? 1 : ATTEMPTS_MAX;
  }

  /** That the user is as expected, or else as it was read. */
  private static Condition unchanged(Document document, OptionalLong expected) {
    return new Condition(document.path(), expected.orElse(document.revision()));
  }

  private CompletableFuture<Void> replaceHash(String name, String hash, OptionalLong expected) {
    return existing(name)
        .thenCompose(
            document -> {
              Role role = UserDocument.of(document).role();
              return commit(
                  List.of(unchanged(document, expected)), new UserDocument(role, hash).put(name));
            })
        .thenAccept(revision -> {});
  }

  @Override
  public CompletableFuture<Void> delete(String name, OptionalLong expected) {
    return Futures.start(() -> retried(attempts(expected), () -> remove(name, expected)));
  }

  private CompletableFuture<Void> remove(String name, OptionalLong expected) {
    return existing(name)
        .thenCompose(
            document ->
                store
                    .list("")
                    .thenCompose(
                        all ->
                            commit(
                                conditionsToEnd(document, all, "removed", expected),
                                removal(document, name, all))))
        .thenAccept(revision -> {});
  }

  /** The user's tokens go with it; they are worth nothing without, and nobody could see whose. */
  private static List<Change> removal(Document document, String name, List<Document> all) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.Delete(document.path()));
    all.stream()
        .filter(other -> other.path().startsWith(TokenDocument.PREFIX + "/"))
        .filter(other -> TokenDocument.of(other).token().owner().equals(name))
        .forEach(other -> changes.add(new Change.Delete(other.path())));
    return changes;
  }

  @Override
  public CompletableFuture<User> setRole(String name, Role role, OptionalLong expected) {
    return Futures.start(
        () -> retried(attempts(expected), () -> replaceRole(name, role, expected)));
  }

  private CompletableFuture<User> replaceRole(String name, Role role, OptionalLong expected) {
    return existing(name)
        .thenCompose(
            document ->
                store
                    .list(UserDocument.PREFIX)
                    .thenCompose(
                        all -> {
                          List<Condition> conditions =
                              role == Role.ADMINISTRATOR
                                  ? List.of(unchanged(document, expected))
                                  : conditionsToEnd(document, all, "demoted", expected);
                          String hash = UserDocument.of(document).passwordHash();
                          return commit(
                              conditions, List.of(new UserDocument(role, hash).put(name)));
                        }))
        .thenApply(revision -> new User(name, role, revision));
  }

  /**
   * The user as it was read; and when it is an administrator, another one as it was read: two that
   * remove or demote each other at once can't both succeed.
   */
  private static List<Condition> conditionsToEnd(
      Document document, List<Document> all, String what, OptionalLong expected) {
    Condition unchanged = unchanged(document, expected);
    if (UserDocument.of(document).role() != Role.ADMINISTRATOR) {
      return List.of(unchanged);
    }
    Document other =
        all.stream()
            .filter(user -> user.path().startsWith(UserDocument.PREFIX + "/"))
            .filter(user -> !user.path().equals(document.path()))
            .filter(user -> UserDocument.of(user).role() == Role.ADMINISTRATOR)
            .findFirst()
            .orElseThrow(
                () ->
                    new AerieException(
                        ErrorCode.CONFLICT,
                        "The last administrator can't be " + what,
                        "Nobody could administer the cluster.",
                        "Make another administrator first."));
    return List.of(unchanged, new Condition(other.path(), other.revision()));
  }

  private CompletableFuture<Document> existing(String name) {
    Names.check("user", name);
    return store
        .get(UserDocument.path(name))
        .thenApply(
            document ->
                document.orElseThrow(
                    () ->
                        new AerieException(
                            ErrorCode.NOT_FOUND, "there is no user '" + name + "'")));
  }

  /** Commits and waits until this node's replica has it, so that its answers fit at once. */
  private CompletableFuture<Long> commit(List<Condition> conditions, Change change) {
    return commit(conditions, List.of(change));
  }

  private CompletableFuture<Long> commit(List<Condition> conditions, List<Change> changes) {
    return store
        .commit(new ConfigTransaction(conditions, changes))
        .thenCompose(revision -> store.awaitLocal(revision).thenApply(done -> revision));
  }

  private static <T> CompletableFuture<T> retried(
      int attempts, Supplier<CompletableFuture<T>> change) {
    return change
        .get()
        .exceptionallyCompose(
            failure ->
                attempts > 1 && isOvertaken(failure)
                    ? retried(attempts - 1, change)
                    : CompletableFuture.failedFuture(Causes.of(failure)));
  }

  private static boolean isOvertaken(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.PRECONDITION_FAILED);
  }

  private static <T> CompletableFuture<T> failed(Throwable failure, AerieException ifOvertaken) {
    return CompletableFuture.failedFuture(isOvertaken(failure) ? ifOvertaken : Causes.of(failure));
  }

  private static void checkPassword(char[] password) {
    if (password.length < PASSWORD_CHARACTERS_MIN || password.length > PASSWORD_CHARACTERS_MAX) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "the password has " + password.length + " characters",
          "It must have " + PASSWORD_CHARACTERS_MIN + " to " + PASSWORD_CHARACTERS_MAX + ".",
          "");
    }
  }
}
