package io.aerie.engine.code;

/**
 * GF(2^8) over x^8 + x^4 + x^3 + x^2 + 1 (0x11d), with 2 as generator: the field of RAID-6 and of
 * ISA-L. Bytes are unsigned, in ints of 0 to 255. Addition is exclusive or.
 */
public final class GaloisField {
  /** The polynomial's bits below x^8. */
  static final int REDUCTION = 0x1d;

  private static final int ORDER = 255;
  private static final byte[] EXPONENTS = new byte[2 * ORDER];
  private static final int[] LOGARITHMS = new int[256];

  static {
    int power = 1;
    for (int exponent = 0; exponent < ORDER; exponent++) {
      EXPONENTS[exponent] = (byte) power;
      EXPONENTS[exponent + ORDER] = (byte) power;
      LOGARITHMS[power] = exponent;
      power = (power << 1) ^ (power >= 128 ? 0x100 | REDUCTION : 0);
    }
  }

  private GaloisField() {}

  /** The product of two elements. */
  public static int multiply(int first, int second) {
    return first == 0 || second == 0 ? 0 : EXPONENTS[LOGARITHMS[first] + LOGARITHMS[second]] & 0xff;
  }

  /** The element whose product with this one is 1. */
  public static int inverse(int element) {
    if (element == 0) {
      throw new ArithmeticException("zero has no inverse");
    }
    return EXPONENTS[ORDER - LOGARITHMS[element]] & 0xff;
  }

  /** The generator 2 to a power of 0 to 254. */
  public static int powerOfTwo(int exponent) {
    return EXPONENTS[exponent] & 0xff;
  }
}
