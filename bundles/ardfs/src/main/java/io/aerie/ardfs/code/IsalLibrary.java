package io.aerie.ardfs.code;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * What is used of Intel's ISA-L (erasure_code.h), by JNA's direct mapping. Pointers are longs, so
 * that a call makes no objects: good for 64-bit machines only, and only those have the library.
 */
final class IsalLibrary {
  /** Debian's libisal2 brings it; 2 is the version of its binary interface. */
  private static final String FILE = "libisal.so.2";

  private static boolean registered;

  private IsalLibrary() {}

  /**
   * Binds the functions, once.
   *
   * @throws UnsatisfiedLinkError if the library isn't there
   */
  static synchronized void load() {
    if (Native.POINTER_SIZE != Long.BYTES) {
      throw new UnsatisfiedLinkError("pointers of " + Native.POINTER_SIZE + " bytes");
    }
    if (!registered) {
      Native.register(IsalLibrary.class, NativeLibrary.getInstance(FILE));
      registered = true;
    }
  }

  // The names are the library's.

  /** Expands a matrix of rows times k bytes to tables of 32 bytes for each element. */
  @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
  static native void ec_init_tables(int k, int rows, long matrix, long tables);

  /** {@code coding[r] = sum of matrix[r][c] * data[c]}; both are arrays of pointers. */
  @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
  static native void ec_encode_data(
      int length, int k, int rows, long tables, long data, long coding);

  /** {@code coding[r] += matrix[r][column] * data}; data is one pointer, coding an array. */
  @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
  static native void ec_encode_data_update(
      int length, int k, int rows, int column, long tables, long data, long coding);
}
