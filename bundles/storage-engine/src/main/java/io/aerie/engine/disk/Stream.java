package io.aerie.engine.disk;

import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.util.List;
import java.util.TreeMap;

/** One history in memory: where it stands, what is in doubt, and the blocks that it settled. */
final class Stream {
  /** An entry above the watermark. {@code batchLsn} is where replay must begin to find it. */
  static final class Doubt {
    /** Without the data that is in its slot. */
    final Entry entry;

    /** The data that is in its slot, or null. */
    final DirectData direct;

    final int recordBytes;
    long batchLsn;

    Doubt(Entry entry, DirectData direct, int recordBytes, long batchLsn) {
      this.entry = entry;
      this.direct = direct;
      this.recordBytes = recordBytes;
      this.batchLsn = batchLsn;
    }
  }

  final StreamKey key;

  /** What the last base kept of the former history, and the number before its own first entry. */
  Point kept = Point.NONE;

  long first;
  Point last = Point.NONE;
  Point watermark = Point.NONE;
  int entry = Block.NONE;

  /** By sequence; all of the present epoch, since a base leaves nothing in doubt. */
  final TreeMap<Long, Doubt> doubts = new TreeMap<>();

  final TreeMap<BlockKey, Block> blocks = new TreeMap<>();

  Stream(StreamKey key) {
    this.key = key;
  }

  /** Sequence in the present epoch up to which nothing is in doubt. */
  long settledSequence() {
    return watermark.epoch() == last.epoch() ? watermark.sequence() : first;
  }

  boolean inDoubt(Point point) {
    return point.epoch() == last.epoch()
        && point.sequence() > settledSequence()
        && point.sequence() <= last.sequence();
  }

  /** Always two elements: a base settles what it keeps, so older epochs need not be told apart. */
  StreamState describe() {
    return new StreamState(key, last, watermark, List.of(kept, last));
  }
}
