package io.aerie.engine.client;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.engine.store.Completion;
import java.util.function.Consumer;

/**
 * An administrator clears a volume's reservations: decided by RCD, answered when the owner knows,
 * as what initiators ask ({@link ReservationCalls}).
 */
final class ReservationClearing extends ReservationCall {
  private final ClearReservation command;
  private final Consumer<OwnerCall> ended;
  private final Completion<Void> done;
  private boolean open = true;

  /**
   * @param volume its number
   * @param ended told before {@code done}
   */
  ReservationClearing(
      NodeContext context,
      long volume,
      ClearReservation command,
      Consumer<OwnerCall> ended,
      Completion<Void> done) {
    super(context, volume);
    this.command = command;
    this.ended = ended;
    this.done = done;
  }

  @Override
  boolean open() {
    return open;
  }

  @Override
  void fail(Throwable failure) {
    end(failure);
  }

  private void end(Throwable failure) {
    open = false;
    ended.accept(this);
    done.accept(null, failure);
  }

  void submit() {
    context()
        .submit(
            command,
            (answer, failure) -> {
              if (!open) {
                return;
              }
              if (failure == null) {
                long index = answer.number();
                arrived(index, () -> confirm(index, /* settled= */ false, known -> end(null)));
              } else if (answer != null) {
                fail(failure);
              } else {
                again(Timing.RETRY, this::submit);
              }
            });
  }
}
