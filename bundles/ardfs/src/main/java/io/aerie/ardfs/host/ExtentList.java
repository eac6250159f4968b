package io.aerie.ardfs.host;

import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitContent;
import io.aerie.storage.block.Extent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes extents of what units read as: neighbours that are alike become one. */
public final class ExtentList {
  private final long begin;
  private final long end;
  private final boolean zeroes;
  private final List<Extent> extents = new ArrayList<>();

  /**
   * Of a range of a volume.
   *
   * @param begin in bytes; what lies before it, and behind the end, is left out
   * @param zeroes whether what reads as zeroes is told, too
   */
  public ExtentList(long begin, long end, boolean zeroes) {
    this.begin = begin;
    this.end = end;
    this.zeroes = zeroes;
  }

  /**
   * Adds units, in order.
   *
   * @param offset of the first one, in bytes
   * @param units numbers of {@link UnitContent}
   */
  public void add(long offset, ByteBuffer units) {
    for (int i = 0; i < units.remaining(); i++) {
      UnitContent content = UnitContent.of(units.get(units.position() + i));
      boolean zero = content == UnitContent.ZERO;
      long from = Math.max(begin, offset + (long) i * Geometry.UNIT_BYTES);
      long to = Math.min(end, offset + (i + 1L) * Geometry.UNIT_BYTES);
      if (from < to && content != UnitContent.SAME && (zeroes || !zero)) {
        add(from, to, zero);
      }
    }
  }

  private void add(long from, long to, boolean zero) {
    int last = extents.size() - 1;
    if (last >= 0 && extents.get(last).end() == from && extents.get(last).zero() == zero) {
      long first = extents.get(last).offset();
      extents.set(last, new Extent(first, to - first, zero));
    } else {
      extents.add(new Extent(from, to - from, zero));
    }
  }

  /** What came together so far. */
  public List<Extent> extents() {
    return List.copyOf(extents);
  }

  public int size() {
    return extents.size();
  }
}
