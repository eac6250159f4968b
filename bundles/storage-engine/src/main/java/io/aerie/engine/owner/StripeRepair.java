package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Fragments: their versions are compared, data with the row checksums that the parities keep and,
 * since a CRC of an exclusive or is the exclusive or of the CRCs, the first parity with the data.
 * What is wrong is made anew by the code from the others and must be what its row says.
 */
final class StripeRepair implements BlockRepair {
  private final NodeContext context;
  private final GroupStream stream;
  private final StripeMap map;

  StripeRepair(NodeContext context, GroupStream stream) {
    this.context = context;
    this.stream = stream;
    map = stream.volume().map();
  }

  @Override
  public boolean needsLastUnit() {
    return true;
  }

  @Override
  public Findings judge(BlockKey block, Map<UUID, Optional<BlockReport>> reports) {
    Findings findings = new Findings(reports);
    TreeMap<Integer, UUID> disks = new TreeMap<>();
    for (UUID disk : findings.newest().keySet()) {
      disks.put(stream.volume().fragmentOf(disk, block), disk);
    }
    int[][] checksums = new int[map.fragmentCount()][];
    disks.forEach((f, disk) -> checksums[f] = findings.newest().get(disk).allChecksums());
    RowSums sums = sums(findings, disks);
    for (Map.Entry<Integer, UUID> fragment : disks.entrySet()) {
      BlockReport report = findings.newest().get(fragment.getValue());
      for (int page = 0; page < Geometry.PAGES_PER_BLOCK; page++) {
        boolean wrong = report.damaged().get(page);
        if (page < StripeMap.ROWS && sums != null && !wrong) {
          wrong = !agrees(fragment.getKey(), page, checksums, sums);
        }
        if (wrong) {
          findings.add(fragment.getValue(), page, Set.of());
        }
      }
    }
    return findings;
  }

  /** Row checksums of a parity whose own are undamaged, if there is one. */
  private RowSums sums(Findings findings, Map<Integer, UUID> disks) {
    for (Map.Entry<Integer, UUID> fragment : disks.entrySet()) {
      BlockReport report = findings.newest().get(fragment.getValue());
      if (fragment.getKey() >= map.dataCount() && report.content().hasRemaining()) {
        return new RowSums(0, report.content());
      }
    }
    return null;
  }

  /** Data by its row's checksum; the first parity by those of all data; nothing else is known. */
  private boolean agrees(int fragment, int row, int[][] checksums, RowSums sums) {
    int own = checksums[fragment][row] ^ BlockReport.OF_ZEROES;
    if (fragment < map.dataCount()) {
      return sums.get(row, fragment) == own;
    }
    int expected = 0;
    for (int i = 0; i < map.dataCount(); i++) {
      expected ^= sums.get(row, i);
    }
    return fragment > map.dataCount() || expected == own;
  }

  @Override
  public void fetch(BlockKey block, Wrong wrong, Fetched fetched) {
    int fragment = stream.volume().fragmentOf(wrong.disk(), block);
    int end = wrong.firstPage() + wrong.pageCount();
    if (wrong.firstPage() < StripeMap.ROWS && end > StripeMap.ROWS) {
      // Pages of rows and of row checksums are made in different ways: the caller cuts it up.
      fetched.done(Status.CORRUPT, null);
    } else if (wrong.firstPage() >= StripeMap.ROWS) {
      sums(block, wrong, fragment, fetched);
    } else if (fragment < map.dataCount()) {
      data(block, wrong, fragment, fetched);
    } else {
      parity(block, wrong, fragment, fetched);
    }
  }

  private interface Maker {
    ByteBuffer of(Rows rows);
  }

  /** Reads fragments of some rows without trusting some of them, and makes pages of that. */
  private void rows(
      BlockKey block,
      StripeMap.Span span,
      int wanted,
      int distrusted,
      boolean withSums,
      Maker maker,
      Fetched fetched) {
    new RowFetch(
            context,
            stream,
            block,
            span,
            wanted,
            true,
            withSums,
            (status, rows) -> fetched.done(status, status == Status.DONE ? maker.of(rows) : null))
        .distrust(distrusted)
        .start();
  }

  private int allData() {
    return (1 << map.dataCount()) - 1;
  }

  /** A parity that is not the only one: the others have row checksums, too. */
  private int unlessAlone(int parity) {
    return map.scheme().parityCount() > 1 ? 1 << parity : 0;
  }

  private void data(BlockKey block, Wrong wrong, int fragment, Fetched fetched) {
    StripeMap.Span span = new StripeMap.Span(wrong.firstPage(), wrong.pageCount());
    int bit = 1 << fragment;
    rows(block, span, bit, bit, true, rows -> rows.fragments[fragment], fetched);
  }

  private void parity(BlockKey block, Wrong wrong, int fragment, Fetched fetched) {
    StripeMap.Span span = new StripeMap.Span(wrong.firstPage(), wrong.pageCount());
    int distrusted = unlessAlone(fragment);
    rows(block, span, allData(), distrusted, true, rows -> encode(rows, fragment), fetched);
  }

  private ByteBuffer encode(Rows rows, int fragment) {
    ByteBuffer[] data = new ByteBuffer[map.dataCount()];
    System.arraycopy(rows.fragments, 0, data, 0, data.length);
    ByteBuffer[] parities = new ByteBuffer[map.scheme().parityCount()];
    for (int i = 0; i < parities.length; i++) {
      parities[i] = ByteBuffer.allocate(rows.count * Geometry.PAGE_BYTES);
    }
    context.codes().of(map.scheme()).encode(data, parities);
    return parities[fragment - map.dataCount()];
  }

  /**
   * Of data that is what another parity's row checksums say; without one of data that is what its
   * own disks' checksums say.
   */
  private void sums(BlockKey block, Wrong wrong, int fragment, Fetched fetched) {
    int firstRow = (wrong.firstPage() - StripeMap.ROWS) * StripeMap.ROWS_PER_SUM_PAGE;
    int endRow = firstRow + wrong.pageCount() * StripeMap.ROWS_PER_SUM_PAGE;
    StripeMap.Span span = new StripeMap.Span(firstRow, Math.min(StripeMap.ROWS, endRow) - firstRow);
    int distrusted = unlessAlone(fragment);
    rows(
        block,
        span,
        allData(),
        distrusted,
        distrusted != 0,
        rows -> sumsOf(rows, wrong.pageCount()),
        fetched);
  }

  private ByteBuffer sumsOf(Rows rows, int pageCount) {
    RowSums sums = RowSums.empty(rows.first, rows.count);
    for (int i = 0; i < map.dataCount(); i++) {
      for (int row = rows.first; row < rows.first + rows.count; row++) {
        sums.put(row, i, rows.fragments[i], rows.index(row, rows.fragments[i]));
      }
    }
    return sums.pages().slice(0, pageCount * Geometry.PAGE_BYTES);
  }
}
