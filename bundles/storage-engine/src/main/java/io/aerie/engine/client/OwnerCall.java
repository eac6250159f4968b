package io.aerie.engine.client;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** A request that a volume's owner has to answer, whoever owns it: until one does. */
abstract class OwnerCall {
  private final NodeContext context;
  private long volume;
  private final long deadlineNanos;

  OwnerCall(NodeContext context, long volume) {
    this.context = context;
    this.volume = volume;
    this.deadlineNanos = context.now() + Timing.CLIENT_PATIENCE;
  }

  NodeContext context() {
    return context;
  }

  /** The volume's number. */
  long volume() {
    return volume;
  }

  /** Another volume took its volume's place. */
  void follow(long successor) {
    volume = successor;
  }

  /** Whether it still waits. */
  abstract boolean open();

  abstract void fail(Throwable failure);

  /** It took too long. */
  abstract void failLate();

  /** Whether it still goes on; fails it when it is too late. */
  private boolean goesOn() {
    if (!open()) {
      return false;
    }
    if (context.now() - deadlineNanos >= 0) {
      failLate();
      return false;
    }
    return true;
  }

  void again(long delayNanos, Runnable task) {
    context.later(
        delayNanos,
        () -> {
          if (goesOn()) {
            task.run();
          }
        });
  }

  /**
   * Asks the owner, again and again.
   *
   * @param taken whether an answer is what was waited for
   */
  void askOwner(LongFunction<Message> question, Predicate<Message.Answer> taken) {
    Optional<NodeId> owner = context.rcd().volume(volume).flatMap(VolumeRecord::owner);
    if (owner.isEmpty()) {
      again(Timing.RETRY, () -> askOwner(question, taken));
      return;
    }
    context.ask(
        owner.get(),
        Timing.ANSWER,
        question,
        (answer, failure) -> {
          if (open() && (failure != null || !taken.test(answer))) {
            again(Timing.CLIENT_RETRY, () -> askOwner(question, taken));
          }
        });
  }
}
