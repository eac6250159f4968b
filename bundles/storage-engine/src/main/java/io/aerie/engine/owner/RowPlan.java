package io.aerie.engine.owner;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How writes of a stripe's rows come to their parities: what is read, and what each member gets.
 * For a moment only: it knows which members are there now.
 *
 * <pre>
 *  delta   parity' = parity + a x (data + data')    reads what is written, and the parities
 *  anew    parity' = code of all data               reads what is not written
 * </pre>
 *
 * Whichever reads less; delta only if all that it reads is at members that have it. Bits in masks
 * are numbers of fragments.
 */
final class RowPlan {
  /** What a plan may read. */
  enum Way {
    /** Whatever is least. */
    LEAST,
    /** No former parities: they could not be read. */
    ANEW,
    /** Neither those nor row checksums: all rows of their pages are made anew. */
    RENEW
  }

  private final ErasureCode code;
  private final StripeMap map;
  private final BlockKey stripe;
  private final List<PlacePart> parts;
  private final RowRanges ranges;
  private final StripeMap.Span hull;
  private final int taking;
  private int wanted;
  private boolean delta;
  private boolean needsSums;

  /**
   * Decides what to read.
   *
   * @param parts of one stripe
   * @param having fragments whose members can be asked for what was settled
   * @param taking fragments whose members take a change
   */
  RowPlan(ErasureCode code, StripeMap map, List<PlacePart> parts, int having, int taking, Way way) {
    this.code = code;
    this.map = map;
    this.parts = parts;
    this.taking = taking;
    stripe = parts.get(0).place();
    ranges = new RowRanges(map, parts, way == Way.RENEW);
    hull = ranges.hull();
    choose(having, way);
  }

  private int dataMask() {
    return (1 << map.dataCount()) - 1;
  }

  private int parityMask() {
    return (1 << map.fragmentCount()) - 1 & ~dataMask();
  }

  /** Becomes zero as a whole: the row checksums, too. */
  private boolean wholeStripe() {
    PlacePart last = parts.get(parts.size() - 1);
    return last.zeroes() && last.pageCount() == map.dataCount() * StripeMap.ROWS;
  }

  private boolean wholeSumPages() {
    boolean endsPage =
        hull.endRow() % StripeMap.ROWS_PER_SUM_PAGE == 0 || hull.endRow() == StripeMap.ROWS;
    return hull.firstRow() % StripeMap.ROWS_PER_SUM_PAGE == 0 && endsPage;
  }

  private void choose(int having, int parities, Way way) {
    int anew = dataMask() & ~ranges.covered();
    int former = ranges.touched() | parities;
    int asksAnew = (anew & ~having) == 0 ? Integer.bitCount(anew) : map.dataCount();
    delta = way == Way.LEAST && (former & ~having) == 0 && Integer.bitCount(former) < asksAnew;
    wanted = delta ? former : anew;
    needsSums = delta || !wholeSumPages();
  }

  private void choose(int having, Way way) {
    int parities = taking & parityMask();
    if (wholeStripe()) {
      wanted = 0;
    } else if (parities == 0) {
      wanted = ranges.touched() & ~ranges.filled();
    } else {
      choose(having, parities, way);
    }
  }

  boolean reads() {
    return wanted != 0 || needsSums;
  }

  boolean delta() {
    return delta;
  }

  /** How to go on when it could not be read; null when there is no other way. */
  Way otherWay() {
    return delta ? Way.ANEW : needsSums ? Way.RENEW : null;
  }

  int wanted() {
    return wanted;
  }

  boolean needsSums() {
    return needsSums;
  }

  StripeMap.Span hull() {
    return hull;
  }

  /**
   * What becomes of each fragment; nothing is said of those that it was not computed for.
   *
   * @param rows what was asked for; null when nothing was
   */
  Map<Integer, Change> compute(Rows rows) {
    Map<Integer, Change> changes = new HashMap<>();
    if (wholeStripe()) {
      for (int i = 0; i < map.fragmentCount(); i++) {
        changes.put(i, new Change.Zero(stripe, 0, Geometry.PAGES_PER_BLOCK));
      }
      return changes;
    }
    Rows before =
        rows == null ? new Rows(hull.firstRow(), hull.rowCount(), map.fragmentCount()) : rows;
    ByteBuffer[] data = newData(before);
    for (int i = 0; i < map.dataCount(); i++) {
      if ((ranges.touched() & 1 << i) == 0) {
        changes.put(i, Change.touch(stripe));
      } else if ((taking & 1 << i) != 0) {
        changes.put(i, dataChange(i, data[i]));
      }
    }
    if ((taking & parityMask()) != 0) {
      putParities(changes, before, data);
    }
    return changes;
  }

  /** Data fragments as they will be in these rows; null where that is not known. */
  private ByteBuffer[] newData(Rows before) {
    ByteBuffer[] data = Arrays.copyOf(before.fragments, map.dataCount());
    for (int i = 0; i < data.length; i++) {
      if ((ranges.touched() & 1 << i) != 0) {
        ByteBuffer pages = ByteBuffer.allocate(hull.rowCount() * Geometry.PAGE_BYTES);
        if (data[i] != null) {
          pages.put(0, data[i], data[i].position(), pages.capacity());
        }
        data[i] = pages;
      }
    }
    for (PlacePart part : parts) {
      map.runs(
          part.firstPage(),
          part.pageCount(),
          (page, fragment, row, count) -> overlay(part, data[fragment], page, row, count));
    }
    return data;
  }

  /** Puts a request's bytes over some pages, or zeroes. */
  private void overlay(PlacePart part, ByteBuffer to, int page, int row, int count) {
    int ofPages = (page - part.firstPage()) * Geometry.PAGE_BYTES;
    int from = Math.max(ofPages, part.skip());
    int end =
        Math.min(ofPages + count * Geometry.PAGE_BYTES, part.skip() + part.request().length());
    int at = (row - hull.firstRow()) * Geometry.PAGE_BYTES + from - ofPages;
    if (part.zeroes()) {
      to.put(at, new byte[end - from]);
    } else {
      ByteBuffer source = part.request().data();
      to.put(at, source, source.position() + from - part.skip(), end - from);
    }
  }

  private Change dataChange(int fragment, ByteBuffer pages) {
    StripeMap.Span span = ranges.span(fragment);
    if (parts.size() == 1 && parts.get(0).zeroes()) {
      return new Change.Zero(stripe, span.firstRow(), span.rowCount());
    }
    int at = (span.firstRow() - hull.firstRow()) * Geometry.PAGE_BYTES;
    return new Change.Write(
        stripe, span.firstRow(), pages.slice(at, span.rowCount() * Geometry.PAGE_BYTES));
  }

  private void putParities(Map<Integer, Change> changes, Rows before, ByteBuffer[] data) {
    ByteBuffer[] made = new ByteBuffer[map.scheme().parityCount()];
    for (int i = 0; i < made.length; i++) {
      made[i] = ByteBuffer.allocate(hull.rowCount() * Geometry.PAGE_BYTES);
      ByteBuffer former = before.fragments[map.dataCount() + i];
      if (delta && former != null) {
        made[i].put(0, former, former.position(), made[i].capacity());
        updateParity(i, before, data, made[i]);
      }
    }
    if (!delta) {
      code.encode(data, made);
    }
    RowSums sums = newSums(before, data);
    for (int i = 0; i < made.length; i++) {
      int fragment = map.dataCount() + i;
      if ((taking & 1 << fragment) != 0) {
        changes.put(
            fragment,
            new Change.Parity(stripe, hull.firstRow(), made[i], sums.firstPage(), sums.pages()));
      }
    }
  }

  private void updateParity(int parity, Rows before, ByteBuffer[] data, ByteBuffer to) {
    for (int i = 0; i < data.length; i++) {
      if ((ranges.touched() & 1 << i) != 0) {
        code.update(i, parity, before.fragments[i], data[i], to);
      }
    }
  }

  private RowSums newSums(Rows before, ByteBuffer[] data) {
    RowSums sums =
        before.sums == null ? RowSums.empty(hull.firstRow(), hull.rowCount()) : before.sums.copy();
    for (int i = 0; i < data.length; i++) {
      if ((ranges.touched() & 1 << i) != 0 || before.sums == null) {
        for (int row = hull.firstRow(); row < hull.endRow(); row++) {
          sums.put(row, i, data[i], before.index(row, data[i]));
        }
      }
    }
    return sums;
  }
}
