package io.aerie.engine.owner;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * How a write of rows comes to its parities: what it reads, and what each member gets. For a moment
 * only: it knows which members are there now.
 *
 * <pre>
 *  delta   parity' = parity + a x (data + data')    reads what it writes, and the parities
 *  anew    parity' = code of all data               reads what it does not write
 * </pre>
 *
 * Whichever reads less; delta only if all that it reads is at members that have it. Bits in masks
 * are numbers of fragments.
 */
final class RowPlan {
  private final NodeContext context;
  private final StripeMap map;
  private final StripePart part;
  private final ClientRequest request;
  private final List<UUID> members;
  private final StripeMap.Span hull;
  private final StripeMap.Span[] spans;

  /** Members that take a change. */
  private int taking;

  /** Data fragments that are written, and those of them whose former pages play no part. */
  private int touched;

  private int covered;
  private int wanted;
  private boolean delta;
  private boolean needsSums;

  RowPlan(
      NodeContext context,
      GroupStream stream,
      StripePart part,
      ClientRequest request,
      boolean neverDelta) {
    this.context = context;
    this.part = part;
    this.request = request;
    map = stream.volume().map();
    members = stream.group().members();
    hull = map.hull(part.firstPage(), part.pageCount());
    spans = new StripeMap.Span[map.dataCount()];
    int having = 0;
    for (Replica replica : stream.acknowledging()) {
      having |= 1 << fragmentOf(replica.target.disk());
    }
    for (UUID disk : members) {
      taking |= stream.takes(disk, part.stripe()) ? 1 << fragmentOf(disk) : 0;
    }
    for (int i = 0; i < spans.length; i++) {
      spans[i] = map.span(i, part.firstPage(), part.pageCount());
      touched |= spans[i].isEmpty() ? 0 : 1 << i;
      covered |= coversHull(i) ? 1 << i : 0;
    }
    choose(having, neverDelta);
  }

  private int fragmentOf(UUID disk) {
    return map.fragmentOf(members, part.stripe().index(), disk);
  }

  private int dataMask() {
    return (1 << map.dataCount()) - 1;
  }

  private int parityMask() {
    return (1 << map.fragmentCount()) - 1 & ~dataMask();
  }

  /** Nothing of what the fragment had in these rows stays. */
  private boolean coversHull(int fragment) {
    boolean wholeFirst = part.skip() == 0 || map.fragment(part.firstPage()) != fragment;
    int lastPage = part.firstPage() + part.pageCount() - 1;
    boolean wholeLast =
        (part.skip() + request.length()) % Geometry.PAGE_BYTES == 0
            || map.fragment(lastPage) != fragment;
    return wholeFirst && wholeLast && spans[fragment].equals(hull);
  }

  private boolean wholeStripe() {
    return request.operation() == Operation.ZERO
        && part.pageCount() == map.dataCount() * StripeMap.ROWS;
  }

  private boolean wholeSumPages() {
    boolean endsPage =
        hull.endRow() % StripeMap.ROWS_PER_SUM_PAGE == 0 || hull.endRow() == StripeMap.ROWS;
    return hull.firstRow() % StripeMap.ROWS_PER_SUM_PAGE == 0 && endsPage;
  }

  private void choose(int having, boolean neverDelta) {
    int parities = taking & parityMask();
    int anew = dataMask() & ~covered;
    int former = touched | parities;
    if (wholeStripe()) {
      wanted = 0;
    } else if (parities == 0) {
      wanted = touched & ~covered;
    } else {
      int asksAnew =
          (anew & ~having) == 0 ? Integer.bitCount(anew) : Math.max(1, map.dataCount());
      delta = !neverDelta && (former & ~having) == 0 && Integer.bitCount(former) < asksAnew;
      wanted = delta ? former : anew;
      needsSums = delta || !wholeSumPages();
    }
  }

  boolean reads() {
    return wanted != 0 || needsSums;
  }

  boolean delta() {
    return delta;
  }

  int wanted() {
    return wanted;
  }

  boolean needsSums() {
    return needsSums;
  }

  StripeMap.Span span() {
    return hull;
  }

  /**
   * What each member gets.
   *
   * @param rows what was asked for; null when nothing was
   */
  MemberChanges compute(Rows rows) {
    if (wholeStripe()) {
      return MemberChanges.same(new Change.Zero(part.stripe(), 0, Geometry.PAGES_PER_BLOCK));
    }
    Rows before = rows == null ? new Rows(hull.firstRow(), hull.rowCount(), map.fragmentCount()) : rows;
    ByteBuffer[] data = newData(before);
    Map<Integer, Change> changes = new HashMap<>();
    for (int i = 0; i < map.dataCount(); i++) {
      if ((touched & 1 << i) == 0) {
        changes.put(i, Change.touch(part.stripe()));
      } else if ((taking & 1 << i) != 0) {
        changes.put(i, dataChange(i, data[i]));
      }
    }
    int parities = taking & parityMask();
    if (parities != 0) {
      putParities(changes, parities, before, data);
    }
    Map<UUID, Change> each = new HashMap<>();
    changes.forEach(
        (fragment, change) ->
            each.put(map.member(members, part.stripe().index(), fragment), change));
    return MemberChanges.each(each);
  }

  /** Data fragments as they will be in these rows; null where that is not known. */
  private ByteBuffer[] newData(Rows before) {
    ByteBuffer[] data = Arrays.copyOf(before.fragments, map.dataCount());
    for (int i = 0; i < data.length; i++) {
      if ((touched & 1 << i) != 0) {
        ByteBuffer pages = ByteBuffer.allocate(hull.rowCount() * Geometry.PAGE_BYTES);
        if (data[i] != null) {
          pages.put(0, data[i], data[i].position(), pages.capacity());
        }
        data[i] = pages;
      }
    }
    map.runs(
        part.firstPage(),
        part.pageCount(),
        (page, fragment, row, count) -> overlay(data[fragment], before, page, row, count));
    return data;
  }

  /** Puts the request's bytes over some pages, or zeroes. */
  private void overlay(ByteBuffer to, Rows before, int page, int row, int count) {
    int ofPages = (page - part.firstPage()) * Geometry.PAGE_BYTES;
    int from = Math.max(ofPages, part.skip());
    int end =
        Math.min(ofPages + count * Geometry.PAGE_BYTES, part.skip() + request.length());
    int at = before.index(row, to) + from - ofPages;
    if (request.operation() == Operation.ZERO) {
      to.put(at, new byte[end - from]);
    } else {
      ByteBuffer source = request.data();
      to.put(at, source, source.position() + from - part.skip(), end - from);
    }
  }

  private Change dataChange(int fragment, ByteBuffer pages) {
    StripeMap.Span span = spans[fragment];
    BlockKey block = part.stripe();
    if (request.operation() == Operation.ZERO) {
      return new Change.Zero(block, span.firstRow(), span.rowCount());
    }
    int at = (span.firstRow() - hull.firstRow()) * Geometry.PAGE_BYTES;
    return new Change.Write(
        block, span.firstRow(), pages.slice(at, span.rowCount() * Geometry.PAGE_BYTES));
  }

  private void putParities(
      Map<Integer, Change> changes, int parities, Rows before, ByteBuffer[] data) {
    ErasureCode code = context.codes().of(map.scheme());
    ByteBuffer[] made = new ByteBuffer[map.scheme().parityCount()];
    for (int i = 0; i < made.length; i++) {
      made[i] = ByteBuffer.allocate(hull.rowCount() * Geometry.PAGE_BYTES);
    }
    if (delta) {
      for (int i = 0; i < made.length; i++) {
        ByteBuffer former = before.fragments[map.dataCount() + i];
        if (former != null) {
          made[i].put(0, former, former.position(), made[i].capacity());
          updateParity(code, i, before, data, made[i]);
        }
      }
    } else {
      code.encode(data, made);
    }
    RowSums sums = newSums(before, data);
    for (int i = 0; i < made.length; i++) {
      int fragment = map.dataCount() + i;
      if ((parities & 1 << fragment) != 0) {
        changes.put(
            fragment,
            new Change.Parity(
                part.stripe(), hull.firstRow(), made[i], sums.firstPage(), sums.pages()));
      }
    }
  }

  private void updateParity(
      ErasureCode code, int parity, Rows before, ByteBuffer[] data, ByteBuffer to) {
    for (int i = 0; i < data.length; i++) {
      if ((touched & 1 << i) != 0) {
        code.update(i, parity, before.fragments[i], data[i], to);
      }
    }
  }

  private RowSums newSums(Rows before, ByteBuffer[] data) {
    RowSums sums =
        before.sums == null
            ? RowSums.empty(hull.firstRow(), hull.rowCount())
            : before.sums.copy();
    for (int i = 0; i < data.length; i++) {
      if ((touched & 1 << i) != 0 || before.sums == null) {
        for (int row = hull.firstRow(); row < hull.endRow(); row++) {
          sums.put(row, i, data[i], before.index(row, data[i]));
        }
      }
    }
    return sums;
  }
}
