package io.aerie.engine.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/**
 * Any X fragments of EC X+Y suffice exactly if every square part of the parities' coefficients can
 * be inverted. Goal: prove that for every scheme. Method: all schemes use the upper left of one
 * matrix of 8 by 8, so all its 12,869 square parts are looked at; no theory is trusted.
 */
class ParityMatrixTest {
  private static final GaloisMatrix WHOLE = ParityMatrix.of(new ErasureScheme(8, 8));

  @Test
  void shouldHaveNoSingularSquarePart() {
    int looked = 0;
    for (int rows = 1; rows < 256; rows++) {
      for (int columns = 1; columns < 256; columns++) {
        if (Integer.bitCount(rows) == Integer.bitCount(columns)) {
          GaloisMatrix part = part(rows, columns);
          GaloisMatrix product = part.times(part.inverse());
          assertThat(product).isEqualTo(GaloisMatrix.identity(part.rows()));
          looked++;
        }
      }
    }
    assertThat(looked).isEqualTo(12_869);
  }

  /** The same by the definition, for the schemes up to 6+6: any X rows of the generator. */
  @Test
  void shouldGiveAllBackFromAnyFragments() {
    for (ErasureScheme scheme : ErasureScheme.all()) {
      if (scheme.dataCount() > 6) {
        continue;
      }
      GaloisMatrix generator = ParityMatrix.generator(scheme);
      for (int present = 0; present < 1 << scheme.fragmentCount(); present++) {
        if (Integer.bitCount(present) == scheme.dataCount()) {
          GaloisMatrix survivors = generator.rowsOf(present);
          assertThat(survivors.inverse().times(survivors))
              .isEqualTo(GaloisMatrix.identity(scheme.dataCount()));
        }
      }
    }
  }

  @Test
  void shouldBeTheCauchyMatrixThatItsCommentTells() {
    int[] x = {0, 1, 131, 55, 63, 208, 32, 34};
    int[] scale = {1, GaloisField.powerOfTwo(8), 217, 94, 54, 173, 182, 150};
    for (int row = 0; row < 8; row++) {
      for (int column = 0; column < 8; column++) {
        int power = GaloisField.powerOfTwo(column);
        int y = GaloisField.multiply(power, GaloisField.inverse(GaloisField.powerOfTwo(8) ^ power));
        int cauchy = GaloisField.inverse(x[row] ^ y);
        assertThat(WHOLE.at(row, column))
            .isEqualTo(GaloisField.multiply(scale[row], GaloisField.multiply(y, cauchy)));
      }
    }
  }

  @Test
  void shouldBeExclusiveOrAndThenRaid6() {
    GaloisMatrix matrix = ParityMatrix.of(new ErasureScheme(8, 2));
    assertThat(matrix)
        .isEqualTo(
            GaloisMatrix.of(
                new int[] {1, 1, 1, 1, 1, 1, 1, 1}, new int[] {1, 2, 4, 8, 16, 32, 64, 128}));
    assertThat(ParityMatrix.of(new ErasureScheme(3, 1)))
        .isEqualTo(GaloisMatrix.of(new int[] {1, 1, 1}));
  }

  /** The field by its definition: multiplication of polynomials, then the remainder. */
  @Test
  void shouldMultiplyAsPolynomialsDo() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        int product = 0;
        for (int bit = 0; bit < 8; bit++) {
          product ^= (second & (1 << bit)) != 0 ? first << bit : 0;
        }
        for (int bit = 14; bit >= 8; bit--) {
          product ^= (product & (1 << bit)) != 0 ? 0x11d << (bit - 8) : 0;
        }
        assertThat(GaloisField.multiply(first, second)).isEqualTo(product);
      }
    }
  }

  @Test
  void shouldSayThatASingularMatrixHasNoInverse() {
    GaloisMatrix singular = GaloisMatrix.of(new int[] {1, 2}, new int[] {2, 4});
    assertThatThrownBy(singular::inverse).isInstanceOf(ArithmeticException.class);
  }

  private static GaloisMatrix part(int rows, int columns) {
    GaloisMatrix chosen = WHOLE.rowsOf(rows);
    int[][] part = new int[chosen.rows()][Integer.bitCount(columns)];
    for (int row = 0; row < part.length; row++) {
      int next = 0;
      for (int column = 0; column < 8; column++) {
        if ((columns & (1 << column)) != 0) {
          part[row][next++] = chosen.at(row, column);
        }
      }
    }
    return GaloisMatrix.of(part);
  }
}
