package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.RcdCommand.ChangeReservation;
import io.aerie.engine.rcd.ReservationRecord.Asked;
import io.aerie.engine.store.Completion;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
  private long volume;
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

  /** Another volume took its volume's place. */
  void follow(long successor) {
    volume = successor;
    looks.forEach(look -> look.follow(successor));
    waiting.forEach(change -> change.follow(successor));
    if (current != null) {
      current.follow(successor);
    }
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

  private final class Change extends ReservationCall {
    private final ReservationRequest request;
    private final Completion<Verdict> done;
    private long number;

    Change(ReservationRequest request, Completion<Verdict> done) {
      super(context, volume);
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

  private final class Look extends ReservationCall {
    private final Completion<ReservationState> done;

    Look(Completion<ReservationState> done) {
      super(context, volume);
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
