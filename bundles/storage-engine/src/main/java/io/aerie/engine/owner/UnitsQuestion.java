package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.LayerUnits;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.UnitsAnswer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** Asks members which units layers have of a place at the owner's watermark. */
final class UnitsQuestion {
  /** What came of it. */
  interface Outcome {
    /** Told once, layer by layer as asked; empty: it could not be said now. */
    void done(Optional<List<LayerUnits>> layers);
  }

  private final NodeContext context;
  private final GroupStream stream;
  private final List<Long> layers;
  private final int index;

  UnitsQuestion(NodeContext context, GroupStream stream, List<Long> layers, int index) {
    this.context = context;
    this.stream = stream;
    this.layers = layers;
    this.index = index;
  }

  /** Asks one member in sync after the other, this node's own first. */
  void ask(Outcome outcome) {
    if (stream.state() == GroupStream.State.EMPTY) {
      outcome.done(Optional.of(layers.stream().map(layer -> LayerUnits.NOTHING).toList()));
      return;
    }
    ArrayDeque<Replica> left = new ArrayDeque<>();
    for (Replica replica : stream.inSync()) {
      if (replica.node.equals(context.self())) {
        left.addFirst(replica);
      } else {
        left.addLast(replica);
      }
    }
    next(left, outcome);
  }

  private void next(ArrayDeque<Replica> left, Outcome outcome) {
    if (left.isEmpty()) {
      outcome.done(Optional.empty());
      return;
    }
    ask(
        left.remove(),
        answer -> {
          if (answer.isPresent()) {
            outcome.done(answer);
          } else {
            next(left, outcome);
          }
        });
  }

  /** Asks one member. */
  void ask(Replica replica, Outcome outcome) {
    if (stream.state() != GroupStream.State.SERVING) {
      outcome.done(Optional.empty());
      return;
    }
    context.ask(
        replica.node,
        Timing.ANSWER,
        request ->
            new Message.UnitsRequest(
                request, replica.target, stream.key(), stream.watermark(), layers, index),
        (answer, failure) ->
            outcome.done(
                answer instanceof UnitsAnswer units
                        && units.status() == Status.DONE
                        && units.layers().size() == layers.size()
                    ? Optional.of(units.layers())
                    : Optional.empty()));
  }
}
