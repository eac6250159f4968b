package io.aerie.engine.code;

/**
 * The coefficients of all parities of all schemes: EC X+Y takes the first Y rows and X columns, so
 * that parity i of a stripe doesn't depend on how many parities there are.
 *
 * <p>Part of the on-disk format: a changed element makes stored parities worthless.
 *
 * <pre>
 *   row 0       1                                  P: plain exclusive or
 *   row 1       2^j                                Q, as in RAID-6
 *   row i > 1   s_i * y_j / (x_i + y_j)            with y_j = 2^j / (2^8 + 2^j)
 * </pre>
 *
 * <p>All of it is one Cauchy matrix {@code 1 / (x_i + y_j)}, x_0 = 0 and x_1 = 1, whose rows and
 * columns are multiplied by elements other than 0: columns by y_j, row 1 by 2^8, row i by s_i.
 * Cauchy matrices have no singular square part, and multiplying rows and columns makes none. From
 * that follows that any X fragments suffice. x_i and s_i are those that give the fewest bits to the
 * coefficients, which is what {@link SwarKernel} pays for.
 */
public final class ParityMatrix {
  private static final GaloisMatrix WHOLE =
      GaloisMatrix.of(
          new int[] {1, 1, 1, 1, 1, 1, 1, 1},
          new int[] {1, 2, 4, 8, 16, 32, 64, 128},
          new int[] {13, 47, 61, 12, 60, 20, 30, 24}, // x 131, s 217
          new int[] {2, 5, 12, 40, 16, 83, 70, 107}, // x 55, s 94
          new int[] {8, 40, 24, 20, 16, 101, 98, 125}, // x 63, s 54
          new int[] {26, 1, 74, 21, 7, 66, 115, 4}, // x 208, s 173
          new int[] {21, 72, 94, 7, 17, 76, 96, 12}, // x 32, s 182
          new int[] {119, 112, 2, 10, 6, 5, 4, 94}); // x 34, s 150

  private ParityMatrix() {}

  /** A row for each parity, a column for each data fragment. */
  public static GaloisMatrix of(ErasureScheme scheme) {
    return WHOLE.corner(scheme.parityCount(), scheme.dataCount());
  }

  /** What makes all fragments of the data: the identity above the parities' coefficients. */
  public static GaloisMatrix generator(ErasureScheme scheme) {
    return GaloisMatrix.identity(scheme.dataCount()).above(of(scheme));
  }
}
