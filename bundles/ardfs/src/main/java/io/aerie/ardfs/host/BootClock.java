package io.aerie.ardfs.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Structure;

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

  /** struct timespec of a 64-bit Linux. */
  @Structure.FieldOrder({"seconds", "nanoseconds"})
  public static final class Timespec extends Structure {
    public long seconds;
    public long nanoseconds;
  }

  private final Timespec time = new Timespec();

  /** Nanoseconds since boot. */
  synchronized long nanos() {
    clock_gettime(CLOCK_BOOTTIME, time);
    return time.seconds * 1_000_000_000L + time.nanoseconds;
  }

  // The name is the C library's.
  @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
  private static native int clock_gettime(int clock, Timespec time) throws LastErrorException;
}
