package io.aerie.configdb.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.users.TokenDirectory.Issued;
import io.aerie.config.users.TokenDirectory.NewToken;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tokens: what they prove, until when, and what is kept of them. */
@Timeout(60)
class TokensTest {
  private static final char[] SECRET = "correct horse".toCharArray();
  private static final String DESK = "192.0.2.1";
  private static final String ATTACKER = "2001:db8::1";

  private final SecureRandom random = new SecureRandom();
  private final ManualClock clock = new ManualClock();
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final MemoryReplicatedLogProvider provider = new MemoryReplicatedLogProvider();
  private ReplicatedConfigStore store;
  private ConfigUserDirectory users;
  private ConfigTokenDirectory tokens;

  /** Moved by hand. */
  private static final class ManualClock extends Clock {
    private Instant now = Instant.parse("2026-11-21T04:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("tokens know no zones");
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @BeforeEach
  void open() {
    store = replica();
    users = new ConfigUserDirectory(store, random, () -> 0, SecondSource.NONE, 10);
    tokens = new ConfigTokenDirectory(store, random, clock, nanoTime::get);
    users.create("ada", SECRET, Role.OPERATOR).join();
  }

  private ReplicatedConfigStore replica() {
    ConfigStateMachine state = new ConfigStateMachine();
    ReplicatedLog log =
        provider.open(new LogSpecification("config", state, true, List.of())).join();
    return new ReplicatedConfigStore(log, state);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static NewToken wanted(String name, Role role, Duration validity) {
    return new NewToken("ada", name, role, Set.of("volumes"), validity);
  }

  private Issued issue(String name) {
    return tokens.create(wanted(name, Role.OBSERVER, Duration.ofHours(1))).join();
  }

  @Test
  void shouldProveOwnerRoleAndKinds() {
    Issued issued = issue("backup");
    assertThat(issued.secret()).matches("aerie_[0-9a-f]{16}_[A-Za-z0-9_-]{43}");
    assertThat(issued.toString()).doesNotContain(issued.secret());
    assertThat(tokens.authenticate(issued.secret(), DESK))
        .hasValueSatisfying(
            proof -> {
              assertThat(proof.owner().name()).isEqualTo("ada");
              assertThat(proof.token()).isEqualTo(issued.token());
              assertThat(proof.token().kinds()).containsExactly("volumes");
            });
    String random = issued.secret().substring(issued.secret().length() - 43);
    assertThat(store.listLocal("").toString()).doesNotContain(random);
  }

  @Test
  void shouldRefuseEverythingElse() {
    String secret = issue("backup").secret();
    String other = issue("other").secret();
    String mixed = secret.substring(0, 23) + other.substring(23);
    char last = secret.charAt(secret.length() - 1);
    String changed =
        secret.substring(0, 30) + (secret.charAt(30) == 'A' ? 'B' : 'A') + secret.substring(31);
    for (String wrong :
        List.of("", "aerie_", mixed, changed, secret + last, secret.substring(1), " " + secret)) {
      assertThat(tokens.authenticate(wrong, DESK)).as(wrong).isEmpty();
    }
  }

  @Test
  void shouldEndAtItsTimeOnEveryClock() {
    String secret = issue("backup").secret();
    clock.now = clock.now.plus(Duration.ofHours(1)).minusMillis(1);
    assertThat(tokens.authenticate(secret, DESK)).isPresent();
    clock.now = clock.now.plusMillis(1);
    assertThat(tokens.authenticate(secret, DESK)).isEmpty();
    assertThat(tokens.tokens()).hasSize(1);
    String again = issue("backup").secret();
    assertThat(tokens.authenticate(again, DESK)).isPresent();
    assertThat(tokens.authenticate(secret, DESK)).isEmpty();
  }

  @Test
  void shouldEndWhenRevoked() {
    Issued issued = issue("backup");
    Token revoked = tokens.revoke(issued.token().id()).join();
    assertThat(revoked.name()).isEqualTo("backup");
    assertThat(tokens.authenticate(issued.secret(), DESK)).isEmpty();
    assertThat(tokens.tokens()).isEmpty();
    assertRefused(tokens.revoke(issued.token().id()), ErrorCode.NOT_FOUND);
    assertRefused(tokens.revoke("../users/ada"), ErrorCode.NOT_FOUND);
  }

  /** An id is that of an owner's name for a token, which a later token may have. */
  @Test
  void shouldRevokeTheExpectedTokenOnly() {
    Token former = issue("backup").token();
    tokens.revoke(former.id()).join();
    Issued later = issue("backup");
    assertThat(later.token().id()).isEqualTo(former.id());
    assertRefused(
        tokens.revoke(former.id(), OptionalLong.of(former.revision())),
        ErrorCode.PRECONDITION_FAILED);
    assertThat(tokens.authenticate(later.secret(), DESK)).isPresent();
    tokens.revoke(former.id(), OptionalLong.of(later.token().revision())).join();
    assertThat(tokens.authenticate(later.secret(), DESK)).isEmpty();
  }

  @Test
  void shouldFindATokenByItsId() {
    Token token = issue("backup").token();
    issue("other");
    assertThat(tokens.find(token.id())).contains(token);
    assertThat(tokens.find("0123456789abcdef")).isEmpty();
    assertThat(tokens.find("../users/ada")).isEmpty();
    tokens.revoke(token.id()).join();
    assertThat(tokens.find(token.id())).isEmpty();
  }

  /** What was read of a token and its owner is kept; what is decided isn't. */
  @Test
  void shouldCountAChangeAtTheNextUse() {
    Issued issued = issue("backup");
    assertThat(tokens.authenticate(issued.secret(), DESK).orElseThrow().owner().role())
        .isEqualTo(Role.OPERATOR);
    users.setRole("ada", Role.OBSERVER).join();
    assertThat(tokens.authenticate(issued.secret(), DESK).orElseThrow().owner().role())
        .isEqualTo(Role.OBSERVER);
    tokens.revoke(issued.token().id()).join();
    assertThat(tokens.authenticate(issued.secret(), DESK)).isEmpty();
    String again = issue("backup").secret();
    assertThat(tokens.authenticate(issued.secret(), DESK)).isEmpty();
    assertThat(tokens.authenticate(again, DESK)).isPresent();
  }

  /**
   * The other node's replica has a change when the log gave it to it: nothing else is waited for.
   */
  @Test
  void shouldBeKnownAndEndOnEveryNode() {
    try (ReplicatedConfigStore other = replica()) {
      ConfigTokenDirectory there = new ConfigTokenDirectory(other, random, clock, nanoTime::get);
      Issued issued = issue("backup");
      assertThat(there.authenticate(issued.secret(), DESK)).isPresent();
      tokens.revoke(issued.token().id()).join();
      assertThat(there.authenticate(issued.secret(), DESK)).isEmpty();
    }
  }

  @Test
  void shouldEndWithItsOwnerAndNotServeALaterOneOfThatName() {
    Issued issued = issue("backup");
    String kept = store.getLocal("tokens/" + issued.token().id()).orElseThrow().json();
    users.delete("ada").join();
    assertThat(tokens.tokens()).isEmpty();
    users.create("ada", SECRET, Role.ADMINISTRATOR).join();
    store
        .commit(
            new io.aerie.config.ConfigTransaction(
                List.of(),
                List.of(
                    new io.aerie.config.ConfigTransaction.Change.Put(
                        "tokens/" + issued.token().id(), "token", kept))))
        .thenCompose(store::awaitLocal)
        .join();
    assertThat(tokens.tokens()).hasSize(1);
    assertThat(tokens.authenticate(issued.secret(), DESK)).isEmpty();
  }

  @Test
  void shouldRefuseMoreThanTheOwnerMayAndBadWishes() {
    Duration hour = Duration.ofHours(1);
    assertRefused(tokens.create(wanted("t", Role.ADMINISTRATOR, hour)), ErrorCode.FORBIDDEN);
    assertRefused(
        tokens.create(wanted("t", Role.OBSERVER, Duration.ofSeconds(59))), ErrorCode.INVALID_VALUE);
    assertRefused(
        tokens.create(wanted("t", Role.OBSERVER, Duration.ofDays(367))), ErrorCode.INVALID_VALUE);
    assertRefused(tokens.create(wanted("a b", Role.OBSERVER, hour)), ErrorCode.INVALID_NAME);
    assertRefused(
        tokens.create(new NewToken("bob", "t", Role.OBSERVER, Set.of(), hour)),
        ErrorCode.NOT_FOUND);
    issue("t");
    assertRefused(tokens.create(wanted("t", Role.OBSERVER, hour)), ErrorCode.ALREADY_EXISTS);
    assertThatThrownBy(() -> tokens.check(wanted("t", Role.OBSERVER, hour)))
        .isInstanceOf(AerieException.class);
    assertThat(tokens.tokens()).hasSize(1);
  }

  @Test
  void shouldBoundTokensOfAUserAndClearExpiredOnesAway() {
    for (int i = 0; i < ConfigTokenDirectory.TOKENS_PER_OWNER_MAX; i++) {
      issue("t" + i);
    }
    assertRefused(
        tokens.create(wanted("more", Role.OBSERVER, Duration.ofHours(1))), ErrorCode.CONFLICT);
    clock.now = clock.now.plus(Duration.ofHours(2));
    issue("more");
    assertThat(tokens.tokens()).extracting(Token::name).containsExactly("more");
  }

  /** Whether a token that is wrong was judged, and not told to wait. */
  private boolean judged(String wrong, String source) {
    try {
      assertThat(tokens.authenticate(wrong, source)).isEmpty();
      return true;
    } catch (AerieException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_ATTEMPTS);
      assertThat(e.remedy()).matches("Try again in 1?\\d s\\.");
      return false;
    }
  }

  @Test
  void shouldSlowDownWrongTokensOfAnAddressAndNoRightOnes() {
    String right = issue("backup").secret();
    String wrong = right.substring(0, 23) + "A".repeat(43);
    int judged = 0;
    for (int i = 0; i < 36_000; i++) {
      // the other half of them from its neighbour: an IPv6 network is one address
      judged += judged(i % 3 == 0 ? "abc" : wrong, i % 2 == 0 ? ATTACKER : "2001:db8::2") ? 1 : 0;
      if (i % 100 == 0) {
        assertThat(tokens.authenticate(right, ATTACKER)).as("the right one beside it").isPresent();
        assertThat(tokens.authenticate(right, DESK)).isPresent();
      }
      nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
    }
    assertThat(judged).as("of ten a second for an hour").isBetween(200, 260);
    assertThat(judged(wrong, DESK)).as("elsewhere").isTrue();
  }

  @Test
  void shouldForgiveWrongTokensWithTime() {
    for (int i = 0; i < LoginGuard.SOURCE_FREE; i++) {
      assertThat(judged("abc", DESK)).isTrue();
    }
    assertThat(judged("abc", DESK)).isFalse();
    assertThat(users.authenticate("ada", SECRET, DESK)).as("passwords count apart").isPresent();
    nanoTime.addAndGet(LoginGuard.SOURCE_FREE * FailureCount.FORGIVEN_NS);
    for (int i = 0; i < LoginGuard.SOURCE_FREE; i++) {
      assertThat(judged("abc", DESK)).isTrue();
    }
  }

  @Test
  void shouldRememberABoundedNumberOfAddresses() {
    TokenGuard guard = new TokenGuard(nanoTime::get);
    for (int i = 0; i < RecentlyUsed.ENTRIES_MAX + 100; i++) {
      guard.wrong("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256);
    }
    assertThat(guard.size()).isEqualTo(RecentlyUsed.ENTRIES_MAX);
  }

  private static void assertRefused(CompletableFuture<?> future, ErrorCode code) {
    assertThatThrownBy(future::join)
        .extracting(Causes::of)
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
