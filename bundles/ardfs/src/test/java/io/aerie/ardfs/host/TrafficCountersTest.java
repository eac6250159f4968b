package io.aerie.ardfs.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.ardfs.host.TrafficCounters.Operation;
import io.aerie.ardfs.rcd.RcdReplica;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Operations count when they end, by how they end. */
class TrafficCountersTest {
  @Test
  void shouldCountWhatEndsAndForgetVolumesThatAreGone() {
    TrafficCounters counters = new TrafficCounters(new RcdReplica());
    TrafficCounters.OfVolume volume = counters.of("gone");
    CompletableFuture<String> operation = new CompletableFuture<>();
    CompletableFuture<String> counted = volume.count(Operation.READ, 4096, operation);
    assertThat(volume.traffic("v").get(0).operations()).isZero();
    operation.complete("bytes");
    assertThat(counted).isCompletedWithValue("bytes");
    assertThat(volume.count(Operation.READ, 512, CompletableFuture.failedFuture(new Error())))
        .isCompletedExceptionally();
    var read = volume.traffic("v").get(0);
    assertThat(read.operation()).isEqualTo("read");
    assertThat(read.operations()).isEqualTo(1);
    assertThat(read.failures()).isEqualTo(1);
    assertThat(read.bytes()).isEqualTo(4096);
    assertThat(read.nanoseconds()).isPositive();
    assertThat(volume.traffic("v").get(1).operations()).as("writes").isZero();
    assertThat(counters.traffic()).isEmpty();
    assertThat(counters.of("gone")).isNotSameAs(volume);
  }
}
