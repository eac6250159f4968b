package io.aerie.engine.disk;

import java.nio.ByteBuffer;

/** Splits a stretch of the log where the ring ends. */
final class RingAccess {
  /** One contiguous stretch on the disk. */
  interface Part {
    void accept(long offset, ByteBuffer part);
  }

  private RingAccess() {}

  /** Whether the ring's end does not split this stretch. */
  static boolean inOnePart(DiskLayout layout, long lsn, int bytes) {
    return lsn % layout.ringBytes() + bytes <= layout.ringBytes();
  }

  /** The buffer's bytes from 0 to its limit lie in the log from {@code lsn} on. */
  static void forEachPart(DiskLayout layout, long lsn, ByteBuffer buffer, Part action) {
    int bytes = buffer.limit();
    int untilEnd = (int) Math.min(bytes, layout.ringBytes() - lsn % layout.ringBytes());
    action.accept(layout.ringPosition(lsn), buffer.slice(0, untilEnd));
    if (untilEnd < bytes) {
      action.accept(layout.ringOffset(), buffer.slice(untilEnd, bytes - untilEnd));
    }
  }
}
