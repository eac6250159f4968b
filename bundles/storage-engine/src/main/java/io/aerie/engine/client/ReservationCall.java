package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ReservationAnswer;
import io.aerie.engine.protocol.Message.ReservationQuestion;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A request about a volume's reservations, which waits for the owner and for the own state. */
abstract class ReservationCall {
  private final NodeContext context;
  private final long volume;
  private final long deadlineNanos;

  ReservationCall(NodeContext context, long volume) {
    this.context = context;
    this.volume = volume;
    this.deadlineNanos = context.now() + Timing.CLIENT_PATIENCE;
  }

  /** Whether it still waits. */
  abstract boolean open();

  abstract void fail(Throwable failure);

  static AerieException late() {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "The volume's reservations could not be changed or read in time",
        "What was asked for may have happened.",
        "");
  }

  /** Whether it still goes on; fails it when it is too late. */
  private boolean goesOn() {
    if (!open()) {
      return false;
    }
    if (context.now() - deadlineNanos >= 0) {
      fail(late());
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

  /** Runs a task when the own state has an index. */
  void arrived(long index, Runnable task) {
    if (context.rcd().index() >= index) {
      task.run();
    } else {
      again(Timing.CLIENT_RETRY, () -> arrived(index, task));
    }
  }

  /** Asks the owner until it says yes; then tells the index that it has. */
  void confirm(long index, boolean settled, LongConsumer confirmed) {
    Optional<NodeId> owner = context.rcd().volume(volume).flatMap(VolumeRecord::owner);
    if (owner.isEmpty()) {
      again(Timing.RETRY, () -> confirm(index, settled, confirmed));
      return;
    }
    context.ask(
        owner.get(),
        Timing.ANSWER,
        request -> new ReservationQuestion(request, volume, index, settled),
        (answer, failure) -> {
          if (!open()) {
            return;
          }
          if (answer instanceof ReservationAnswer of && of.status() == Status.DONE) {
            confirmed.accept(of.index());
          } else {
            again(Timing.CLIENT_RETRY, () -> confirm(index, settled, confirmed));
          }
        });
  }
}
