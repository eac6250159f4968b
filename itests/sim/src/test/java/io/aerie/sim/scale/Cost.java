package io.aerie.sim.scale;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * What an operation costs. Changed records and allocated bytes tell of work by any machine: who
 * goes through a collection and notes or copies what it finds allocates for each. Time is that of
 * the machine at the moment.
 */
final class Cost {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<Long> nanos = new ArrayList<>();
  private final List<Long> allocatedBytes = new ArrayList<>();
  private long changes;

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

  private static long median(List<Long> of) {
    List<Long> sorted = new ArrayList<>(of);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
