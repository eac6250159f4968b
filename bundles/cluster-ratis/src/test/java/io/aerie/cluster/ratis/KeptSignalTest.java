package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A signal outlives the moment in which nobody waits, and many are one. */
class KeptSignalTest {
  private final KeptSignal signal = new KeptSignal("test");

  @Test
  void shouldKeepASignalForWhoWaitsLater() throws Exception {
    signal.signal();
    assertThat(signal.await(1, TimeUnit.HOURS)).isTrue();
  }

  @Test
  void shouldTakeManySignalsAsOne() throws Exception {
    signal.signal();
    signal.signal();
    signal.await();
    assertThat(signal.await(1, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void shouldNotWaitWithoutTime() throws Exception {
    signal.signal();
    assertThat(signal.await(0, TimeUnit.HOURS)).isFalse();
    assertThat(signal.await(1, TimeUnit.HOURS)).isTrue();
  }
}
