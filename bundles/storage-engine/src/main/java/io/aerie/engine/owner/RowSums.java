package io.aerie.engine.owner;

import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Checksums of the data pages of a range of rows, as parities keep them: whole pages, of which a
 * row has 64 bytes, 4 for each data fragment. A checksum is the page's CRC32C exclusive or that of
 * a page of zeroes, so that what was never written has the right ones.
 */
final class RowSums {
  private static final int OF_ZEROES = crc(ByteBuffer.allocate(Geometry.PAGE_BYTES), 0);

  private final int firstRow;
  private final ByteBuffer pages;

  /**
   * Takes over pages.
   *
   * @param firstRow of the first page, a multiple of 64
   */
  RowSums(int firstRow, ByteBuffer pages) {
    this.firstRow = firstRow;
    this.pages = pages;
  }

  /** Where a page's rows begin. */
  static int firstRow(int row) {
    return row - row % StripeMap.ROWS_PER_SUM_PAGE;
  }

  /** How many pages have the checksums of a range. */
  static int pageCount(int first, int count) {
    return StripeMap.sumPage(first + count - 1) - StripeMap.sumPage(first) + 1;
  }

  /** All zero, for a range of rows. */
  static RowSums empty(int first, int count) {
    return new RowSums(
        firstRow(first), ByteBuffer.allocate(pageCount(first, count) * Geometry.PAGE_BYTES));
  }

  /** Its own pages, for changing them. */
  RowSums copy() {
    ByteBuffer copy = ByteBuffer.allocate(pages.remaining());
    copy.put(0, pages, pages.position(), pages.remaining());
    return new RowSums(firstRow, copy);
  }

  ByteBuffer pages() {
    return pages;
  }

  int firstPage() {
    return StripeMap.sumPage(firstRow);
  }

  private int index(int row, int fragment) {
    return pages.position()
        + (row - firstRow) * StripeMap.ROW_SUMS_BYTES
        + fragment * Integer.BYTES;
  }

  /** Notes the checksum of a data page, found at an index of a buffer. */
  void put(int row, int fragment, ByteBuffer data, int at) {
    pages.putInt(index(row, fragment), sum(data, at));
  }

  /** The checksum of a data page, as the row says. */
  int get(int row, int fragment) {
    return pages.getInt(index(row, fragment));
  }

  /** Whether a data page is what the row says. */
  boolean agrees(int row, int fragment, ByteBuffer data, int at) {
    return get(row, fragment) == sum(data, at);
  }

  private static int sum(ByteBuffer data, int at) {
    return crc(data, at) ^ OF_ZEROES;
  }

  private static int crc(ByteBuffer data, int at) {
    CRC32C crc = new CRC32C();
    crc.update(data.slice(at, Geometry.PAGE_BYTES));
    return (int) crc.getValue();
  }
}
