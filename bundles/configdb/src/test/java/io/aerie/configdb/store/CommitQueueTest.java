package io.aerie.configdb.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.configdb.state.Answer;
import io.aerie.configdb.state.Command;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which commands share an entry, and that each gets its own answer; the test plays the log. */
class CommitQueueTest {
  private static final class Sent {
    private final byte[] entry;
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

    Sent(byte[] entry) {
      this.entry = entry;
    }
  }

  private final List<Sent> sent = new ArrayList<>();
  private final ConfigStateMachine machine = new ConfigStateMachine();
  private final CommitQueue queue =
      new CommitQueue(
          (entry, deadlineNs) -> {
            sent.add(new Sent(entry));
            return sent.get(sent.size() - 1).answer;
          });

  private static byte[] put(String path, int characters, Condition... conditions) {
    String json = "{\"a\":\"" + "x".repeat(characters) + "\"}";
    return new Command(
            UUID.randomUUID(),
            new ConfigTransaction(
                List.of(conditions), List.of(new Change.Put(path, "thing", json))))
        .encode();
  }

  private CompletableFuture<Answer> add(byte[] command) {
    return queue.add(command, System.nanoTime());
  }

  /** The log carries out the nth entry. */
  private void carryOut(int number) {
    Sent entry = sent.get(number);
    entry.answer.complete(machine.apply(number + 1, entry.entry));
  }

  @Test
  void shouldSendAtOnceWhatComesAloneAndUnchanged() {
    byte[] command = put("a", 1);
    CompletableFuture<Answer> answer = add(command);
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).entry).isEqualTo(command);
    carryOut(0);
    assertThat(answer.join()).isEqualTo(new Answer.Committed(1));
  }

  @Test
  void shouldSendTogetherWhatCameWhileOneWasUnderWay() {
    CompletableFuture<Answer> unused = add(put("a", 1));
    CompletableFuture<Answer> second = add(put("b", 1));
    CompletableFuture<Answer> failing = add(put("c", 1, new Condition("a", 7)));
    CompletableFuture<Answer> third = add(put("d", 1));
    assertThat(sent).hasSize(1);
    carryOut(0);
    assertThat(sent).hasSize(2);
    assertThat(second).isNotDone();
    carryOut(1);
    assertThat(second.join()).isEqualTo(new Answer.Committed(2));
    assertThat(failing.join()).isEqualTo(new Answer.ConditionFailed("a", 7, 1));
    assertThat(third.join()).isEqualTo(new Answer.Committed(3));
    assertThat(machine.get("c")).isEmpty();
    assertThat(add(put("e", 1))).isNotDone();
    assertThat(sent).hasSize(3);
  }

  @Test
  void shouldFailOnlyThoseWhoseEntryFailed() {
    CompletableFuture<Answer> first = add(put("a", 1));
    CompletableFuture<Answer> second = add(put("b", 1));
    sent.get(0)
        .answer
        .completeExceptionally(new AerieException(ErrorCode.TIMED_OUT, "thrown by the test"));
    assertThat(first).isCompletedExceptionally();
    assertThat(second).isNotDone();
    carryOut(1);
    assertThat(second.join()).isEqualTo(new Answer.Committed(1));
  }

  @Test
  void shouldMakeNoEntryLargerThanALogTakes() {
    CompletableFuture<Answer> unused = add(put("first", 1));
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      answers.add(add(put("large" + i, Limits.DOCUMENT_BYTES_MAX - 8)));
    }
    for (int i = 0; i < sent.size(); i++) {
      assertThat(sent.get(i).entry).hasSizeLessThanOrEqualTo(Limits.TRANSACTION_BYTES_MAX);
      carryOut(i);
    }
    assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    assertThat(machine.revision()).isEqualTo(6);
  }

  @Test
  void shouldRefuseEachWhenTheReplicasDontKnowTheEntry() {
    CompletableFuture<Answer> unused = add(put("a", 1));
    CompletableFuture<Answer> second = add(put("b", 1));
    CompletableFuture<Answer> third = add(put("c", 1));
    carryOut(0);
    sent.get(1).answer.complete(new Answer.Refused("another release").encode());
    assertThat(second.join()).isInstanceOf(Answer.Refused.class);
    assertThat(third.join()).isInstanceOf(Answer.Refused.class);
  }
}
