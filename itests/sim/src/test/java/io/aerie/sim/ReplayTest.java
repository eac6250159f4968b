package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A seed gives one run, bit for bit, in whatever process: without that a failing seed could not be
 * looked at. Another process matters, since the order of some collections differs between two.
 */
class ReplayTest {
  private static final int KINDS = Faults.Kind.values().length;
  private static final long FIRST = 1_000;

  @Test
  void shouldRunASeedAlikeInEveryProcess() throws IOException, InterruptedException {
    List<Long> seeds = LongStream.range(FIRST, FIRST + KINDS).boxed().toList();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), SimulationRun.class.getName()));
    seeds.forEach(seed -> command.add(seed.toString()));
    Process other = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder expected = new StringBuilder();
    for (long seed : seeds) {
      long fingerprint = SimulationRun.one(seed, false, new AtomicLong()).fingerprint();
      expected.append(seed).append(' ').append(fingerprint).append('\n');
    }
    String printed =
        new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replace("\r", "");
    assertThat(other.waitFor()).as(printed).isZero();
    assertThat(printed).isEqualTo(expected.toString());
  }

  @Test
  void shouldTellRunsApart() {
    assertThat(SimulationRun.one(1, false, new AtomicLong()).fingerprint())
        .isNotEqualTo(SimulationRun.one(1 + KINDS, false, new AtomicLong()).fingerprint());
  }
}
