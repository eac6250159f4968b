package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.storage.admin.StorageViews.JobView;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is said of a job's end was measured, or is not said. */
class JobRatesTest {
  private long nowNanos;
  private final JobRates rates = new JobRates(() -> nowNanos);

  private JobView look(int atSecond, String state, int groupsDone, long doneBytes) {
    nowNanos = TimeUnit.SECONDS.toNanos(atSecond);
    JobView job =
        new JobView(
            "7",
            "replacement",
            state,
            "d",
            groupsDone,
            8,
            doneBytes,
            OptionalLong.empty(),
            OptionalLong.empty(),
            1);
    return rates.measured(List.of(job)).get(0);
  }

  private static void assertUnknown(JobView job) {
    assertThat(job.rateBytesPerSecond()).isEmpty();
    assertThat(job.secondsLeft()).isEmpty();
  }

  @Test
  void shouldSayNothingBeforeAGroupWasSeenToBeDone() {
    assertUnknown(look(0, "running", 2, 500));
    assertUnknown(look(10, "running", 2, 700));
  }

  @Test
  void shouldEstimateFromWhatItSaw() {
    look(0, "running", 2, 500);
    JobView job = look(10, "running", 4, 1500);
    assertThat(job.rateBytesPerSecond()).hasValue(100);
    assertThat(job.secondsLeft()).as("4 groups of 5 seconds").hasValue(20);
  }

  @Test
  void shouldTakeLongerWhenItStandsStill() {
    look(0, "running", 2, 500);
    look(10, "running", 4, 1500);
    JobView job = look(40, "running", 4, 1500);
    assertThat(job.rateBytesPerSecond()).hasValue(25);
    assertThat(job.secondsLeft()).hasValue(80);
  }

  @Test
  void shouldSayNothingOfWhatHasEnded() {
    look(0, "running", 2, 500);
    assertUnknown(look(10, "done", 8, 1500));
    assertUnknown(look(20, "running", 3, 1600));
  }
}
