package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Reads settled pages: the overlay over the slot over zeroes. Pages from a slot are verified. When
 * the slot's content moved while the disk was asked, the read begins again with the newer state.
 */
final class BlockReader {
  private final DiskState state;
  private final BlockDevice device;
  private final DiskLayout layout;
  private final PageBuffers buffers;
  private final ChecksumCache checksums;
  private final Executor loop;
  private final Completion<Throwable> deviceFailed;

  /**
   * @param deviceFailed told of I/O errors, which fence the engine
   */
  BlockReader(
      DiskState state,
      BlockDevice device,
      DiskLayout layout,
      PageBuffers buffers,
      ChecksumCache checksums,
      Executor loop,
      Completion<Throwable> deviceFailed) {
    this.state = state;
    this.device = device;
    this.layout = layout;
    this.buffers = buffers;
    this.checksums = checksums;
    this.loop = loop;
    this.deviceFailed = deviceFailed;
  }

  /** Pages as they read, absent ones zero. */
  void read(BlockKey key, int firstPage, int pageCount, Completion<ByteBuffer> done) {
    new Fetch(key, firstPage, pageCount, (fetch, error) -> done.accept(pagesOf(fetch), error))
        .start();
  }

  private static ByteBuffer pagesOf(Fetch fetch) {
    return fetch == null ? null : fetch.result;
  }

  /** The block as of one moment: what it says it is and its data belong together. */
  void readBlock(BlockKey key, Completion<Optional<BlockImage>> done) {
    new Fetch(
            key,
            0,
            Geometry.PAGES_PER_BLOCK,
            (fetch, error) -> done.accept(error == null ? fetch.image() : null, error))
        .start();
  }

  private final class Fetch {
    private final BlockKey key;
    private final int firstPage;
    private final int pageCount;
    private final Completion<Fetch> done;

    private ByteBuffer result;
    private Optional<BlockVersion> version = Optional.empty();
    private Block block;
    private int slot;
    private long moves;
    private int slotFirst;
    private int slotCount;
    private boolean[] fromSlot;
    private int[] expected;
    private ByteBuffer slotPages;

    Fetch(BlockKey key, int firstPage, int pageCount, Completion<Fetch> done) {
      this.key = key;
      this.firstPage = firstPage;
      this.pageCount = pageCount;
      this.done = done;
    }

    void start() {
      result = ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES);
      block = state.block(key);
      version = block == null ? Optional.empty() : Optional.of(block.describe());
      gather();
      if (slotCount == 0) {
        loop.execute(() -> done.accept(this, null));
      } else {
        askDisk();
      }
    }

    /** Copies what is in memory and notes what is not. */
    private void gather() {
      slotCount = 0;
      if (block == null) {
        return;
      }
      fromSlot = new boolean[pageCount];
      int end = 0;
      for (int i = 0; i < pageCount; i++) {
        int page = firstPage + i;
        if (block.units[page / Geometry.PAGES_PER_UNIT] != UnitState.PRESENT) {
          continue;
        }
        ByteBuffer waiting = block.overlayPage(page);
        if (waiting != null) {
          result.put(i * Geometry.PAGE_BYTES, waiting, waiting.position(), Geometry.PAGE_BYTES);
        } else {
          slotFirst = slotCount == 0 ? page : slotFirst;
          end = page + 1;
          slotCount = end - slotFirst;
          fromSlot[i] = true;
        }
      }
    }

    private void askDisk() {
      slot = block.slot;
      moves = block.moves;
      slotPages = buffers.acquire(slotCount * Geometry.PAGE_BYTES);
      IoTasks reads = new IoTasks();
      reads.add(
          completion -> device.read(layout.pageOffset(slot, slotFirst), slotPages, completion));
      expected = checksums.get(slot);
      boolean cached = expected != null;
      if (!cached) {
        reads.add(completion -> loadChecksums(completion));
      }
      reads.run((nothing, error) -> answered(error, cached));
    }

    private void loadChecksums(Completion<Void> completion) {
      checksums.load(
          slot,
          (loaded, error) -> {
            expected = loaded;
            completion.accept(null, error);
          });
    }

    private void answered(Throwable error, boolean cached) {
      if (error != null) {
        buffers.release(slotPages);
        deviceFailed.accept(error, null);
        done.accept(null, FencedStore.failure(error));
        return;
      }
      if (block.moves != moves) {
        buffers.release(slotPages);
        start();
        return;
      }
      if (!cached) {
        checksums.put(slot, expected);
      }
      AerieException damage = verify();
      buffers.release(slotPages);
      done.accept(damage == null ? this : null, damage);
    }

    private AerieException verify() {
      for (int i = 0; i < pageCount; i++) {
        if (fromSlot[i]) {
          int page = firstPage + i;
          int index = (page - slotFirst) * Geometry.PAGE_BYTES;
          if (Crc.of(slotPages, index, Geometry.PAGE_BYTES) != expected[page]) {
            return damaged(page);
          }
          result.put(i * Geometry.PAGE_BYTES, slotPages, index, Geometry.PAGE_BYTES);
        }
      }
      return null;
    }

    private AerieException damaged(int page) {
      return new AerieException(
          ErrorCode.CORRUPT,
          "Page " + page + " of " + key + " is damaged",
          "Its checksum is wrong.",
          "It is repaired from another copy.");
    }

    Optional<BlockImage> image() {
      return version.map(found -> new BlockImage(found, presentUnits(found)));
    }

    private ByteBuffer presentUnits(BlockVersion found) {
      int position = 0;
      for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
        if (found.units().get(unit) == UnitState.PRESENT) {
          if (position != unit * Geometry.UNIT_BYTES) {
            result.put(position, result, unit * Geometry.UNIT_BYTES, Geometry.UNIT_BYTES);
          }
          position += Geometry.UNIT_BYTES;
        }
      }
      return result.limit(position);
    }
  }
}
