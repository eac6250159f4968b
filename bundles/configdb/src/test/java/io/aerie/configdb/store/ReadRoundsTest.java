package io.aerie.configdb.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Reads share a question only when it is asked after they came: else they could read the past. */
class ReadRoundsTest {
  private final List<CompletableFuture<Long>> asked = new ArrayList<>();
  private final ReadRounds rounds =
      new ReadRounds(
          () -> {
            asked.add(new CompletableFuture<>());
            return asked.get(asked.size() - 1);
          });

  @Test
  void shouldAskAtOnceForOne() {
    CompletableFuture<Long> read = rounds.join();
    asked.get(0).complete(5L);
    assertThat(read.join()).isEqualTo(5);
    assertThat(asked).hasSize(1);
  }

  @Test
  void shouldAskAnewForThoseWhoCameWhileOneWasUnderWay() {
    CompletableFuture<Long> early = rounds.join();
    CompletableFuture<Long> late = rounds.join();
    CompletableFuture<Long> later = rounds.join();
    assertThat(asked).hasSize(1);
    asked.get(0).complete(5L);
    assertThat(early.join()).isEqualTo(5);
    assertThat(late).isNotDone();
    assertThat(asked).hasSize(2);
    asked.get(1).complete(6L);
    assertThat(late.join()).isEqualTo(6);
    assertThat(later.join()).isEqualTo(6);
    assertThat(asked).hasSize(2);
  }

  @Test
  void shouldFailOnlyThoseWhoAskedTogether() {
    CompletableFuture<Long> early = rounds.join();
    CompletableFuture<Long> late = rounds.join();
    asked.get(0).completeExceptionally(new IllegalStateException("thrown by the test"));
    assertThat(early).isCompletedExceptionally();
    asked.get(1).complete(6L);
    assertThat(late.join()).isEqualTo(6);
  }

  @Test
  void shouldAskAgainAfterAQuestionThatCouldNotBeAsked() {
    List<String> tries = new ArrayList<>();
    ReadRounds failing =
        new ReadRounds(
            () -> {
              tries.add("one");
              throw new IllegalStateException("thrown by the test");
            });
    assertThat(failing.join()).isCompletedExceptionally();
    assertThat(failing.join()).isCompletedExceptionally();
    assertThat(tries).hasSize(2);
  }
}
