package io.aerie.face.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.NewToken;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeTokens;
import io.aerie.face.fakes.FakeUsers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long the proof of a caller holds. */
class StandingCallerTest {
  private final FakeUsers users = new FakeUsers().withAnotherAdministrator();
  private final FakeTokens tokens = new FakeTokens(users);
  private final FakeSubsystems subsystems =
      new FakeSubsystems().with(UserDirectory.class, users).with(TokenDirectory.class, tokens);
  private final AtomicLong nowNs = new AtomicLong(7);

  private StandingCaller standing(Caller caller) {
    Clock clock = Clock.fixed(Instant.parse("2026-01-01T12:00:00Z"), ZoneOffset.UTC);
    return new StandingCaller(subsystems, caller, clock, nowNs::get);
  }

  private StandingCaller administrator() {
    return standing(Caller.user(users.find("administrator").orElseThrow(), "192.0.2.1"));
  }

  @Test
  void shouldHoldAsLongAsTheUserIsTheSame() {
    StandingCaller standing = administrator();
    nowNs.addAndGet(TimeUnit.DAYS.toNanos(100));
    assertThat(standing.holds()).isTrue();
    subsystems.remove(UserDirectory.class);
    assertThat(standing.holds()).as("nobody can change users now").isTrue();
  }

  @Test
  void shouldEndWithAnotherRoleOrPasswordAndWithTheUser() {
    StandingCaller beforeRole = administrator();
    users.setRole("administrator", Role.OPERATOR).join();
    assertThat(beforeRole.holds()).isFalse();
    StandingCaller beforePassword = administrator();
    users.setPassword("administrator", "another-password".toCharArray()).join();
    assertThat(beforePassword.holds()).isFalse();
    StandingCaller beforeDeletion = administrator();
    users.delete("administrator").join();
    assertThat(beforeDeletion.holds()).isFalse();
  }

  @Test
  void shouldEndWhenTheUserChangedBetweenTheProofAndTheFirstLook() {
    User proven = users.find("administrator").orElseThrow();
    users.setPassword("administrator", "another-password".toCharArray()).join();
    assertThat(standing(Caller.user(proven, "192.0.2.1")).holds()).isFalse();
  }

  @Test
  void shouldEndWithTheToken() {
    User owner = users.find("operator").orElseThrow();
    Token token =
        tokens
            .create(new NewToken("operator", "t", Role.OPERATOR, Set.of(), Duration.ofDays(1)))
            .join()
            .token();
    StandingCaller standing = standing(Caller.token(owner, token, "192.0.2.1"));
    assertThat(standing.holds()).isTrue();
    tokens.revoke(token.id()).join();
    assertThat(standing.holds()).isFalse();
  }

  @Test
  void shouldHoldTenMinutesForUsersOfTheLdapDirectory() {
    StandingCaller standing =
        standing(Caller.user(new User("ada", Role.ADMINISTRATOR, 0), "192.0.2.1"));
    nowNs.addAndGet(TimeUnit.MINUTES.toNanos(10) - 1);
    assertThat(standing.holds()).isTrue();
    nowNs.incrementAndGet();
    assertThat(standing.holds()).isFalse();
  }
}
