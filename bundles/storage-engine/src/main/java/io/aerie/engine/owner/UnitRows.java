package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.LayerUnits;
import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.protocol.Message.Status;
import java.util.List;

/**
 * Which layer of a chain has which rows of units of a stripe. In a layer with something below it
 * all fragments of a row of units are there, or none: so any member in sync knows it of all. Of the
 * lowest one, where that need not be so, what nobody has is zero: it counts as having everything.
 * True of the rows whose lock the caller holds.
 */
final class UnitRows {
  /** Nobody has it. */
  static final int NONE = -1;

  /** What came of it. */
  interface Outcome {
    /** Told once; rows are null unless the status is DONE. */
    void done(Status status, UnitRows rows);
  }

  private final List<LayerView> views;
  private final List<Long> held;
  private final boolean floor;

  private UnitRows(List<LayerView> views, List<Long> held, boolean floor) {
    this.views = views;
    this.held = held;
    this.floor = floor;
  }

  /**
   * Asks a member in sync.
   *
   * @param views from the top down
   * @param floor whether there is nothing below the last one
   */
  static void ask(
      NodeContext context,
      GroupStream stream,
      List<LayerView> views,
      boolean floor,
      int index,
      Outcome outcome) {
    List<Long> layers = views.stream().map(LayerView::layer).toList();
    new UnitsQuestion(context, stream, layers, index)
        .ask(
            answer -> {
              if (answer.isEmpty()) {
                outcome.done(Status.REFUSED, null);
                return;
              }
              List<Long> held = answer.get().stream().map(LayerUnits::held).toList();
              outcome.done(Status.DONE, new UnitRows(views, held, floor));
            });
  }

  /** What the top layer has, by bit. */
  long top() {
    return held.get(0);
  }

  LayerView view(int layer) {
    return views.get(layer);
  }

  /** The first layer that has a row of units, counted from the top; NONE where there is none. */
  int source(int unit) {
    return source(unit, 0);
  }

  /** The same, from the second layer on. */
  int sourceBelow(int unit) {
    return source(unit, 1);
  }

  private int source(int unit, int from) {
    for (int i = from; i < held.size(); i++) {
      if ((held.get(i) & 1L << unit) != 0 || (floor && i == held.size() - 1)) {
        return i;
      }
    }
    return NONE;
  }
}
