package io.aerie.ardfs.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * CLOCK_BOOTTIME of Linux (clock_gettime(2)): monotonic, and goes on while the machine is
 * suspended. {@link System#nanoTime} stands still then, and a lease that stands still would serve
 * stale reads (H14 of the storage design's attacks).
 */
final class BootClock {
  private static final int CLOCK_BOOTTIME = 7;

  static {
    Native.register(BootClock.class, "c");
  }

  /**
   * A struct timespec of a 64-bit Linux: seconds, nanoseconds. As a JNA structure it was a seventh
   * of what an idle node did.
   */
  private final Pointer time = new Memory(2L * Long.BYTES);

  /** Nanoseconds since boot. */
  synchronized long nanos() {
    clock_gettime(CLOCK_BOOTTIME, time);
    return time.getLong(0) * 1_000_000_000L + time.getLong(Long.BYTES);
  }

  // The name is the C library's.
  @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
  private static native int clock_gettime(int clock, Pointer time) throws LastErrorException;
}
