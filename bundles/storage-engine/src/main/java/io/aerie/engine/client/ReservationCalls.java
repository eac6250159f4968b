package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ReservationAnswer;
import io.aerie.engine.protocol.Message.ReservationQuestion;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.RcdCommand.ChangeReservation;
import io.aerie.engine.rcd.ReservationRecord.Asked;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Completion;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * An attachment's requests about reservations, those that change something one after the other.
 *
 * <pre>
 *  submit to RCD -> decided at an index -> the own state is that new
 *    -> refused: answer
 *    -> done: ask the owner until nothing that is excluded now is numbered any more, with PREEMPT AND
 *       ABORT until what was numbered is settled (H21) -> answer
 *  what is there: ask the owner for its index -> the own state is that new -> answer
 * </pre>
 */
final class ReservationCalls {
  private final NodeContext context;
  private final long volume;
  private final long generation;
  private final ArrayDeque<Change> waiting = new ArrayDeque<>();
  private final Set<Look> looks = new LinkedHashSet<>();
  private Change current;
  private long lastNumber;
  private AerieException ended;

  ReservationCalls(NodeContext context, long volume, long generation) {
    this.context = context;
    this.volume = volume;
    this.generation = generation;
  }

  void change(ReservationRequest request, Completion<Verdict> done) {
    if (ended != null) {
      done.accept(null, ended);
      return;
    }
    waiting.add(new Change(request, done));
    next();
  }

  void state(Completion<ReservationState> done) {
    if (ended != null) {
      done.accept(null, ended);
      return;
    }
    Look look = new Look(done);
    looks.add(look);
    look.confirm(0, /* settled= */ false, look::arrived);
  }

  /** The attachment has ended. */
  void end(AerieException why) {
    ended = why;
    List<Change> changes = new ArrayList<>(waiting);
    if (current != null) {
      changes.add(0, current);
    }
    List<Look> open = List.copyOf(looks);
    waiting.clear();
    looks.clear();
    current = null;
    changes.forEach(change -> change.done.accept(null, why));
    open.forEach(look -> look.done.accept(null, why));
  }

  private void next() {
    if (current == null && !waiting.isEmpty()) {
      current = waiting.poll();
      current.number = ++lastNumber;
      current.submit();
    }
  }

  private static AerieException late() {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "The volume's reservations could not be changed or read in time",
        "What was asked for may have happened.",
        "");
  }

  /** What waits for the owner, and for the own state. */
  private abstract class Call {
    private final long deadlineNanos = context.now() + Timing.CLIENT_PATIENCE;

    abstract boolean open();

    abstract void fail(Throwable failure);

    /** Whether it still goes on; fails it when it is too late. */
    boolean goesOn() {
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

  private final class Change extends Call {
    private final ReservationRequest request;
    private final Completion<Verdict> done;
    private long number;

    Change(ReservationRequest request, Completion<Verdict> done) {
      this.request = request;
      this.done = done;
    }

    @Override
    boolean open() {
      return current == this;
    }

    @Override
    void fail(Throwable failure) {
      end(null, failure);
    }

    private void end(Verdict verdict, Throwable failure) {
      current = null;
      done.accept(verdict, failure);
      next();
    }

    void submit() {
      context.submit(
          new ChangeReservation(generation, number, request),
          (answer, failure) -> {
            if (!open()) {
              return;
            }
            if (failure == null) {
              arrived(answer.number(), this::decided);
            } else if (answer != null) {
              fail(failure);
            } else {
              again(Timing.RETRY, this::submit);
            }
          });
    }

    private void decided() {
      Asked asked = context.rcd().reservation(volume).asked().get(generation);
      if (asked == null || asked.number() != number) {
        // The attachment ended right after it, which is told on its own.
        fail(late());
      } else if (asked.verdict() != Verdict.DONE) {
        end(asked.verdict(), null);
      } else {
        boolean settled = request.action() == Action.PREEMPT_AND_ABORT;
        confirm(asked.index(), settled, index -> end(Verdict.DONE, null));
      }
    }
  }

  private final class Look extends Call {
    private final Completion<ReservationState> done;

    Look(Completion<ReservationState> done) {
      this.done = done;
    }

    @Override
    boolean open() {
      return looks.contains(this);
    }

    @Override
    void fail(Throwable failure) {
      looks.remove(this);
      done.accept(null, failure);
    }

    void arrived(long index) {
      arrived(
          index,
          () -> {
            looks.remove(this);
            done.accept(context.rcd().reservation(volume).state(), null);
          });
    }
  }
}
