package io.aerie.engine.owner;

import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Geometry;

/**
 * Where a page of a stripe is. Units of 64 KiB go round the data fragments; a row is the same page
 * of all fragments.
 *
 * <pre>
 *            data 0     data 1    ...  data X-1      parity 0 ... Y-1
 *  unit 0  | chunk 0  | chunk 1  |    | chunk X-1  | parities of each row
 *  unit 1  | chunk X  | chunk X+1|    |            |
 *   ...
 *  unit 62 |          |          |    |            |
 *  unit 63 | unused   | unused   |    | unused     | row checksums, 64 rows a page
 * </pre>
 *
 * Pages of a stripe's data are numbered from 0 in the order of the volume.
 */
final class StripeMap {
  /** Rows of a stripe. */
  static final int ROWS = Redundancy.STRIPE_UNITS * Geometry.PAGES_PER_UNIT;

  /** Of a row's checksums: 8 x 4 bytes, and as many to spare. */
  static final int ROW_SUMS_BYTES = 64;

  static final int ROWS_PER_SUM_PAGE = Geometry.PAGE_BYTES / ROW_SUMS_BYTES;

  private final ErasureScheme scheme;

  StripeMap(ErasureScheme scheme) {
    this.scheme = scheme;
  }

  ErasureScheme scheme() {
    return scheme;
  }

  int dataCount() {
    return scheme.dataCount();
  }

  int fragmentCount() {
    return scheme.fragmentCount();
  }

  /** The data fragment that has a page of the stripe. */
  int fragment(int page) {
    return page / Geometry.PAGES_PER_UNIT % scheme.dataCount();
  }

  /** The row of a page of the stripe. */
  int row(int page) {
    return page / Geometry.PAGES_PER_UNIT / scheme.dataCount() * Geometry.PAGES_PER_UNIT
        + page % Geometry.PAGES_PER_UNIT;
  }

  /** The fragment of a stripe that the disk of a place of the group keeps; part of the format. */
  int fragmentAt(int place, int stripe) {
    return Math.floorMod(place - stripe, fragmentCount());
  }

  /** The page of a parity fragment that has a row's checksums. */
  static int sumPage(int row) {
    return ROWS + row / ROWS_PER_SUM_PAGE;
  }

  /** Rows of one data fragment that a range of the stripe's pages touches. */
  record Span(int firstRow, int rowCount) {
    static final Span NONE = new Span(0, 0);

    boolean isEmpty() {
      return rowCount == 0;
    }

    int endRow() {
      return firstRow + rowCount;
    }
  }

  /** What a range of pages touches of a data fragment: neighbouring rows. */
  Span span(int fragment, int firstPage, int pageCount) {
    int first = -1;
    int last = -1;
    int chunk = firstPage / Geometry.PAGES_PER_UNIT;
    int lastChunk = (firstPage + pageCount - 1) / Geometry.PAGES_PER_UNIT;
    chunk += Math.floorMod(fragment - chunk, dataCount());
    int lastOfFragment = lastChunk - Math.floorMod(lastChunk - fragment, dataCount());
    if (chunk <= lastOfFragment) {
      int from = Math.max(firstPage, chunk * Geometry.PAGES_PER_UNIT);
      int to = Math.min(firstPage + pageCount, (lastOfFragment + 1) * Geometry.PAGES_PER_UNIT) - 1;
      first = row(from);
      last = row(to);
    }
    return first < 0 ? Span.NONE : new Span(first, last - first + 1);
  }

  /** Where the rows of a data fragment end that lie before a page of the stripe. */
  int endRow(int fragment, int page) {
    return page == 0 ? 0 : span(fragment, 0, page).endRow();
  }

  /** The rows from the first to the last that a range of pages touches. */
  Span hull(int firstPage, int pageCount) {
    int from = Integer.MAX_VALUE;
    int to = 0;
    for (int i = 0; i < dataCount(); i++) {
      Span span = span(i, firstPage, pageCount);
      if (!span.isEmpty()) {
        from = Math.min(from, span.firstRow());
        to = Math.max(to, span.endRow());
      }
    }
    return new Span(from, to - from);
  }

  /** Called for neighbouring pages that are neighbours in their fragment, too. */
  interface Run {
    void pages(int page, int fragment, int row, int count);
  }

  /** Goes through a range of the stripe's pages in their order. */
  void runs(int firstPage, int pageCount, Run run) {
    int page = firstPage;
    int end = firstPage + pageCount;
    while (page < end) {
      int count = Math.min(end - page, Geometry.PAGES_PER_UNIT - page % Geometry.PAGES_PER_UNIT);
      run.pages(page, fragment(page), row(page), count);
      page += count;
    }
  }
}
