package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The checksums of recently used slots, one CRC32C for each of a slot's 1,024 pages. */
final class ChecksumCache {
  /** 4 KiB each: 8 MiB cover 8 GiB of data in use. */
  private static final int SLOTS_MAX = 2048;

  private final BlockDevice device;
  private final DiskLayout layout;
  private final PageBuffers buffers;
  private final Map<Integer, int[]> cached =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, int[]> eldest) {
          return size() > SLOTS_MAX;
        }
      };

  ChecksumCache(BlockDevice device, DiskLayout layout, PageBuffers buffers) {
    this.device = device;
    this.layout = layout;
    this.buffers = buffers;
  }

  /** Null when the disk must be asked. */
  int[] get(int slot) {
    return cached.get(slot);
  }

  void put(int slot, int[] checksums) {
    cached.put(slot, checksums);
  }

  void forget(int slot) {
    cached.remove(slot);
  }

  /** Reads a slot's page of checksums; the caller decides whether it may be kept. */
  void load(int slot, Completion<int[]> done) {
    ByteBuffer page = buffers.acquire(Geometry.PAGE_BYTES);
    device.read(
        layout.checksumPageOffset(slot),
        page,
        (nothing, error) -> {
          int[] checksums = null;
          if (error == null) {
            page.clear();
            checksums = new int[Geometry.PAGES_PER_BLOCK];
            page.asIntBuffer().get(checksums);
          }
          buffers.release(page);
          done.accept(checksums, error);
        });
  }

  void write(int slot, int[] checksums, Completion<Void> done) {
    ByteBuffer page = buffers.acquire(Geometry.PAGE_BYTES);
    page.asIntBuffer().put(checksums);
    device.write(
        layout.checksumPageOffset(slot),
        page,
        (nothing, error) -> {
          buffers.release(page);
          done.accept(null, error);
        });
  }
}
