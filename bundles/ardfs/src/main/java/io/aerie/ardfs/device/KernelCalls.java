package io.aerie.ardfs.device;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.util.Map;
import java.util.Optional;

/** What is used of the C library, by JNA's direct mapping; a failure is errno, thrown. */
final class KernelCalls {
  static final int READ_AND_WRITE = 2;
  static final int CLOSE_ON_EXECUTION = 0x80000;

  /**
   * What differs between processors: numbers of system calls (asm/unistd.h) and flags (asm/fcntl.h)
   * of Linux. They never change.
   */
  record Numbers(long setup, long destroy, long events, long submit, int direct) {
    private static final Map<String, Numbers> KNOWN =
        Map.of(
            "amd64", new Numbers(206, 207, 208, 209, 0x4000),
            "aarch64", new Numbers(0, 1, 4, 2, 0x10000));

    /** Those of this machine. */
    static Optional<Numbers> own() {
      return Optional.ofNullable(KNOWN.get(System.getProperty("os.arch")));
    }
  }

  static {
    Native.register(KernelCalls.class, "c");
  }

  private KernelCalls() {}

  // The names are the library's.

  static native int open(String path, int flags) throws LastErrorException;

  static native int close(int file) throws LastErrorException;

  static native long syscall(
      long number, long first, long second, long third, long fourth, long fifth)
      throws LastErrorException;
}
