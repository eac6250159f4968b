package io.aerie.configdb.store;

import io.aerie.base.Causes;
import io.aerie.configdb.state.Answer;
import io.aerie.configdb.state.CommandBatch;
import io.aerie.configdb.state.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends commands to the log, one entry at a time: those that come while one is under way go
 * together in the next. So one writer waits for nobody, and many share what an entry costs.
 */
final class CommitQueue {
  /** Far more than there are writers on a node; bounds the work of one apply. */
  private static final int BATCH_COMMANDS_MAX = 256;

  /** Brings one entry to the log, with retries until its deadline. */
  interface Sender {
    CompletableFuture<byte[]> send(byte[] entry, long deadlineNs);
  }

  private static final class Waiting {
    private final byte[] command;
    private final long deadlineNs;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    Waiting(byte[] command, long deadlineNs) {
      this.command = command;
      this.deadlineNs = deadlineNs;
    }
  }

  private final Sender sender;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private boolean underway;

  CommitQueue(Sender sender) {
    this.sender = sender;
  }

  /**
   * The answer to an encoded command.
   *
   * @param deadlineNs of {@link System#nanoTime}; at least one attempt is made
   */
  CompletableFuture<Answer> add(byte[] command, long deadlineNs) {
    Waiting waiting = new Waiting(command, deadlineNs);
    synchronized (this) {
      queue.add(waiting);
    }
    sendNext();
    return waiting.answer;
  }

  private void sendNext() {
    List<Waiting> batch;
    synchronized (this) {
      if (underway || queue.isEmpty()) {
        return;
      }
      underway = true;
      batch = take();
    }
    byte[] entry = CommandBatch.encode(batch.stream().map(waiting -> waiting.command).toList());
    // whatever becomes of it, those behind it must not wait for ever
    CompletableFuture<byte[]> unused =
        Futures.tried(() -> sender.send(entry, batch.get(0).deadlineNs))
            .whenComplete(
                (answers, failure) -> {
                  synchronized (this) {
                    underway = false;
                  }
                  // first, so that the log has work while these go on with their answers
                  sendNext();
                  complete(batch, answers, failure);
                });
  }

  /** The oldest, as many as fit. */
  private List<Waiting> take() {
    List<Waiting> batch = new ArrayList<>();
    int bytes = CommandBatch.HEADER_BYTES;
    while (!queue.isEmpty() && batch.size() < BATCH_COMMANDS_MAX) {
      bytes += CommandBatch.COMMAND_HEADER_BYTES + queue.peek().command.length;
      // one alone has no header, and may be as large as a transaction may be
      if (!batch.isEmpty() && bytes > Limits.TRANSACTION_BYTES_MAX) {
        break;
      }
      batch.add(queue.remove());
    }
    return batch;
  }

  private static void complete(List<Waiting> batch, byte[] bytes, Throwable failure) {
    List<Answer> answers;
    try {
      if (failure != null) {
        batch.forEach(waiting -> waiting.answer.completeExceptionally(Causes.of(failure)));
        return;
      }
      answers = CommandBatch.decodeAnswers(bytes, batch.size());
    } catch (RuntimeException e) {
      batch.forEach(waiting -> waiting.answer.completeExceptionally(e));
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).answer.complete(answers.get(i));
    }
  }
}
