package io.aerie.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The engine against the simplest thing that means the same: random calls, random order of the
 * device's completions, power failures and clean restarts, and after each the whole content
 * compared. What was completed must be there; what was not may be there, in its order; a watermark
 * may fall back to the last one that was made durable.
 */
class DiskEngineModelTest {
  private static final int SEEDS = 100;
  private static final int STEPS = 120;

  @Test
  void shouldKeepWhatWasCompletedAcrossCrashes() {
    long crashes = 0;
    long checkpoints = 0;
    long directs = 0;
    long seconds = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomRun run = new RandomRun(seed, 512 * 1024);
      runOne(run, seed, STEPS);
      crashes += run.crashes();
      checkpoints += run.checkpoints();
      directs += run.directs();
      seconds += run.seconds();
    }
    assertThat(crashes).isGreaterThan(SEEDS);
    assertThat(checkpoints).isGreaterThan(SEEDS);
    assertThat(directs).isGreaterThan(SEEDS / 4);
    assertThat(seconds).isGreaterThan(SEEDS);
  }

  /** Room for records of several units, and fewer checkpoints that let go of places. */
  @Test
  void shouldKeepLargeWritesAcrossCrashes() {
    for (long seed = 1; seed <= SEEDS / 2; seed++) {
      runOne(new RandomRun(seed, 2 * 1024 * 1024), seed, STEPS);
    }
  }

  /** Seeds that overflowed the ring: checkpoints died after they had logged old entries again. */
  @Test
  void shouldNotFillTheRingWhenCheckpointsDie() {
    for (long seed : new long[] {39, 82}) {
      runOne(new RandomRun(seed, 512 * 1024), seed, 400);
    }
  }

  private static void runOne(RandomRun run, long seed, int steps) {
    try {
      run.run(steps);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + " of " + steps + " steps", e);
    }
  }
}
