package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Writes rows of units of a stripe to a layer that lacks them, as they are seen there: of all data
 * fragments, with parities and row checksums of that layer's own. Nothing that can be read changes
 * by it. The caller holds the rows' lock.
 *
 * <pre>
 *  the first rows that are left, at most those that share a page of row checksums
 *    -> read what is seen below, brought back where a member is away
 *    -> compute -> number -> settled -> next; a member came in between: compute again
 * </pre>
 *
 * Neighbouring rows of units alone go together: a row between two others would get parities without
 * data.
 */
final class CopyUp {
  /** What came of it. */
  interface Outcome {
    /** Told once: DONE, CORRUPT, or to be tried again. Never when the volume is let go. */
    void done(Status status);
  }

  private static final int UNITS_AT_A_TIME = StripeMap.ROWS_PER_SUM_PAGE / Geometry.PAGES_PER_UNIT;

  private final NodeContext context;
  private final GroupStream stream;
  private final UnitRows units;
  private final BlockKey to;
  private final BooleanSupplier wanted;
  private final Outcome outcome;
  private final LayerChain chain;
  private boolean zeroesLeftOut;
  private long left;

  /**
   * @param units of the layer to write to, and those below
   * @param to the stripe in that layer
   * @param wanted whether it may still be done when it comes to numbering
   */
  CopyUp(
      NodeContext context,
      GroupStream stream,
      LayerChain chain,
      UnitRows units,
      BlockKey to,
      BooleanSupplier wanted,
      Outcome outcome) {
    this.context = context;
    this.stream = stream;
    this.chain = chain;
    this.units = units;
    this.to = to;
    this.wanted = wanted;
    this.outcome = outcome;
  }

  /** What is zero stays absent: nothing will be below the layer. */
  CopyUp leaveZeroesOut() {
    zeroesLeftOut = true;
    return this;
  }

  /** Brings up these rows of units, by bit, of which the layer has none. */
  void start(long rowsOfUnits) {
    left = rowsOfUnits;
    next();
  }

  private StripeMap map() {
    return stream.volume().map();
  }

  private void next() {
    if (stream.volume().stopped()) {
      return;
    }
    if (left == 0) {
      outcome.done(Status.DONE);
      return;
    }
    int first = Long.numberOfTrailingZeros(left);
    int end = first + 1;
    while (end % UNITS_AT_A_TIME != 0 && (left & 1L << end) != 0) {
      end++;
    }
    read(first, end - first);
  }

  private void read(int unit, int count) {
    StripeMap.Span span =
        new StripeMap.Span(unit * Geometry.PAGES_PER_UNIT, count * Geometry.PAGES_PER_UNIT);
    int data = (1 << map().dataCount()) - 1;
    new LayeredRows(
            context,
            stream,
            units,
            to.index(),
            true,
            span,
            data,
            (status, rows, absent) -> {
              if (status == Status.DONE) {
                wasRead(rows, absent);
              } else {
                end(status);
              }
            })
        .start();
  }

  private void wasRead(Rows rows, long absent) {
    int dataCount = map().dataCount();
    Rows[] all = new Rows[map().dataCount()];
    Arrays.fill(all, rows);
    int firstPage = rows.first * dataCount;
    ByteBuffer pages = Rows.pages(map(), all, firstPage, rows.count * dataCount);
    new OriginPages(
            context,
            stream.volume().record(),
            to.index(),
            chain.originEndPage(),
            page -> (absent & (1L << (map().row(page) / Geometry.PAGES_PER_UNIT))) != 0)
        .layUnder(
            firstPage,
            pages,
            (status, seen) -> {
              if (status == Status.DONE) {
                seen(rows, PlacePart.ofPages(to, firstPage, seen));
              } else {
                end(status);
              }
            });
  }

  private void seen(Rows rows, PlacePart part) {
    if (zeroesLeftOut && part.zeroes()) {
      done(rows);
    } else {
      compute(rows, part);
    }
  }

  private void compute(Rows rows, PlacePart part) {
    RowEntry.make(
        context,
        stream,
        List.of(part),
        (status, changes) -> {
          if (status == Status.DONE) {
            number(rows, part, changes);
          } else {
            end(status);
          }
        });
  }

  private void number(Rows rows, PlacePart part, MemberChanges changes) {
    if (stream.volume().stopped()) {
      return;
    }
    Runnable again = () -> number(rows, part, changes);
    if (!stream.writable()) {
      stream.whenServing(again);
    } else if (!wanted.getAsBoolean()) {
      end(Status.REFUSED);
    } else if (!stream.covered(changes)) {
      compute(rows, part);
    } else if (!stream.number(to, changes, () -> settled(rows))) {
      stream.volume().credits().waitFor(again);
    }
  }

  private void settled(Rows rows) {
    stream.volume().liveUnits().settled(to.layer(), to.index(), rows.first, rows.count);
    done(rows);
  }

  private void done(Rows rows) {
    int first = rows.first / Geometry.PAGES_PER_UNIT;
    for (int i = 0; i < rows.count / Geometry.PAGES_PER_UNIT; i++) {
      left &= ~(1L << (first + i));
    }
    next();
  }

  private void end(Status status) {
    if (!stream.volume().stopped()) {
      outcome.done(status);
    }
  }
}
