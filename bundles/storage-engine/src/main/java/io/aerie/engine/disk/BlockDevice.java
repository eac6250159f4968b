package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import java.nio.ByteBuffer;

/**
 * A disk, a partition or a file of fixed size. Offsets, lengths and the addresses of buffers are
 * multiples of 4 KiB and buffers are direct, so that a device may bypass the page cache. A buffer
 * belongs to the device from the call to its completion. Completions arrive on the engine's loop,
 * in any order, never from within the call.
 */
public interface BlockDevice {
  /** Size; a remainder beyond the last whole page is never used. */
  long capacityBytes();

  /** Fills the buffer's remaining bytes. */
  void read(long offset, ByteBuffer buffer, Completion<Void> done);

  /** Writes the buffer's remaining bytes. Survives a power failure only after a later flush. */
  void write(long offset, ByteBuffer buffer, Completion<Void> done);

  /** Makes durable whatever writes were completed before this call. */
  void flush(Completion<Void> done);

  /** A write, and then a flush: one way to the device where it can do both at once. */
  default void writeAndFlush(long offset, ByteBuffer buffer, Completion<Void> done) {
    write(
        offset,
        buffer,
        (nothing, error) -> {
          if (error != null) {
            done.accept(null, error);
          } else {
            flush(done);
          }
        });
  }
}
