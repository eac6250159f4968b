package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Finds the newest superblock, and tells empty devices from foreign ones. */
final class DiskInspector {
  private static final int PROBE_BYTES = (int) DiskLayout.HEAD_BYTES;

  private final BlockDevice device;
  private final PageBuffers buffers;

  DiskInspector(BlockDevice device, PageBuffers buffers) {
    this.device = device;
    this.buffers = buffers;
  }

  void inspect(Completion<DiskInspection> done) {
    long end = device.capacityBytes() / Geometry.PAGE_BYTES * Geometry.PAGE_BYTES;
    if (end < 2L * PROBE_BYTES) {
      throw new AerieException(
          ErrorCode.INVALID_SIZE, "The device is too small: " + device.capacityBytes() + " bytes");
    }
    ByteBuffer head = buffers.acquire(PROBE_BYTES);
    ByteBuffer tail = buffers.acquire(PROBE_BYTES);
    IoTasks reads = new IoTasks();
    reads.add(completion -> device.read(0, head, completion));
    reads.add(completion -> device.read(end - PROBE_BYTES, tail, completion));
    reads.run(
        (nothing, error) -> {
          DiskInspection found = null;
          Throwable failure = error;
          if (error == null) {
            head.clear().limit(PROBE_BYTES);
            tail.clear().limit(PROBE_BYTES);
            try {
              found = judge(head, tail);
            } catch (AerieException e) {
              failure = e;
            }
          }
          buffers.release(head);
          buffers.release(tail);
          done.accept(found, failure);
        });
  }

  private static DiskInspection judge(ByteBuffer head, ByteBuffer tail) {
    Optional<Superblock> newest = newest(head);
    if (newest.isPresent()) {
      return new DiskInspection(DiskInspection.Content.OURS, newest.map(Superblock::identity));
    }
    boolean empty = SlotTable.isZero(head) && SlotTable.isZero(tail);
    return new DiskInspection(
        empty ? DiskInspection.Content.EMPTY : DiskInspection.Content.FOREIGN, Optional.empty());
  }

  private static Optional<Superblock> newest(ByteBuffer head) {
    Optional<Superblock> a = Superblock.decode(head.slice(0, Geometry.PAGE_BYTES));
    Optional<Superblock> b =
        Superblock.decode(head.slice((int) DiskLayout.SUPERBLOCK_OFFSET_B, Geometry.PAGE_BYTES));
    if (a.isPresent() && b.isPresent()) {
      return a.get().sequence() > b.get().sequence() ? a : b;
    }
    return a.isPresent() ? a : b;
  }

  /** The newest whole superblock; UNSUPPORTED_FORMAT or CORRUPT when there is none. */
  void superblock(Completion<Superblock> done) {
    ByteBuffer head = buffers.acquire(PROBE_BYTES);
    device.read(
        0,
        head,
        (nothing, error) -> {
          Superblock found = null;
          Throwable failure = error;
          if (error == null) {
            head.clear().limit(PROBE_BYTES);
            try {
              found = newest(head).orElseThrow(() -> none(head));
            } catch (AerieException e) {
              failure = e;
            }
          }
          buffers.release(head);
          done.accept(found, failure);
        });
  }

  private static AerieException none(ByteBuffer head) {
    boolean ours =
        Superblock.isOurs(head)
            || Superblock.isOurs(
                head.slice((int) DiskLayout.SUPERBLOCK_OFFSET_B, Geometry.PAGE_BYTES));
    return ours
        ? new AerieException(
            ErrorCode.CORRUPT,
            "Both superblocks of the disk are damaged",
            "",
            "Replace the disk; its content is rebuilt from the other copies.")
        : new AerieException(
            ErrorCode.UNSUPPORTED_FORMAT,
            "The device is not a disk of Aerie",
            "It has no superblock.",
            "Check its path, or add it as a new disk.");
  }
}
