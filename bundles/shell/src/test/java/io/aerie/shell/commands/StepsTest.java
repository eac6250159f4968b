package io.aerie.shell.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StepsTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Steps steps = steps(LONG);

  private Steps steps(Duration limit) {
    return new Steps(new PrintStream(bytes, false, UTF_8), false, limit);
  }

  @Test
  void shouldPrintByTheCallersThreadWhateverThreadTells() {
    Thread caller = Thread.currentThread();

    String result =
        steps.follow(
            step -> step + " " + (Thread.currentThread() == caller),
            (Consumer<Integer> tell) ->
                CompletableFuture.supplyAsync(
                    () -> {
                      tell.accept(1);
                      tell.accept(2);
                      return "done";
                    }));

    assertThat(result).isEqualTo("done");
    assertThat(bytes.toString(UTF_8).lines()).containsExactly("1 true", "2 true");
  }

  @Test
  void shouldPrintTheStepsBeforeAFailure() {
    AerieException failure = new AerieException(ErrorCode.UNAVAILABLE, "No leader", "", "");

    assertThatThrownBy(
            () ->
                steps.follow(
                    step -> step,
                    (Consumer<String> tell) -> {
                      tell.accept("begun");
                      return CompletableFuture.failedFuture(failure);
                    }))
        .isSameAs(failure);
    assertThat(bytes.toString(UTF_8)).isEqualToIgnoringNewLines("begun");
  }

  @Test
  void shouldGiveUpAfterItsLimit() {
    assertThatThrownBy(
            () ->
                steps(Duration.ofMillis(1))
                    .follow(step -> "never", (Consumer<String> tell) -> new CompletableFuture<>()))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));
  }
}
