package io.aerie.engine.code;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The kernel in plain Java. A coefficient is a sum of powers of two, so a row of the matrix is
 *
 * <pre>
 *   target = sum over bits b of 2^b * S_b,   S_b = sum of the sources whose coefficient has bit b
 *          = 2 * (2 * (... 2 * S_7 + S_6 ...) + S_1) + S_0
 * </pre>
 *
 * and costs at most seven doublings, whatever the number of sources, and an exclusive or for each
 * bit of the coefficients. For row 1, 2^j, this is the well-known way of RAID-6.
 *
 * <p>Data goes through arrays of longs, a block at a time, because only over those the JVM makes
 * vector instructions; the block is so small that eight sources stay in the nearest cache.
 */
public final class SwarKernel implements GaloisKernel {
  /** Eight sources and a target are 18 KiB, of caches of 32 KiB and more. */
  private static final int BLOCK_BYTES = 2048;

  private static final int BLOCK_WORDS = BLOCK_BYTES / Long.BYTES;

  /** On the way between a buffer and words: the JDK copies both ways without making objects. */
  private final byte[] bytes = new byte[BLOCK_BYTES];

  private final LongBuffer bytesAsWords =
      ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer();
  private final long[][] blocks = new long[ErasureScheme.COUNT_MAX][BLOCK_WORDS];
  private final long[] sum = new long[BLOCK_WORDS];
  private final long[] former = new long[BLOCK_WORDS];

  @Override
  public String name() {
    return "java";
  }

  @Override
  public GaloisProduct prepare(GaloisMatrix matrix) {
    return new SwarProduct(matrix);
  }

  /** For each row and bit, from the highest bit that any coefficient has, the sources' numbers. */
  private final class SwarProduct implements GaloisProduct {
    private final int sourceCount;
    private final int[][][] steps;

    SwarProduct(GaloisMatrix matrix) {
      sourceCount = matrix.columns();
      steps = new int[matrix.rows()][][];
      for (int row = 0; row < steps.length; row++) {
        int bits = 0;
        for (int column = 0; column < sourceCount; column++) {
          bits |= matrix.at(row, column);
        }
        int stepCount = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(bits));
        steps[row] = new int[stepCount][];
        for (int step = 0; step < stepCount; step++) {
          steps[row][step] = sourcesWithBit(matrix, row, stepCount - 1 - step);
        }
      }
    }

    private static int[] sourcesWithBit(GaloisMatrix matrix, int row, int bit) {
      return IntStream.range(0, matrix.columns())
          .filter(column -> (matrix.at(row, column) & (1 << bit)) != 0)
          .toArray();
    }

    @Override
    public void multiply(ByteBuffer[] sources, ByteBuffer[] targets) {
      multiply(sources, targets, false);
    }

    @Override
    public void multiplyAndAdd(ByteBuffer[] sources, ByteBuffer[] targets) {
      multiply(sources, targets, true);
    }

    private void multiply(ByteBuffer[] sources, ByteBuffer[] targets, boolean add) {
      int length = sources[0].remaining();
      for (int offset = 0; offset < length; offset += BLOCK_BYTES) {
        int byteCount = Math.min(BLOCK_BYTES, length - offset);
        for (int i = 0; i < sourceCount; i++) {
          load(sources[i], offset, byteCount, blocks[i]);
        }
        for (int row = 0; row < steps.length; row++) {
          evaluate(steps[row], byteCount / Long.BYTES);
          if (add) {
            load(targets[row], offset, byteCount, former);
            Swar.add(sum, former, byteCount / Long.BYTES);
          }
          store(targets[row], offset, byteCount);
        }
      }
    }

    private void evaluate(int[][] rowSteps, int count) {
      start(rowSteps[0], count);
      for (int step = 1; step < rowSteps.length; step++) {
        twiceAdd(rowSteps[step], count);
      }
    }
  }

  private void load(ByteBuffer from, int offset, int byteCount, long[] to) {
    from.get(from.position() + offset, bytes, 0, byteCount);
    bytesAsWords.get(0, to, 0, byteCount / Long.BYTES);
  }

  private void store(ByteBuffer to, int offset, int byteCount) {
    bytesAsWords.put(0, sum, 0, byteCount / Long.BYTES);
    to.put(to.position() + offset, bytes, 0, byteCount);
  }

  /** {@code sum = S}. */
  private void start(int[] sources, int count) {
    long[][] b = blocks;
    switch (sources.length) {
      case 0 -> Arrays.fill(sum, 0, count, 0);
      case 1 -> Swar.copy(sum, b[sources[0]], count);
      case 2 -> Swar.sum(sum, b[sources[0]], b[sources[1]], count);
      case 3 -> Swar.sum(sum, b[sources[0]], b[sources[1]], b[sources[2]], count);
      default -> {
        Swar.sum(sum, b[sources[0]], b[sources[1]], b[sources[2]], b[sources[3]], count);
        addRest(sources, count);
      }
    }
  }

  /** {@code sum = 2 * sum + S}. */
  private void twiceAdd(int[] sources, int count) {
    long[][] b = blocks;
    switch (sources.length) {
      case 0 -> Swar.twice(sum, count);
      case 1 -> Swar.twiceAdd(sum, b[sources[0]], count);
      case 2 -> Swar.twiceAdd(sum, b[sources[0]], b[sources[1]], count);
      case 3 -> Swar.twiceAdd(sum, b[sources[0]], b[sources[1]], b[sources[2]], count);
      default -> {
        Swar.twiceAdd(sum, b[sources[0]], b[sources[1]], b[sources[2]], b[sources[3]], count);
        addRest(sources, count);
      }
    }
  }

  /** Adds the fifth source and those after it. */
  private void addRest(int[] sources, int count) {
    long[][] b = blocks;
    switch (sources.length) {
      case 4 -> {}
      case 5 -> Swar.add(sum, b[sources[4]], count);
      case 6 -> Swar.add(sum, b[sources[4]], b[sources[5]], count);
      case 7 -> Swar.add(sum, b[sources[4]], b[sources[5]], b[sources[6]], count);
      default -> Swar.add(sum, b[sources[4]], b[sources[5]], b[sources[6]], b[sources[7]], count);
    }
  }
}
