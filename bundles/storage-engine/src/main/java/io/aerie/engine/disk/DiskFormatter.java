package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import io.aerie.engine.store.DiskIdentity;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Makes a disk: former superblocks wiped, ring and tables zeroed once (a ring that was written
 * before is twice as fast as one that was only allocated), the headers of the copy area wiped, then
 * both superblocks.
 */
final class DiskFormatter {
  private static final int CHUNK_BYTES = 1024 * 1024;

  private final BlockDevice device;
  private final PageBuffers buffers;

  DiskFormatter(BlockDevice device, PageBuffers buffers) {
    this.device = device;
    this.buffers = buffers;
  }

  void format(UUID cluster, UUID disk, FormatOptions options, Completion<DiskIdentity> done) {
    DiskLayout layout = DiskLayout.plan(device.capacityBytes(), options);
    DiskIdentity identity = new DiskIdentity(cluster, disk, 0);
    Superblock first = new Superblock(identity, 0, layout, 0, 0, 0);
    zero(
        0,
        DiskLayout.HEAD_BYTES,
        (wiped, error) -> {
          if (error != null) {
            done.accept(null, error);
            return;
          }
          zero(
              DiskLayout.HEAD_BYTES,
              layout.tablesEnd(),
              (zeroed, failure) -> wipeCopies(first, failure, done));
        });
  }

  /** A copy that an earlier format left would only confuse people; its disk's id tells it apart. */
  private void wipeCopies(Superblock first, Throwable error, Completion<DiskIdentity> done) {
    DiskLayout layout = first.layout();
    if (error != null || layout.copyBytes() == 0) {
      writeSuperblocks(first, error, done);
      return;
    }
    long a = layout.copyOffset();
    long b = a + layout.copyBytes() / 2;
    zero(
        a,
        a + Geometry.PAGE_BYTES,
        (wipedA, failureA) -> {
          if (failureA != null) {
            done.accept(null, failureA);
          } else {
            zero(
                b,
                b + Geometry.PAGE_BYTES,
                (wipedB, failureB) -> writeSuperblocks(first, failureB, done));
          }
        });
  }

  private void writeSuperblocks(Superblock first, Throwable error, Completion<DiskIdentity> done) {
    if (error != null) {
      done.accept(null, error);
      return;
    }
    new SuperblockStore(device, buffers, first)
        .write(first, (nothing, failure) -> done.accept(identityOf(first, failure), failure));
  }

  private static DiskIdentity identityOf(Superblock superblock, Throwable failure) {
    return failure == null ? superblock.identity() : null;
  }

  /** Durable zeroes from here to there. */
  private void zero(long from, long to, Completion<Void> done) {
    ByteBuffer zeroes = buffers.acquire(CHUNK_BYTES);
    Superblock.zero(zeroes);
    IoTasks writes = new IoTasks();
    for (long offset = from; offset < to; offset += CHUNK_BYTES) {
      long at = offset;
      int bytes = (int) Math.min(CHUNK_BYTES, to - offset);
      writes.add(completion -> device.write(at, zeroes.slice(0, bytes), completion));
    }
    writes.run(
        (nothing, error) -> {
          buffers.release(zeroes);
          if (error != null) {
            done.accept(null, error);
          } else {
            device.flush(done);
          }
        });
  }
}
