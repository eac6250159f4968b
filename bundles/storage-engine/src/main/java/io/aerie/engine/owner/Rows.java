package io.aerie.engine.owner;

import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/** Settled pages of a range of a stripe's rows, all of one age. */
final class Rows {
  final int first;
  final int count;

  /** By fragment; null where nobody asked for it. */
  final ByteBuffer[] fragments;

  /** Null when nobody asked for them. */
  RowSums sums;

  Rows(int first, int count, int fragmentCount) {
    this.first = first;
    this.count = count;
    fragments = new ByteBuffer[fragmentCount];
  }

  /** Where a row's page is in a fragment's buffer. */
  int index(int row, ByteBuffer buffer) {
    return buffer.position() + (row - first) * Geometry.PAGE_BYTES;
  }

  /**
   * Pages of a stripe in their order.
   *
   * @param ofFragment where each data fragment is
   */
  static ByteBuffer pages(StripeMap map, Rows[] ofFragment, int firstPage, int pageCount) {
    ByteBuffer pages = ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES);
    map.runs(
        firstPage,
        pageCount,
        (page, fragment, row, count) -> {
          Rows rows = ofFragment[fragment];
          ByteBuffer from = rows.fragments[fragment];
          pages.put(
              (page - firstPage) * Geometry.PAGE_BYTES,
              from,
              rows.index(row, from),
              count * Geometry.PAGE_BYTES);
        });
    return pages;
  }

  /** Whether a data fragment is what the row checksums say. */
  boolean agree(int fragment) {
    ByteBuffer data = fragments[fragment];
    for (int row = first; row < first + count; row++) {
      if (!sums.agrees(row, fragment, data, index(row, data))) {
        return false;
      }
    }
    return true;
  }
}
