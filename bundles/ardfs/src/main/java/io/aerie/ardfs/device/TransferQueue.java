package io.aerie.ardfs.device;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A queue of the kernel (io_setup(2)), by which one thread begins several transfers of a file with
 * one call and sleeps once until all have ended.
 *
 * <pre>
 * struct iocb      0 data 8 | 8 key 4 | 12 flags 4 | 16 operation 2 | 18 priority 2 | 20 file 4
 *                 24 address 8 | 32 bytes 8 | 40 offset 8 | 48 zero 16
 * struct io_event  0 data 8 | 8 iocb 8 | 16 result 8 | 24 second result 8     (linux/aio_abi.h)
 * </pre>
 */
final class TransferQueue {
  /** More at once only make the first wait for the last. */
  static final int LENGTH_MAX = 16;

  private static final int IOCB_BYTES = 64;
  private static final int EVENT_BYTES = 32;
  private static final int EVENTS_INDEX = LENGTH_MAX * IOCB_BYTES;
  private static final int POINTERS_INDEX = EVENTS_INDEX + LENGTH_MAX * EVENT_BYTES;
  private static final int CONTEXT_INDEX = POINTERS_INDEX + LENGTH_MAX * Long.BYTES;
  private static final short OPERATION_READ = 0;
  private static final short OPERATION_WRITE = 1;
  private static final int EINTR = 4;

  private final KernelCalls.Numbers numbers;
  private final int file;
  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(CONTEXT_INDEX + Long.BYTES).order(ByteOrder.nativeOrder());
  private final long address = addressOf(memory);
  private final long context;

  /**
   * Makes a queue.
   *
   * @param file a descriptor that was opened with O_DIRECT: else the kernel does one after another
   * @throws LastErrorException when the kernel gives none
   */
  TransferQueue(KernelCalls.Numbers numbers, int file) {
    this.numbers = numbers;
    this.file = file;
    KernelCalls.syscall(numbers.setup(), LENGTH_MAX, address + CONTEXT_INDEX, 0, 0, 0);
    context = memory.getLong(CONTEXT_INDEX);
    for (int i = 0; i < LENGTH_MAX; i++) {
      memory.putLong(POINTERS_INDEX + i * Long.BYTES, address + (long) i * IOCB_BYTES);
    }
  }

  private static long addressOf(ByteBuffer buffer) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
  }

  /**
   * Carries out transfers, {@link #LENGTH_MAX} at most.
   *
   * @return of each, in their order, how many bytes were moved, or less than zero: errno, negative.
   *     What the kernel didn't take, and what it ended early, has fewer bytes than were wanted
   */
  long[] run(List<Transfer> transfers) {
    for (int i = 0; i < transfers.size(); i++) {
      put(i, transfers.get(i));
    }
    long[] results = new long[transfers.size()];
    int left = submit(transfers.size());
    while (left > 0) {
      int ended = await(left);
      for (int i = 0; i < ended; i++) {
        int event = EVENTS_INDEX + i * EVENT_BYTES;
        results[(int) memory.getLong(event)] = memory.getLong(event + 16);
      }
      left -= ended;
    }
    return results;
  }

  private void put(int index, Transfer transfer) {
    ByteBuffer buffer = transfer.buffer();
    int iocb = index * IOCB_BYTES;
    memory.putLong(iocb, index).putLong(iocb + 8, 0);
    memory.putShort(iocb + 16, transfer.write() ? OPERATION_WRITE : OPERATION_READ);
    memory.putShort(iocb + 18, (short) 0).putInt(iocb + 20, file);
    memory.putLong(iocb + 24, addressOf(buffer) + buffer.position());
    memory.putLong(iocb + 32, buffer.remaining()).putLong(iocb + 40, transfer.offset());
    memory.putLong(iocb + 48, 0).putLong(iocb + 56, 0);
  }

  /** How many of them the kernel took; none when it has no room for them now. */
  private int submit(int count) {
    try {
      return (int)
          KernelCalls.syscall(numbers.submit(), context, count, address + POINTERS_INDEX, 0, 0);
    } catch (LastErrorException e) {
      return 0;
    }
  }

  private int await(int count) {
    while (true) {
      try {
        return (int)
            KernelCalls.syscall(numbers.events(), context, count, count, address + EVENTS_INDEX, 0);
      } catch (LastErrorException e) {
        if (e.getErrorCode() != EINTR) {
          // Only of a queue or of memory that isn't there: this class would be wrong.
          throw e;
        }
      }
    }
  }

  /** Gives the queue back to the kernel. Nothing may be under way. */
  void close() {
    KernelCalls.syscall(numbers.destroy(), context, 0, 0, 0, 0);
  }
}
