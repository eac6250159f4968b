package io.aerie.cluster.atomix.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SetBackClockTest {
  private static final long STEP_MS = Duration.ofMinutes(30).toMillis();

  private long wallMillis = 1_700_000_000_000L;
  private long monotonicMillis = 5;
  private final SetBackClock clock = new SetBackClock(() -> wallMillis, () -> monotonicMillis);

  private void passes(long millis) {
    wallMillis += millis;
    monotonicMillis += millis;
  }

  @Test
  void shouldNotSeeTimeThatPassesOrAStepForth() {
    passes(STEP_MS);
    assertThat(clock.isSetBack()).isFalse();
    wallMillis += STEP_MS;
    assertThat(clock.isSetBack()).isFalse();
  }

  @Test
  void shouldSeeAStepBackUntilItIsRestarted() {
    wallMillis -= STEP_MS;
    assertThat(clock.isSetBack()).isTrue();
    passes(STEP_MS / 2);
    assertThat(clock.isSetBack()).isTrue();
    clock.restart();
    assertThat(clock.isSetBack()).isFalse();
  }

  /** The time is right again, but rounds of heartbeats were begun by the wrong one. */
  @Test
  void shouldSeeAStepForthTakenBack() {
    wallMillis += STEP_MS;
    assertThat(clock.isSetBack()).isFalse();
    wallMillis -= STEP_MS;
    assertThat(clock.isSetBack()).isTrue();
  }

  @Test
  void shouldSeeManySmallStepsBack() {
    long step = SetBackClock.TOLERANCE.toMillis() / 2;
    wallMillis -= 2 * step;
    assertThat(clock.isSetBack()).isFalse();
    wallMillis -= step;
    assertThat(clock.isSetBack()).isTrue();
  }
}
