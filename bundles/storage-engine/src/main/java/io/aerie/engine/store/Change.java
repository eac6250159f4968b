package io.aerie.engine.store;

import java.nio.ByteBuffer;
import java.util.List;

/** What an entry does to its block. Buffers are read-only for everyone once handed over. */
public sealed interface Change {
  /** Whole pages of one block. {@code data.remaining()} is a multiple of the page. */
  record Write(BlockKey block, int firstPage, ByteBuffer data) implements Change {}

  /**
   * Whole pages of a parity fragment and, in the same breath, pages of its row checksums: two
   * ranges of one block.
   */
  record Parity(BlockKey block, int firstPage, ByteBuffer data, int firstSumPage, ByteBuffer sums)
      implements Change {}

  /**
   * Whole pages become zero; units that are covered whole become {@link UnitState#ZERO}. Of no
   * pages: only the block's version moves.
   */
  record Zero(BlockKey block, int firstPage, int pageCount) implements Change {}

  /** Keeps the number dense where this member has nothing to do. */
  record Nothing() implements Change {}

  /**
   * The whole block becomes what the source has, also its version (not the entry's own number).
   *
   * @param version the source's version of the block
   * @param units the source's unit states, one each
   * @param data the present units, in order; null-free, {@code presentUnits x 64 KiB}
   */
  record Copy(
      BlockKey block, Point version, long groupEpoch, List<UnitState> units, ByteBuffer data)
      implements Change {}

  /** The block vanishes: the source does not have it. */
  record Remove(BlockKey block) implements Change {}

  /** Moves the version of a block whose data here is not touched. */
  static Change touch(BlockKey block) {
    return new Zero(block, 0, 0);
  }

  /** Bytes of data that it carries. */
  default int dataBytes() {
    if (this instanceof Write write) {
      return write.data.remaining();
    }
    if (this instanceof Parity parity) {
      return parity.data.remaining() + parity.sums.remaining();
    }
    return this instanceof Copy copy ? copy.data.remaining() : 0;
  }
}
