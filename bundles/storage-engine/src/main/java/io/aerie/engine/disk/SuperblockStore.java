package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/** Writes both copies of the superblock, one after the other, each made durable. */
final class SuperblockStore {
  private final BlockDevice device;
  private final PageBuffers buffers;
  private Superblock current;

  SuperblockStore(BlockDevice device, PageBuffers buffers, Superblock current) {
    this.device = device;
    this.buffers = buffers;
    this.current = current;
  }

  Superblock current() {
    return current;
  }

  /** Replaces both; the first copy is durable before the second is touched. */
  void write(Superblock wanted, Completion<Void> done) {
    Superblock first =
        new Superblock(
                wanted.identity(),
                current.sequence(),
                wanted.layout(),
                wanted.tableInUse(),
                wanted.checkpointLsn(),
                wanted.tailLsn())
            .next();
    writeCopy(
        first,
        (nothing, error) -> {
          if (error != null) {
            done.accept(null, error);
          } else {
            writeCopy(first.next(), done);
          }
        });
  }

  /** Even sequences live in copy A, odd ones in copy B, so the newest is never overwritten. */
  private void writeCopy(Superblock copy, Completion<Void> done) {
    ByteBuffer page = buffers.acquire(Geometry.PAGE_BYTES);
    copy.encode(page);
    long offset =
        copy.sequence() % 2 == 0 ? DiskLayout.SUPERBLOCK_OFFSET_A : DiskLayout.SUPERBLOCK_OFFSET_B;
    device.write(
        offset,
        page,
        (nothing, error) -> {
          buffers.release(page);
          if (error != null) {
            done.accept(null, error);
            return;
          }
          device.flush(
              (flushed, failure) -> {
                current = failure == null ? copy : current;
                done.accept(null, failure);
              });
        });
  }
}
