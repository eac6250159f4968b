package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ReservationAnswer;
import io.aerie.engine.protocol.Message.ReservationQuestion;
import io.aerie.engine.protocol.Message.Status;
import java.util.function.LongConsumer;

/** A request about a volume's reservations, which waits for the owner and for the own state. */
abstract class ReservationCall extends OwnerCall {
  ReservationCall(NodeContext context, long volume) {
    super(context, volume);
  }

  static AerieException late() {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "The volume's reservations could not be changed or read in time",
        "What was asked for may have happened.",
        "");
  }

  @Override
  void failLate() {
    fail(late());
  }

  /** Runs a task when the own state has an index. */
  void arrived(long index, Runnable task) {
    if (context().rcd().index() >= index) {
      task.run();
    } else {
      again(Timing.CLIENT_RETRY, () -> arrived(index, task));
    }
  }

  /** Asks the owner until it says yes; then tells the index that it has. */
  void confirm(long index, boolean settled, LongConsumer confirmed) {
    askOwner(
        request -> new ReservationQuestion(request, volume(), index, settled),
        answer -> {
          if (answer instanceof ReservationAnswer of && of.status() == Status.DONE) {
            confirmed.accept(of.index());
            return true;
          }
          return false;
        });
  }
}
