package io.aerie.ardfs.code;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.GaloisKernel;
import io.aerie.engine.code.GaloisMatrix;
import io.aerie.engine.code.GaloisProduct;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The kernel by ISA-L. Large direct buffers are worked on where they are. All others, and those of
 * a page, go through native memory of the kernel's own: asking JNI for the address of a buffer
 * costs as much as copying a page, and makes an object.
 *
 * <pre>
 *   native memory:  source 0 .. source 7 | target 0 .. target 7     BLOCK_BYTES each
 *                   8 pointers to sources | 8 to targets            those of the blocks, fixed
 *                   8 pointers to sources | 8 to targets            those of the buffers of one call
 * </pre>
 */
public final class IsalKernel implements GaloisKernel {
  private static final int BLOCK_BYTES = 4096;

  /** From here on the addresses' price is below a hundredth. */
  private static final int IN_PLACE_BYTES_MIN = 64 * 1024;

  private static final int COUNT_MAX = ErasureScheme.COUNT_MAX;
  private static final int TARGETS_OFFSET = COUNT_MAX * BLOCK_BYTES;
  private static final int BLOCK_POINTERS_OFFSET = 2 * TARGETS_OFFSET;
  private static final int POINTERS_BYTES = COUNT_MAX * Long.BYTES;
  private static final int CALL_POINTERS_OFFSET = BLOCK_POINTERS_OFFSET + 2 * POINTERS_BYTES;

  /** What ISA-L makes of one element of a matrix. */
  private static final int TABLE_BYTES = 32;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(CALL_POINTERS_OFFSET + 2 * POINTERS_BYTES + 64)
          .alignedSlice(64)
          .order(ByteOrder.nativeOrder());
  private final long address = addressOf(memory);

  /**
   * Binds the library.
   *
   * @throws UnsatisfiedLinkError if it isn't there
   */
  public IsalKernel() {
    IsalLibrary.load();
    for (int i = 0; i < 2 * COUNT_MAX; i++) {
      memory.putLong(BLOCK_POINTERS_OFFSET + i * Long.BYTES, address + (long) i * BLOCK_BYTES);
    }
  }

  @Override
  public String name() {
    return "isa-l";
  }

  @Override
  public GaloisProduct prepare(GaloisMatrix matrix) {
    return new IsalProduct(matrix);
  }

  private static long addressOf(ByteBuffer buffer) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
  }

  private final class IsalProduct implements GaloisProduct {
    private final int columns;
    private final int rows;

    /** Held, since the native functions read it by its address. */
    private final ByteBuffer tables;

    private final long tablesAddress;

    IsalProduct(GaloisMatrix matrix) {
      columns = matrix.columns();
      rows = matrix.rows();
      tables = ByteBuffer.allocateDirect(TABLE_BYTES * columns * rows);
      tablesAddress = addressOf(tables);
      memory.put(0, matrix.toBytes());
      IsalLibrary.ec_init_tables(columns, rows, address, tablesAddress);
    }

    @Override
    public void multiply(ByteBuffer[] sources, ByteBuffer[] targets) {
      multiply(sources, targets, false);
    }

    @Override
    public void multiplyAndAdd(ByteBuffer[] sources, ByteBuffer[] targets) {
      multiply(sources, targets, true);
    }

    private void multiply(ByteBuffer[] sources, ByteBuffer[] targets, boolean add) {
      try {
        if (sources[0].remaining() >= IN_PLACE_BYTES_MIN
            && allDirect(sources, columns)
            && allDirect(targets, rows)) {
          inPlace(sources, targets, add);
        } else {
          byBlocks(sources, targets, add);
        }
      } finally {
        Reference.reachabilityFence(tables);
      }
    }

    private void inPlace(ByteBuffer[] sources, ByteBuffer[] targets, boolean add) {
      try {
        for (int i = 0; i < columns; i++) {
          putPointer(i, sources[i]);
        }
        for (int i = 0; i < rows; i++) {
          putPointer(COUNT_MAX + i, targets[i]);
        }
        call(sources[0].remaining(), CALL_POINTERS_OFFSET, add);
      } finally {
        Reference.reachabilityFence(sources);
        Reference.reachabilityFence(targets);
      }
    }

    private void putPointer(int number, ByteBuffer buffer) {
      memory.putLong(
          CALL_POINTERS_OFFSET + number * Long.BYTES, addressOf(buffer) + buffer.position());
    }

    private void byBlocks(ByteBuffer[] sources, ByteBuffer[] targets, boolean add) {
      int length = sources[0].remaining();
      for (int offset = 0; offset < length; offset += BLOCK_BYTES) {
        int count = Math.min(BLOCK_BYTES, length - offset);
        for (int i = 0; i < columns; i++) {
          memory.put(i * BLOCK_BYTES, sources[i], sources[i].position() + offset, count);
        }
        for (int i = 0; add && i < rows; i++) {
          int block = TARGETS_OFFSET + i * BLOCK_BYTES;
          memory.put(block, targets[i], targets[i].position() + offset, count);
        }
        call(count, BLOCK_POINTERS_OFFSET, add);
        for (int i = 0; i < rows; i++) {
          int block = TARGETS_OFFSET + i * BLOCK_BYTES;
          targets[i].put(targets[i].position() + offset, memory, block, count);
        }
      }
    }

    /** With the pointers at an offset of the native memory. */
    private void call(int length, int pointersOffset, boolean add) {
      long targets = address + pointersOffset + POINTERS_BYTES;
      if (!add) {
        long sources = address + pointersOffset;
        IsalLibrary.ec_encode_data(length, columns, rows, tablesAddress, sources, targets);
        return;
      }
      for (int i = 0; i < columns; i++) {
        long source = memory.getLong(pointersOffset + i * Long.BYTES);
        IsalLibrary.ec_encode_data_update(length, columns, rows, i, tablesAddress, source, targets);
      }
    }
  }

  private static boolean allDirect(ByteBuffer[] buffers, int count) {
    for (int i = 0; i < count; i++) {
      if (!buffers[i].isDirect()) {
        return false;
      }
    }
    return true;
  }
}
