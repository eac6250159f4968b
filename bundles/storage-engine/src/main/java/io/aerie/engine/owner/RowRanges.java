package io.aerie.engine.owner;

import io.aerie.engine.store.Geometry;
import java.util.BitSet;
import java.util.List;

/** What some requests write of a stripe's rows, by data fragment. Bits in masks are fragments. */
final class RowRanges {
  private final StripeMap.Span hull;
  private final StripeMap.Span[] spans;
  private final BitSet[] whole;
  private int touched;
  private int filled;
  private int covered;

  /**
   * Looks at requests of one stripe.
   *
   * @param wholeSumPages whether the hull is to be all rows whose checksums share a page
   */
  RowRanges(StripeMap map, List<PlacePart> parts, boolean wholeSumPages) {
    BitSet[] rows = new BitSet[map.dataCount()];
    whole = new BitSet[map.dataCount()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new BitSet();
      whole[i] = new BitSet();
    }
    for (PlacePart part : parts) {
      map.runs(
          part.firstPage(),
          part.pageCount(),
          (page, fragment, row, count) -> {
            rows[fragment].set(row, row + count);
            for (int i = 0; i < count; i++) {
              if (part.coversWhole(page + i)) {
                whole[fragment].set(row + i);
              }
            }
          });
    }
    spans = new StripeMap.Span[rows.length];
    int first = Integer.MAX_VALUE;
    int end = 0;
    for (int i = 0; i < rows.length; i++) {
      spans[i] =
          rows[i].isEmpty()
              ? StripeMap.Span.NONE
              : new StripeMap.Span(rows[i].nextSetBit(0), rows[i].length() - rows[i].nextSetBit(0));
      if (!spans[i].isEmpty()) {
        touched |= 1 << i;
        first = Math.min(first, spans[i].firstRow());
        end = Math.max(end, spans[i].endRow());
      }
    }
    if (wholeSumPages) {
      int pages = RowSums.pageCount(first, end - first);
      first = RowSums.firstRow(first);
      end = Math.min(first + pages * StripeMap.ROWS_PER_SUM_PAGE, StripeMap.ROWS);
    }
    hull = new StripeMap.Span(first, end - first);
    for (int i = 0; i < rows.length; i++) {
      filled |= fills(whole[i], spans[i]) ? 1 << i : 0;
      covered |= fills(whole[i], hull) ? 1 << i : 0;
    }
  }

  private static boolean fills(BitSet whole, StripeMap.Span span) {
    return whole.nextClearBit(span.firstRow()) >= span.endRow();
  }

  /** Rows of units of the hull of which something stays, by bit. */
  long unitsKeptInPart() {
    long units = 0;
    int last = (hull.endRow() - 1) / Geometry.PAGES_PER_UNIT;
    for (int unit = hull.firstRow() / Geometry.PAGES_PER_UNIT; unit <= last; unit++) {
      StripeMap.Span rows =
          new StripeMap.Span(unit * Geometry.PAGES_PER_UNIT, Geometry.PAGES_PER_UNIT);
      for (BitSet of : whole) {
        units |= fills(of, rows) ? 0 : 1L << unit;
      }
    }
    return units;
  }

  /** From the first to the last row that any touches. */
  StripeMap.Span hull() {
    return hull;
  }

  /** From the first to the last row that any touches of a data fragment. */
  StripeMap.Span span(int fragment) {
    return spans[fragment];
  }

  /** Fragments of which anything is written. */
  int touched() {
    return touched;
  }

  /** Those of which nothing of their span stays. */
  int filled() {
    return filled;
  }

  /** Those of which nothing of the hull stays. */
  int covered() {
    return covered;
  }
}
