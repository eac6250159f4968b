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
