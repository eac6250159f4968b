package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** On a clock that the test moves, nanoseconds. */
class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  private final TokenBucket bucket = new TokenBucket();
  private long now = -5 * SECOND;

  /** Takes as many of that size as go within a span of time; how many did. */
  private long taken(long count, long spanNanos) {
    long taken = 0;
    long end = now + spanNanos;
    while (true) {
      long wait = Math.max(0, bucket.waitNanos(count, now));
      if (now + wait > end) {
        now = end;
        return taken;
      }
      now += wait;
      bucket.take(count);
      taken++;
    }
  }

  @Test
  void shouldLetEverythingThroughWithoutARate() {
    assertThat(bucket.waitNanos(Long.MAX_VALUE, now)).isZero();
    bucket.take(Long.MAX_VALUE);
    assertThat(bucket.waitNanos(1, now)).isZero();
    bucket.rate(10, now);
    assertThat(bucket.waitNanos(1, now)).as("it begins empty").isEqualTo(SECOND / 10);
  }

  @Test
  void shouldGiveItsRate() {
    bucket.rate(200, now);
    assertThat(taken(1, 10 * SECOND)).isEqualTo(2000);
    bucket.rate(1 << 20, now);
    assertThat(taken(64 << 10, 10 * SECOND)).isBetween(160L, 164L);
  }

  @Test
  void shouldKeepWhatWasNotUsedForOneSecond() {
    bucket.rate(50, now);
    now += SECOND / 2;
    assertThat(taken(1, 0)).isEqualTo(25);
    now += 100 * SECOND;
    assertThat(taken(1, 0)).isEqualTo(50);
    assertThat(bucket.waitNanos(1, now)).isEqualTo(SECOND / 50);
  }

  @Test
  void shouldLetThroughWhatIsLargerThanASecond() {
    bucket.rate(1000, now);
    assertThat(bucket.waitNanos(4000, now)).as("when it is full").isEqualTo(SECOND);
    now += SECOND;
    bucket.take(4000);
    assertThat(bucket.waitNanos(1, now)).isEqualTo(3 * SECOND + SECOND / 1000);
    now += 3 * SECOND;
    assertThat(taken(4000, 40 * SECOND)).as("no more than the rate in the end").isEqualTo(10);
  }

  @Test
  void shouldCarryOverWhatIsInItToAnotherRate() {
    bucket.rate(1000, now);
    now += SECOND / 2;
    bucket.rate(2000, now);
    assertThat(taken(1, 0)).as("as many as before").isEqualTo(500);
    now += SECOND;
    assertThat(bucket.waitNanos(1, now)).isLessThanOrEqualTo(0);
    bucket.rate(10, now);
    assertThat(taken(1, 0)).as("as many as fit").isEqualTo(10);
    bucket.rate(1000, now);
    assertThat(bucket.waitNanos(1, now)).as("at once").isEqualTo(SECOND / 1000);
  }

  @Test
  void shouldCarryOverWhatIsOwed() {
    bucket.rate(1000, now);
    now += SECOND;
    bucket.take(11_000);
    assertThat(bucket.waitNanos(1000, now)).isEqualTo(11 * SECOND);
    bucket.rate(10_000, now);
    assertThat(bucket.waitNanos(1000, now)).isEqualTo(11 * SECOND / 10);
  }

  @Test
  void shouldNotOverflowAtTheHighestRate() {
    bucket.rate(1L << 40, now);
    assertThat(taken(1L << 30, 10 * SECOND)).isBetween(10_230L, 10_250L);
    bucket.rate(1, now);
    now += SECOND;
    assertThat(bucket.waitNanos(1L << 25, now)).isLessThanOrEqualTo(0);
    bucket.take(1L << 25);
    assertThat(bucket.waitNanos(1, now)).isEqualTo((1L << 25) * SECOND);
  }
}
