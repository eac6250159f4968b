package io.aerie.engine.code;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Stripes of random data, and their parities by the definition: a byte, a coefficient at a time.
 */
final class Stripes {
  private Stripes() {}

  /** Random data and right parities: direct and heap buffers in turn, none beginning at 0. */
  static ByteBuffer[] random(Random random, ErasureScheme scheme, int length) {
    ByteBuffer[] fragments = new ByteBuffer[scheme.fragmentCount()];
    for (int i = 0; i < fragments.length; i++) {
      fragments[i] = empty(i, length);
      if (i < scheme.dataCount()) {
        fill(random, fragments[i]);
      }
    }
    multiply(ParityMatrix.of(scheme), fragments, scheme.dataCount());
    return fragments;
  }

  static ByteBuffer empty(int number, int length) {
    int margin = 8 * (number + 1);
    ByteBuffer buffer =
        number % 2 == 0
            ? ByteBuffer.allocateDirect(length + 2 * margin)
            : ByteBuffer.allocate(length + 2 * margin);
    return buffer.position(margin).limit(margin + length);
  }

  static void fill(Random random, ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    random.nextBytes(bytes);
    buffer.put(buffer.position(), bytes);
  }

  static ByteBuffer copy(ByteBuffer buffer) {
    return ByteBuffer.allocate(buffer.remaining()).put(buffer.duplicate()).flip();
  }

  /** The definition: from the first buffers into those from a place on. */
  private static void multiply(GaloisMatrix matrix, ByteBuffer[] fragments, int firstTarget) {
    for (int row = 0; row < matrix.rows(); row++) {
      ByteBuffer target = fragments[firstTarget + row];
      for (int at = 0; at < target.remaining(); at++) {
        int sum = 0;
        for (int column = 0; column < matrix.columns(); column++) {
          ByteBuffer source = fragments[column];
          int element = source.get(source.position() + at) & 0xff;
          sum ^= GaloisField.multiply(matrix.at(row, column), element);
        }
        target.put(target.position() + at, (byte) sum);
      }
    }
  }
}
