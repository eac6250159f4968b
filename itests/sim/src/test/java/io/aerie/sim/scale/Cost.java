package io.aerie.sim.scale;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * What an operation costs. Records that it changed or went through, and allocated bytes, tell of
 * work by any machine. Time is that of the machine at the moment.
 */
final class Cost {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<Long> nanos = new ArrayList<>();
  private final List<Long> allocatedBytes = new ArrayList<>();
  private long changes;
  private long visits;

  /** Does it once. */
  <T> T measure(Supplier<T> operation) {
    long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
    long began = System.nanoTime();
    T result = operation.get();
    nanos.add(System.nanoTime() - began);
    allocatedBytes.add(THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore);
    return result;
  }

  void changed(int records) {
    changes += records;
  }

  void visited(long records) {
    visits += records;
  }

  /** How often it was done. */
  int count() {
    return nanos.size();
  }

  /** The median. */
  long nanos() {
    return median(nanos);
  }

  /** The median. */
  long allocatedBytes() {
    return median(allocatedBytes);
  }

  /** Records that one of them changes, in the mean. */
  double changes() {
    return (double) changes / count();
  }

  /** Records that one of them goes through, in the mean. */
  double visits() {
    return (double) visits / count();
  }

  private static long median(List<Long> of) {
    List<Long> sorted = new ArrayList<>(of);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
