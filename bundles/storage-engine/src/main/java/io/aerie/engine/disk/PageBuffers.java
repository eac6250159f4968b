package io.aerie.engine.disk;

import io.aerie.base.Checks;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Direct buffers whose address is a multiple of 4 KiB, kept for reuse by powers of two from 4 KiB
 * to 8 MiB. Used on one loop; several engines of one loop may share it.
 */
public final class PageBuffers {
  /** A copy of a whole block with its record's header still fits into a kept buffer. */
  private static final int KEPT_BYTES_MAX = 8 * 1024 * 1024;

  /** Idle memory: what a burst leaves behind is at most this. */
  static final int IDLE_BYTES_MAX = 32 * 1024 * 1024;

  private static final int CLASSES = classOf(KEPT_BYTES_MAX) + 1;

  private final List<ArrayDeque<ByteBuffer>> idle = new ArrayList<>();
  private int idleBytes;

  public PageBuffers() {
    for (int i = 0; i < CLASSES; i++) {
      idle.add(new ArrayDeque<>());
    }
  }

  private static int classOf(int bytes) {
    int pages = Math.max(1, (bytes + Geometry.PAGE_BYTES - 1) / Geometry.PAGE_BYTES);
    return 32 - Integer.numberOfLeadingZeros(pages - 1);
  }

  /** A buffer with exactly {@code bytes} remaining, its content undefined. */
  public ByteBuffer acquire(int bytes) {
    Checks.check(bytes > 0 && bytes % Geometry.PAGE_BYTES == 0, "%d bytes are not pages", bytes);
    if (bytes > KEPT_BYTES_MAX) {
      return allocate(bytes);
    }
    int sizeClass = classOf(bytes);
    ByteBuffer kept = idle.get(sizeClass).pollLast();
    if (kept == null) {
      return allocate(Geometry.PAGE_BYTES << sizeClass).limit(bytes);
    }
    idleBytes -= kept.capacity();
    return kept.clear().limit(bytes);
  }

  /** Gives a buffer back that {@link #acquire} gave; it must not be used any more. */
  public void release(ByteBuffer buffer) {
    int capacity = buffer.capacity();
    if (capacity > KEPT_BYTES_MAX) {
      return;
    }
    idle.get(classOf(capacity)).addLast(buffer);
    idleBytes += capacity;
    while (idleBytes > IDLE_BYTES_MAX) {
      dropOne();
    }
  }

  /** Of the size of which most memory is idle beside one: another size may be wanted next. */
  private void dropOne() {
    ArrayDeque<ByteBuffer> most = idle.get(0);
    long mostBytes = -1;
    for (ArrayDeque<ByteBuffer> each : idle) {
      long bytes = each.isEmpty() ? -1 : (each.size() - 1L) * each.peekFirst().capacity();
      if (bytes > mostBytes) {
        most = each;
        mostBytes = bytes;
      }
    }
    idleBytes -= most.removeFirst().capacity();
  }

  /** Memory that is kept and not in use. */
  int idleBytes() {
    return idleBytes;
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes + Geometry.PAGE_BYTES)
        .alignedSlice(Geometry.PAGE_BYTES)
        .limit(bytes)
        .slice();
  }
}
