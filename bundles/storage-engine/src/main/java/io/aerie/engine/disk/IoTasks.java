package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Many device operations, a few at a time, and one completion when all are done. */
final class IoTasks {
  /** Enough to keep a disk's queue busy, few enough not to stand in the way of the log. */
  private static final int AT_ONCE_MAX = 8;

  private final int atOnceMax;

  private final Deque<Consumer<Completion<Void>>> waiting = new ArrayDeque<>();
  private int running;
  private Throwable failure;
  private Completion<Void> done;

  IoTasks() {
    this(AT_ONCE_MAX);
  }

  IoTasks(int atOnceMax) {
    this.atOnceMax = atOnceMax;
  }

  void add(Consumer<Completion<Void>> task) {
    waiting.addLast(task);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Starts. With nothing to do it completes within the call. */
  void run(Completion<Void> whenDone) {
    done = whenDone;
    pump();
  }

  private void pump() {
    while (failure == null && running < atOnceMax && !waiting.isEmpty()) {
      running++;
      waiting.removeFirst().accept(this::completed);
    }
    if (running == 0) {
      done.accept(null, failure);
    }
  }

  private void completed(Void nothing, Throwable error) {
    running--;
    if (error != null && failure == null) {
      failure = error;
    }
    pump();
  }
}
