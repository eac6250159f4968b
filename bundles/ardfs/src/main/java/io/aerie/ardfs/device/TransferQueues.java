package io.aerie.ardfs.device;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernel's queues of one file, as many as its threads use at once. */
final class TransferQueues {
  private static final Logger log = LoggerFactory.getLogger(TransferQueues.class);

  private final int file;
  private final ConcurrentLinkedQueue<TransferQueue> idle = new ConcurrentLinkedQueue<>();

  private TransferQueues(int file) {
    this.file = file;
  }

  /** Empty where the kernel has nothing of the kind for this file: it only saves time. */
  static Optional<TransferQueues> open(Path path, int count) {
    Optional<KernelCalls.Numbers> numbers = KernelCalls.Numbers.own();
    return numbers.isEmpty() ? Optional.empty() : open(path, count, numbers.get());
  }

  private static Optional<TransferQueues> open(Path path, int count, KernelCalls.Numbers numbers) {
    TransferQueues queues = null;
    try {
      int flags = KernelCalls.READ_AND_WRITE | KernelCalls.CLOSE_ON_EXECUTION | numbers.direct();
      queues = new TransferQueues(KernelCalls.open(path.toString(), flags));
      for (int i = 0; i < count; i++) {
        queues.idle.add(new TransferQueue(numbers, queues.file));
      }
      return Optional.of(queues);
    } catch (LastErrorException e) {
      log.info("{}: reads and writes are done one by one: {}", path, e.getMessage());
      if (queues != null) {
        queues.close();
      }
      return Optional.empty();
    }
  }

  /** See {@link TransferQueue#run}; with more threads than queues nothing is moved. */
  long[] run(List<Transfer> transfers) {
    TransferQueue queue = idle.poll();
    if (queue == null) {
      return new long[transfers.size()];
    }
    try {
      return queue.run(transfers);
    } finally {
      idle.add(queue);
    }
  }

  /** When no thread uses it any more. */
  void close() {
    idle.forEach(TransferQueue::close);
    KernelCalls.close(file);
  }
}
