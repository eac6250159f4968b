package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.RoleNames;
import io.aerie.face.access.UserTrials;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Users in memory. */
public final class FakeUsers implements UserDirectory {
  private final Map<String, User> users = new TreeMap<>();
  private final Map<String, String> passwords = new TreeMap<>();

  /** Goes on over all fakes: a user of another test is never the same revision. */
  private static final AtomicLong REVISION = new AtomicLong(100);

  /**
   * With one user per role, each named after its role, whose password is "secret-" and the name.
   */
  public FakeUsers() {
    for (Role role : Role.values()) {
      String name = RoleNames.of(role);
      put(name, "secret-" + name, role);
    }
  }

  @Override
  public Optional<User> authenticate(String name, char[] password, String source) {
    return new String(password).equals(passwords.get(name))
        ? Optional.of(users.get(name))
        : Optional.empty();
  }

  @Override
  public Optional<User> find(String name) {
    return Optional.ofNullable(users.get(name));
  }

  @Override
  public List<User> users() {
    return List.copyOf(users.values());
  }

  /** So that {@code administrator} isn't the last one, who can't go. */
  public FakeUsers withAnotherAdministrator() {
    create("another", "another-password".toCharArray(), Role.ADMINISTRATOR).join();
    return this;
  }

  @Override
  public CompletableFuture<User> create(String name, char[] password, Role role) {
    return judged(() -> UserTrials.add(this, name, password, role))
        .thenApply(user -> put(name, new String(password), role));
  }

  @Override
  public CompletableFuture<Void> setPassword(String name, char[] password, OptionalLong expected) {
    return judged(() -> UserTrials.setPassword(this, name, password))
        .thenCompose(user -> expected(user, expected))
        .thenAccept(user -> put(name, new String(password), user.role()));
  }

  private static CompletableFuture<User> judged(Supplier<User> trial) {
    try {
      return CompletableFuture.completedFuture(trial.get());
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CompletableFuture<User> expected(User user, OptionalLong expected) {
    return expected.orElse(user.revision()) == user.revision()
        ? CompletableFuture.completedFuture(user)
        : CompletableFuture.failedFuture(
            new AerieException(ErrorCode.PRECONDITION_FAILED, "another revision"));
  }

  @Override
  public CompletableFuture<User> setRole(String name, Role role, OptionalLong expected) {
    return judged(() -> UserTrials.setRole(this, name, role))
        .thenCompose(user -> expected(user, expected))
        .thenApply(user -> put(name, passwords.get(name), role));
  }

  @Override
  public CompletableFuture<Void> delete(String name, OptionalLong expected) {
    return judged(() -> UserTrials.delete(this, name))
        .thenCompose(user -> expected(user, expected))
        .thenAccept(
            user -> {
              users.remove(name);
              passwords.remove(name);
            });
  }

  private User put(String name, String password, Role role) {
    User user = new User(name, role, REVISION.incrementAndGet());
    users.put(name, user);
    passwords.put(name, password);
    return user;
  }
}
