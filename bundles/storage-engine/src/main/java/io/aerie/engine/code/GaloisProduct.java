package io.aerie.engine.code;

import java.nio.ByteBuffer;

/**
 * A matrix made ready to be multiplied with data by a {@link GaloisKernel}.
 *
 * <p>The caller ({@link ErasureCode}) checked all buffers: from position to limit each has the same
 * number of bytes, a multiple of {@link ErasureCode#GRAIN_BYTES}. Positions, limits and byte orders
 * of buffers play no part and stay as they are. No buffer of the targets overlaps another buffer.
 */
public interface GaloisProduct {
  /**
   * {@code targets[r] = sum over c of matrix[r][c] * sources[c]}.
   *
   * @param sources one for each column; further elements of the array are not looked at
   * @param targets one for each row
   */
  void multiply(ByteBuffer[] sources, ByteBuffer[] targets);

  /** {@code targets[r] += sum over c of matrix[r][c] * sources[c]}; a sum is an exclusive or. */
  void multiplyAndAdd(ByteBuffer[] sources, ByteBuffer[] targets);
}
