package io.aerie.configdb.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * How much who guesses gets, and that the rightful user gets in all the same. The clock is moved by
 * hand; it starts near its overflow, where a monotonic clock may be.
 */
class LoginGuardTest {
  private static final String ATTACKER = "203.0.113.9";
  private static final String DESK = "192.0.2.1";

  private final AtomicLong clockNs = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final LoginGuard guard = new LoginGuard(clockNs::get);

  private boolean attempt(String user, String source, boolean right) {
    try {
      guard.begin(user, source).end(right);
      return true;
    } catch (AerieException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_ATTEMPTS);
      assertThat(e.remedy()).matches("Try again in (1?\\d) s\\.");
      return false;
    }
  }

  private void pass(long milliseconds) {
    clockNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(milliseconds));
  }

  /** How many guesses are looked at in a time, by one who tries ten times a second. */
  private int guesses(String user, String source, int seconds) {
    int seen = 0;
    for (int i = 0; i < 10 * seconds; i++) {
      seen += attempt(user, source, false) ? 1 : 0;
      pass(100);
    }
    return seen;
  }

  @Test
  void shouldLetMistypedPasswordsPass() {
    for (int i = 0; i < LoginGuard.USER_FREE; i++) {
      assertThat(attempt("ada", DESK, false)).isTrue();
    }
    assertThat(attempt("ada", DESK, true)).isFalse();
    pass(1_000);
    assertThat(attempt("ada", DESK, true)).isTrue();
  }

  @Test
  void shouldSlowDownGuessingFromOneAddress() {
    assertThat(guesses("ada", ATTACKER, 3_600)).isBetween(200, 260);
  }

  @Test
  void shouldSlowDownGuessingAtManyUsersFromOneAddress() {
    int seen = 0;
    for (int i = 0; i < 36_000; i++) {
      seen += attempt("user" + i, ATTACKER, false) ? 1 : 0;
      pass(100);
    }
    assertThat(seen).isBetween(200, 260);
  }

  @Test
  void shouldSlowDownGuessingAtOneUserFromManyAddresses() {
    int seen = 0;
    for (int i = 0; i < 36_000; i++) {
      seen += attempt("ada", "203.0.113." + i % 100, false) ? 1 : 0;
      pass(100);
    }
    // an address is spared again when its failures are forgiven, each 30 s: 100 of them, 120 times;
    // the longest wait lets 225 more through
    assertThat(seen).isLessThan(100 * 120 + 260);
  }

  @Test
  void shouldNeverLockOutTheRightfulUserElsewhere() {
    assertThat(attempt("admin", DESK, true)).isTrue();
    for (int minute = 0; minute < 60; minute++) {
      for (int i = 0; i < 20; i++) {
        guesses("admin", "203.0.113." + i, 1);
      }
      assertThat(attempt("admin", DESK, true)).as("from where it logged in before").isTrue();
      assertThat(attempt("admin", "192.0.2." + (50 + minute), true)).as("from elsewhere").isTrue();
    }
  }

  @Test
  void shouldLetTheRightfulUserInBehindTheAttackersAddressAfterTheLongestWait() {
    guesses("admin", ATTACKER, 600);
    pass(TimeUnit.SECONDS.toMillis(FailureCount.WAIT_MAX_S));
    assertThat(attempt("admin", ATTACKER, true)).isTrue();
  }

  @Test
  void shouldLetTheRightfulUserInBesideAGuesserAtTheSameKnownAddress() {
    assertThat(attempt("admin", DESK, true)).isTrue();
    for (int minute = 0; minute < 60; minute++) {
      guesses("ada", DESK, 60);
      assertThat(attempt("admin", DESK, true)).isTrue();
    }
  }

  @Test
  void shouldSlowDownGuessingAtAUserWhoIsKnownThere() {
    assertThat(attempt("admin", DESK, true)).isTrue();
    assertThat(guesses("admin", DESK, 3_600)).isBetween(200, 260);
  }

  @Test
  void shouldNotProlongTheWaitByRefusedAttempts() {
    for (int i = 0; i < LoginGuard.USER_FREE; i++) {
      attempt("ada", DESK, false);
    }
    for (int i = 0; i < 9; i++) {
      assertThat(attempt("ada", DESK, true)).isFalse();
      pass(100);
    }
    pass(100);
    assertThat(attempt("ada", DESK, true)).isTrue();
  }

  @Test
  void shouldForgiveNothingForASuccessWithAnotherPassword() {
    int seen = 0;
    for (int i = 0; i < 3_600; i++) {
      seen += attempt("admin", ATTACKER, false) ? 1 : 0;
      attempt("mallory", ATTACKER, true);
      pass(1_000);
    }
    assertThat(seen).isLessThan(260);
  }

  @Test
  void shouldLetOneAttemptThroughAtATimeOnceThereWereTooMany() {
    for (int i = 0; i < LoginGuard.SOURCE_FREE; i++) {
      assertThat(attempt("user" + i, ATTACKER, false)).isTrue();
    }
    pass(1_000);
    LoginGuard.Attempt running = guard.begin("ada", ATTACKER);
    assertThatThrownBy(() -> guard.begin("bob", ATTACKER)).isInstanceOf(AerieException.class);
    running.end(true);
    assertThat(attempt("bob", ATTACKER, true)).isTrue();
  }

  @Test
  void shouldNotHinderManyAtOnceWhoAreRight() {
    List<LoginGuard.Attempt> running = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      running.add(guard.begin("ada", DESK));
    }
    running.forEach(attempt -> attempt.end(true));
    assertThat(attempt("ada", DESK, true)).isTrue();
  }

  @Test
  void shouldForgetWithTime() {
    guesses("ada", ATTACKER, 60);
    pass(TimeUnit.NANOSECONDS.toMillis(FailureCount.FORGIVEN_NS) * 20);
    for (int i = 0; i < LoginGuard.USER_FREE; i++) {
      assertThat(attempt("ada", ATTACKER, false)).isTrue();
    }
  }

  @Test
  void shouldStayWithinItsMemory() {
    for (int i = 0; i < 3 * RecentlyUsed.ENTRIES_MAX; i++) {
      attempt("user" + i, "10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256, i % 2 == 0);
    }
    assertThat(guard.size()).isLessThanOrEqualTo(RecentlyUsed.ENTRIES_MAX);
  }
}
