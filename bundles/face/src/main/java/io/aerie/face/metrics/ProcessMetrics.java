package io.aerie.face.metrics;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/** This node's process, as its virtual machine tells. */
final class ProcessMetrics {
  private static final double MILLIS_PER_SECOND = 1e3;

  private ProcessMetrics() {}

  static void add(Samples samples) {
    samples.add(
        Metric.NODE_UPTIME_SECONDS,
        ManagementFactory.getRuntimeMXBean().getUptime() / MILLIS_PER_SECOND);
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    samples.add(Metric.NODE_HEAP_USED_BYTES, heap.getUsed());
    samples.add(Metric.NODE_HEAP_MAX_BYTES, heap.getMax());
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        samples.add(Metric.NODE_DIRECT_BUFFER_BYTES, pool.getMemoryUsed());
      }
    }
    samples.add(Metric.NODE_THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      samples.add(
          Metric.NODE_COLLECTION_SECONDS_TOTAL,
          collector.getCollectionTime() / MILLIS_PER_SECOND,
          collector.getName());
      samples.add(
          Metric.NODE_COLLECTIONS_TOTAL, collector.getCollectionCount(), collector.getName());
    }
    ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .ifPresent(
            time ->
                samples.add(
                    Metric.NODE_PROCESSOR_SECONDS_TOTAL, time.toMillis() / MILLIS_PER_SECOND));
  }
}
