package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a takeover keeps. */
class SettlementTest {
  private static Point point(long epoch, long sequence) {
    return new Point(epoch, sequence);
  }

  private static StreamState state(Point watermark, Point... history) {
    return new StreamState(
        new StreamKey(1, 1), history[history.length - 1], watermark, List.of(history));
  }

  @Test
  void shouldKeepWhatAllHold() {
    assertThat(
            Settlement.kept(
                List.of(
                    state(point(3, 15), point(3, 19)),
                    state(point(3, 14), point(3, 17)),
                    state(point(3, 15), point(3, 18)))))
        .contains(point(3, 17));
  }

  @Test
  void shouldStopWhereHistoriesPart() {
    assertThat(
            Settlement.kept(
                List.of(
                    state(point(3, 15), point(3, 17), point(4, 0)),
                    state(point(3, 15), point(3, 19)))))
        .contains(point(3, 17));
  }

  @Test
  void shouldFollowACommonWayThroughSeveralEpochs() {
    assertThat(
            Settlement.kept(
                List.of(
                    state(point(3, 15), point(3, 17), point(4, 5)),
                    state(point(3, 17), point(3, 17), point(4, 2)))))
        .contains(point(4, 2));
  }

  @Test
  void shouldKeepNothingWhenOneHasNothing() {
    assertThat(Settlement.kept(Arrays.asList(state(Point.NONE, point(1, 4)), null)))
        .contains(Point.NONE);
  }

  @Test
  void shouldReportASettledEntryThatAMemberLacks() {
    assertThat(
            Settlement.kept(
                List.of(state(point(3, 15), point(3, 17)), state(point(3, 9), point(3, 14)))))
        .isEmpty();
    assertThat(Settlement.kept(Arrays.asList(state(point(3, 1), point(3, 1)), null))).isEmpty();
  }
}
