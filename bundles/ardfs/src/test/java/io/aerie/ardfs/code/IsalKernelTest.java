package io.aerie.ardfs.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.GaloisKernel;
import io.aerie.engine.code.GaloisMatrix;
import io.aerie.engine.code.GaloisProduct;
import io.aerie.engine.code.ParityMatrix;
import io.aerie.engine.code.SwarKernel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Goal: ISA-L and plain Java give the same bytes. Method: both multiply the same matrices with the
 * same data; matrices of all schemes and random ones, lengths below, at and above the native
 * blocks, buffers direct and on the heap. Skipped where libisal2 is not installed.
 */
class IsalKernelTest {
  private static final int[] LENGTHS = {64, 4096, 4096 + 192, 64 * 1024 + 64};

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void shouldGiveTheBytesOfPlainJava() {
    GaloisKernel isal = isal();
    for (ErasureScheme scheme : ErasureScheme.all()) {
      compare(isal, ParityMatrix.of(scheme), 320, true, scheme.toString());
    }
    for (int length : LENGTHS) {
      for (int round = 0; round < 8; round++) {
        int[][] rows = new int[1 + random.nextInt(8)][1 + random.nextInt(8)];
        int[][] filled =
            Arrays.stream(rows)
                .map(row -> random.ints(rows[0].length, 0, 256).toArray())
                .toArray(int[][]::new);
        compare(isal, GaloisMatrix.of(filled), length, round % 2 == 0, "random");
      }
    }
  }

  @Test
  void shouldBeChosenWhereItIs() {
    GaloisKernel isal = isal();
    assertThat(GaloisKernels.best().name()).isEqualTo("isa-l");
    assertThat(GaloisKernels.agree(new SwarKernel(), isal)).isTrue();
  }

  /** A library that computes wrongly must not be used: the check sees one wrong byte. */
  @Test
  void shouldSeeAWrongKernel() {
    GaloisKernel wrong =
        new GaloisKernel() {
          private final GaloisKernel right = new SwarKernel();

          @Override
          public String name() {
            return "wrong";
          }

          @Override
          public GaloisProduct prepare(GaloisMatrix matrix) {
            GaloisProduct product = right.prepare(matrix);
            return new GaloisProduct() {
              @Override
              public void multiply(ByteBuffer[] sources, ByteBuffer[] targets) {
                product.multiply(sources, targets);
                ByteBuffer last = targets[matrix.rows() - 1];
                last.put(last.limit() - 1, (byte) ~last.get(last.limit() - 1));
              }

              @Override
              public void multiplyAndAdd(ByteBuffer[] sources, ByteBuffer[] targets) {
                product.multiplyAndAdd(sources, targets);
              }
            };
          }
        };
    assertThat(GaloisKernels.agree(new SwarKernel(), wrong)).isFalse();
    assertThat(GaloisKernels.agree(new SwarKernel(), new SwarKernel())).isTrue();
  }

  private void compare(
      GaloisKernel isal, GaloisMatrix matrix, int length, boolean direct, String what) {
    ByteBuffer[] sources = buffers(matrix.columns(), length, direct);
    ByteBuffer[] expected = buffers(matrix.rows(), length, false);
    ByteBuffer[] targets = buffers(matrix.rows(), length, direct);
    for (boolean add : new boolean[] {false, true}) {
      if (add) {
        isal.prepare(matrix).multiplyAndAdd(sources, targets);
        new SwarKernel().prepare(matrix).multiplyAndAdd(sources, expected);
      } else {
        isal.prepare(matrix).multiply(sources, targets);
        new SwarKernel().prepare(matrix).multiply(sources, expected);
      }
      assertThat(targets)
          .as("%s, %d bytes, direct %s, add %s, seed %d", what, length, direct, add, seed)
          .isEqualTo(expected);
    }
  }

  private ByteBuffer[] buffers(int count, int length, boolean direct) {
    ByteBuffer[] buffers = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[length + 8];
      random.nextBytes(bytes);
      ByteBuffer whole =
          direct
              ? ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()
              : ByteBuffer.wrap(bytes);
      buffers[i] = whole.position(8);
    }
    return buffers;
  }

  private static GaloisKernel isal() {
    try {
      return new IsalKernel();
    } catch (UnsatisfiedLinkError missing) {
      assumeTrue(false, "libisal2 is not installed: " + missing.getMessage());
      throw missing;
    }
  }
}
