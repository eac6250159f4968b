package io.aerie.configdb.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users, their passwords, and the first of them. */
@Timeout(60)
class UsersTest {
  private static final int FEW_ITERATIONS = 10;
  private static final char[] SECRET = "correct horse".toCharArray();

  private final SecureRandom random = new SecureRandom();
  private final AtomicLong clockNs = new AtomicLong();
  private ReplicatedConfigStore store;
  private ConfigUserDirectory users;
  @TempDir private Path folder;

  @BeforeEach
  void open() {
    ConfigStateMachine state = new ConfigStateMachine();
    ReplicatedLog log =
        new MemoryReplicatedLogProvider()
            .open(new LogSpecification("config", state, true, List.of()))
            .join();
    store = new ReplicatedConfigStore(log, state);
    users = new ConfigUserDirectory(store, random, clockNs::get, SecondSource.NONE, FEW_ITERATIONS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldAuthenticateWithTheRightPasswordOnly() {
    User made = users.create("ada", SECRET, Role.OPERATOR).join();
    assertThat(users.authenticate("ada", SECRET, "192.0.2.1")).contains(made);
    assertThat(users.authenticate("ada", "correct horsf".toCharArray(), "192.0.2.1")).isEmpty();
    assertThat(users.authenticate("ada", new char[0], "192.0.2.1")).isEmpty();
    assertThat(users.authenticate("ada", new char[2_000], "192.0.2.1")).isEmpty();
    assertThat(users.authenticate("bob", SECRET, "192.0.2.1")).isEmpty();
    assertThat(users.authenticate("../ada", SECRET, "192.0.2.1")).isEmpty();
    assertThat(store.listLocal("users").get(0).json()).doesNotContain("horse");
  }

  @Test
  void shouldRefuseBadNamesShortPasswordsAndTakenNames() {
    users.create("ada", SECRET, Role.OPERATOR).join();
    assertRefused(users.create("ada", SECRET, Role.OBSERVER), ErrorCode.ALREADY_EXISTS);
    assertRefused(users.create("a b", SECRET, Role.OBSERVER), ErrorCode.INVALID_NAME);
    assertRefused(
        users.create("bob", "1234567".toCharArray(), Role.OBSERVER), ErrorCode.INVALID_VALUE);
    assertRefused(users.setPassword("bob", SECRET), ErrorCode.NOT_FOUND);
    assertRefused(users.delete("bob"), ErrorCode.NOT_FOUND);
    assertThat(users.users()).extracting(User::role).containsExactly(Role.OPERATOR);
  }

  @Test
  void shouldGiveRolesButKeepAnAdministrator() {
    users.create("ada", SECRET, Role.ADMINISTRATOR).join();
    assertRefused(users.setRole("ada", Role.OPERATOR), ErrorCode.CONFLICT);
    assertRefused(users.delete("ada"), ErrorCode.CONFLICT);
    assertRefused(users.setRole("bob", Role.OPERATOR), ErrorCode.NOT_FOUND);
    users.create("bob", SECRET, Role.OBSERVER).join();
    assertThat(users.setRole("bob", Role.ADMINISTRATOR).join().role())
        .isEqualTo(Role.ADMINISTRATOR);
    users.setRole("ada", Role.OBSERVER).join();
    assertThat(users.authenticate("ada", SECRET, "192.0.2.1"))
        .hasValueSatisfying(user -> assertThat(user.role()).isEqualTo(Role.OBSERVER));
    assertRefused(users.setRole("bob", Role.OBSERVER), ErrorCode.CONFLICT);
  }

  @Test
  void shouldKeepAnAdministratorWhenTwoDemoteEachOtherAtOnce() {
    for (int i = 0; i < 20; i++) {
      users.create("a" + i, SECRET, Role.ADMINISTRATOR).join();
      users.create("b" + i, SECRET, Role.ADMINISTRATOR).join();
      if (i > 0) {
        users.delete("a" + (i - 1)).join();
        users.delete("b" + (i - 1)).join();
      }
      CompletableFuture<?> one = users.setRole("a" + i, Role.OBSERVER);
      CompletableFuture<?> other = users.setRole("b" + i, Role.OBSERVER);
      CompletableFuture.allOf(one, other).handle((done, failure) -> failure).join();
      assertThat(users.users()).filteredOn(user -> user.role() == Role.ADMINISTRATOR).hasSize(1);
    }
  }

  @Test
  void shouldNotLookAtPasswordsOfWhoeverHasToWait() {
    users.create("ada", SECRET, Role.OPERATOR).join();
    char[] wrong = "wrong horse".toCharArray();
    for (int i = 0; i < LoginGuard.USER_FREE; i++) {
      assertThat(users.authenticate("ada", wrong, "203.0.113.9")).isEmpty();
    }
    assertThatThrownBy(() -> users.authenticate("ada", SECRET, "203.0.113.9"))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_MANY_ATTEMPTS));
    assertThat(users.authenticate("ada", SECRET, "192.0.2.1")).isPresent();
    clockNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(users.authenticate("ada", SECRET, "203.0.113.9")).isPresent();
  }

  @Test
  void shouldNotAcceptTheFormerPasswordAfterAChangeOrRemoval() {
    users.create("ada", SECRET, Role.OPERATOR).join();
    assertThat(users.authenticate("ada", SECRET, "192.0.2.1")).isPresent();
    char[] newer = "battery staple".toCharArray();
    users.setPassword("ada", newer).join();
    assertThat(users.authenticate("ada", SECRET, "192.0.2.1")).isEmpty();
    assertThat(users.authenticate("ada", newer, "192.0.2.1")).isPresent();
    users.delete("ada").join();
    assertThat(users.authenticate("ada", newer, "192.0.2.1")).isEmpty();
  }

  @Test
  void shouldKeepTheLastAdministrator() {
    users.create("ada", SECRET, Role.ADMINISTRATOR).join();
    users.create("bob", SECRET, Role.OPERATOR).join();
    assertRefused(users.delete("ada"), ErrorCode.CONFLICT);
    users.create("eve", SECRET, Role.ADMINISTRATOR).join();
    users.delete("ada").join();
    assertRefused(users.delete("eve"), ErrorCode.CONFLICT);
  }

  @Test
  void shouldKeepOneOfTwoAdministratorsThatDeleteEachOtherAtOnce() {
    users.create("ada", SECRET, Role.ADMINISTRATOR).join();
    users.create("eve", SECRET, Role.ADMINISTRATOR).join();
    CompletableFuture<Void> one = users.delete("ada");
    CompletableFuture<Void> other = users.delete("eve");
    CompletableFuture.allOf(one.exceptionally(e -> null), other.exceptionally(e -> null)).join();
    assertThat(users.users()).hasSize(1);
    assertThat(one.isCompletedExceptionally()).isNotEqualTo(other.isCompletedExceptionally());
  }

  @Test
  void shouldHashAsItsFormatSays() {
    PasswordHash hashes = new PasswordHash(random, PasswordHash.ITERATIONS);
    String hash = hashes.make(SECRET);
    assertThat(hash).startsWith("$pbkdf2-sha512$v=1$i=210000$");
    assertThat(new PasswordHash(random, FEW_ITERATIONS).matches(SECRET, hash)).isTrue();
    assertThat(hashes.make(SECRET)).isNotEqualTo(hash);
    assertThatThrownBy(() -> hashes.matches(SECRET, hash.replace("v=1", "v=2")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Two who saw the same revision and change at once: one of them must decide again. */
  @Test
  void shouldLetOneOfTwoSucceedWhoExpectTheSameRevision() {
    users.create("root", SECRET, Role.ADMINISTRATOR).join();
    char[] newer = "battery staple".toCharArray();
    for (int i = 0; i < 20; i++) {
      String name = "u" + i;
      OptionalLong seen =
          OptionalLong.of(users.create(name, SECRET, Role.OBSERVER).join().revision());
      CompletableFuture<?> one = users.setRole(name, Role.OPERATOR, seen);
      CompletableFuture<?> other = users.setPassword(name, newer, seen);
      CompletableFuture<?> third = users.delete(name, seen);
      long succeeded =
          Stream.of(one, other, third)
              .map(change -> change.handle((done, failure) -> failure == null).join())
              .filter(done -> done)
              .count();
      assertThat(succeeded).isEqualTo(1);
    }
  }

  @Test
  void shouldRefuseAnotherRevisionThanIsExpected() {
    users.create("root", SECRET, Role.ADMINISTRATOR).join();
    long seen = users.create("ada", SECRET, Role.ADMINISTRATOR).join().revision();
    OptionalLong former = OptionalLong.of(seen);
    User now = users.setRole("ada", Role.OPERATOR, former).join();
    assertRefused(users.setRole("ada", Role.OBSERVER, former), ErrorCode.PRECONDITION_FAILED);
    assertRefused(users.setPassword("ada", SECRET, former), ErrorCode.PRECONDITION_FAILED);
    assertRefused(users.delete("ada", former), ErrorCode.PRECONDITION_FAILED);
    assertThat(users.find("ada")).contains(now);
    users.delete("ada", OptionalLong.of(now.revision())).join();
    assertThat(users.find("ada")).isEmpty();
  }

  @Test
  void shouldRememberASuccessForAMinuteAndForOneRevisionOnly() {
    AuthenticationCache cache = new AuthenticationCache(random, clockNs::get);
    var key = cache.key("ada", SECRET);
    assertThat(cache.holds(key, 1)).isFalse();
    cache.add(key, 1);
    assertThat(cache.holds(cache.key("ada", SECRET.clone()), 1)).isTrue();
    assertThat(cache.holds(cache.key("ada", "other".toCharArray()), 1)).isFalse();
    assertThat(cache.holds(key, 2)).isFalse();
    cache.add(key, 2);
    clockNs.addAndGet(TimeUnit.SECONDS.toNanos(61));
    assertThat(cache.holds(key, 2)).isFalse();
  }

  @Test
  void shouldMakeTheFirstUserWithItsPasswordInAPrivateFile() throws Exception {
    Path file = folder.resolve("first-password");
    firstUser(file).makeWhenNone().join();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2).first().isEqualTo("admin");
    assertThat(lines.get(1)).hasSize(24);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(users.authenticate("admin", lines.get(1).toCharArray(), "192.0.2.1"))
        .hasValueSatisfying(user -> assertThat(user.role()).isEqualTo(Role.ADMINISTRATOR));

    Files.delete(file);
    firstUser(file).makeWhenNone().join();
    assertThat(file).doesNotExist();
  }

  @Test
  void shouldTakeThePasswordOfAnEarlierAttemptThatWasCutOff() throws Exception {
    Path file = folder.resolve("first-password");
    Files.writeString(file, "admin\nleft-by-the-first-attempt\n");
    firstUser(file).makeWhenNone().join();
    assertThat(users.authenticate("admin", "left-by-the-first-attempt".toCharArray(), "192.0.2.1"))
        .isPresent();
  }

  @Test
  void shouldMakeNoUserWhenThePasswordCannotBeWritten() {
    Path file = folder.resolve("missing").resolve("first-password");
    assertRefused(firstUser(file).makeWhenNone(), ErrorCode.IO_ERROR);
    assertThat(users.users()).isEmpty();
  }

  private FirstUser firstUser(Path file) {
    return new FirstUser(store, users, file, random);
  }

  private static void assertRefused(CompletableFuture<?> change, ErrorCode code) {
    assertThatThrownBy(change::join)
        .extracting(Causes::of)
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
