package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/**
 * Reads rows of a stripe as they are seen through layers, each row of units from the layer that has
 * it. Every layer's rows are a code of their own, so a fragment that is away is brought back from
 * fragments of the same layer, by that layer's row checksums. The caller holds the rows' lock.
 */
final class LayeredRows {
  /** What came of it. */
  interface Outcome {
    /**
     * Told once.
     *
     * @param absent rows of units that no layer has, by bit; they read as zero here
     */
    void done(Status status, Rows rows, long absent);
  }

  private final NodeContext context;
  private final GroupStream stream;
  private final UnitRows units;
  private final int index;
  private final boolean below;
  private final int wanted;
  private final Outcome outcome;
  private final Rows rows;
  private long absent;

  /**
   * @param below whether the top layer is passed over
   * @param wanted bits of data fragments
   */
  LayeredRows(
      NodeContext context,
      GroupStream stream,
      UnitRows units,
      int index,
      boolean below,
      StripeMap.Span span,
      int wanted,
      Outcome outcome) {
    this.context = context;
    this.stream = stream;
    this.units = units;
    this.index = index;
    this.below = below;
    this.wanted = wanted;
    this.outcome = outcome;
    StripeMap map = stream.volume().map();
    rows = new Rows(span.firstRow(), span.rowCount(), map.fragmentCount());
    for (int i = 0; i < map.dataCount(); i++) {
      if ((wanted & 1 << i) != 0) {
        rows.fragments[i] = ByteBuffer.allocate(span.rowCount() * Geometry.PAGE_BYTES);
      }
    }
  }

  void start() {
    next(rows.first);
  }

  private int source(int row) {
    int unit = row / Geometry.PAGES_PER_UNIT;
    return below ? units.sourceBelow(unit) : units.source(unit);
  }

  /** The rows from here on that are in one layer. */
  private void next(int first) {
    int end = rows.first + rows.count;
    if (first == end) {
      outcome.done(Status.DONE, rows, absent);
      return;
    }
    int source = source(first);
    int row = first;
    while (row < end && source(row) == source) {
      if (source == UnitRows.NONE) {
        absent |= 1L << (row / Geometry.PAGES_PER_UNIT);
      }
      row++;
    }
    if (source == UnitRows.NONE) {
      next(row);
    } else {
      fetch(units.view(source), new StripeMap.Span(first, row - first));
    }
  }

  private void fetch(LayerView view, StripeMap.Span span) {
    new RowFetch(
            context,
            stream,
            new BlockKey(view.layer(), index),
            span,
            wanted,
            true,
            false,
            (status, found) -> {
              if (status != Status.DONE) {
                outcome.done(status, null, 0);
                return;
              }
              take(view, found);
              next(span.endRow());
            })
        .start();
  }

  /** As far as it is seen; the rest stays zero. */
  private void take(LayerView view, Rows found) {
    for (int i = 0; i < rows.fragments.length; i++) {
      if ((wanted & 1 << i) != 0) {
        int end = stream.volume().map().endRow(i, view.endPage());
        int count = Math.min(found.count, Math.max(0, end - found.first));
        ByteBuffer from = found.fragments[i];
        rows.fragments[i].put(
            rows.index(found.first, rows.fragments[i]),
            from,
            from.position(),
            count * Geometry.PAGE_BYTES);
      }
    }
  }
}
