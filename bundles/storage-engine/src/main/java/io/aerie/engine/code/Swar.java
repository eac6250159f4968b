package io.aerie.engine.code;

/**
 * Loops over words of eight field elements each (SIMD within a register). Nothing but shifts,
 * masks, exclusive or and subtraction, over arrays of longs only: what the JVM's compiler turns
 * into vector instructions. All loops go over the first {@code count} words; the order of bytes in
 * a word plays no part.
 */
final class Swar {
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long REDUCTIONS = 0x0101010101010101L * GaloisField.REDUCTION;

  private Swar() {}

  /**
   * Twice each of the eight elements. {@code carries << 1} minus {@code carries >>> 7} is 0xff in
   * each byte whose high bit was set: 0x100 - 1, the 0x100 being what the next byte can't see.
   */
  static long twice(long elements) {
    long carries = elements & HIGH_BITS;
    return ((elements ^ carries) << 1) ^ (((carries << 1) - (carries >>> 7)) & REDUCTIONS);
  }

  static void copy(long[] to, long[] a, int count) {
    System.arraycopy(a, 0, to, 0, count);
  }

  static void sum(long[] to, long[] a, long[] b, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = a[i] ^ b[i];
    }
  }

  static void sum(long[] to, long[] a, long[] b, long[] c, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = a[i] ^ b[i] ^ c[i];
    }
  }

  static void sum(long[] to, long[] a, long[] b, long[] c, long[] d, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = a[i] ^ b[i] ^ c[i] ^ d[i];
    }
  }

  static void add(long[] to, long[] a, int count) {
    for (int i = 0; i < count; i++) {
      to[i] ^= a[i];
    }
  }

  static void add(long[] to, long[] a, long[] b, int count) {
    for (int i = 0; i < count; i++) {
      to[i] ^= a[i] ^ b[i];
    }
  }

  static void add(long[] to, long[] a, long[] b, long[] c, int count) {
    for (int i = 0; i < count; i++) {
      to[i] ^= a[i] ^ b[i] ^ c[i];
    }
  }

  static void add(long[] to, long[] a, long[] b, long[] c, long[] d, int count) {
    for (int i = 0; i < count; i++) {
      to[i] ^= a[i] ^ b[i] ^ c[i] ^ d[i];
    }
  }

  static void twice(long[] to, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = twice(to[i]);
    }
  }

  static void twiceAdd(long[] to, long[] a, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = twice(to[i]) ^ a[i];
    }
  }

  static void twiceAdd(long[] to, long[] a, long[] b, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = twice(to[i]) ^ a[i] ^ b[i];
    }
  }

  static void twiceAdd(long[] to, long[] a, long[] b, long[] c, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = twice(to[i]) ^ a[i] ^ b[i] ^ c[i];
    }
  }

  static void twiceAdd(long[] to, long[] a, long[] b, long[] c, long[] d, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = twice(to[i]) ^ a[i] ^ b[i] ^ c[i] ^ d[i];
    }
  }
}
