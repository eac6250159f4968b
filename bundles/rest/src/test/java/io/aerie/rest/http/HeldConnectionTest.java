package io.aerie.rest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.rest.http.ConnectionGuard.Limits;
import io.aerie.rest.http.HeldConnection.State;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a body may take. */
class HeldConnectionTest {
  private static final Limits LIMITS = Limits.DEFAULT;
  private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);

  private final HeldConnection held = new HeldConnection("192.0.2.1", LIMITS);

  private boolean isLateAfter(long ns) {
    return held.isLate(System.nanoTime() + ns);
  }

  @Test
  void shouldGiveFilesTheTimeThatTheirBytesNeed() {
    held.become(State.BODY);
    held.expectFile();
    assertThat(isLateAfter(MINUTE_NS)).as("nothing came yet").isTrue();
    held.bodyBrings(LIMITS.answerBytesPerSecond() * 60);
    assertThat(isLateAfter(MINUTE_NS)).isFalse();
    assertThat(isLateAfter(2 * MINUTE_NS)).isTrue();
    held.hurry();
    held.bodyBrings(LIMITS.answerBytesPerSecond() * 60);
    assertThat(isLateAfter(MINUTE_NS)).as("refused: its rest counts no more").isTrue();
  }

  @Test
  void shouldGiveOtherBodiesNoMoreTimeForBytes() {
    held.become(State.BODY);
    held.bodyBrings(LIMITS.answerBytesPerSecond() * 60);
    assertThat(isLateAfter(MINUTE_NS)).isTrue();
    held.expectFile();
    held.become(State.BODY);
    held.bodyBrings(LIMITS.answerBytesPerSecond() * 60);
    assertThat(isLateAfter(MINUTE_NS)).as("the next request's").isTrue();
  }
}
