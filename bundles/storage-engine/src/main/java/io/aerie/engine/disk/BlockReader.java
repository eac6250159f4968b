package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.BitSet;
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
    new Fetch(
            key, firstPage, pageCount, false, (fetch, error) -> done.accept(pagesOf(fetch), error))
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
            true,
            (fetch, error) -> done.accept(error == null ? fetch.image() : null, error))
        .start();
  }

  /** Like a block that is read, but damage is told, not an error; nothing is taken from memory. */
  void verify(BlockKey key, boolean withLastUnit, Completion<Optional<BlockReport>> done) {
    Fetch all =
        new Fetch(
            key,
            0,
            Geometry.PAGES_PER_BLOCK,
            true,
            (fetch, error) ->
                done.accept(
                    error == null
                        ? fetch.image().map(i -> BlockReport.of(i, fetch.damaged, withLastUnit))
                        : null,
                    error));
    all.damaged = new BitSet();
    all.start();
  }

  private final class Fetch {
    private final BlockKey key;
    private final int firstPage;
    private final int pageCount;
    private final boolean presentOnly;
    private final Completion<Fetch> done;

    /** Place in the result of each unit's first page, when only present units are wanted. */
    private final int[] unitIndexes = new int[Geometry.UNITS_PER_BLOCK];

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

    /** Where damage is noted; null when it is an error. */
    private BitSet damaged;

    Fetch(BlockKey key, int firstPage, int pageCount, boolean presentOnly, Completion<Fetch> done) {
      this.key = key;
      this.firstPage = firstPage;
      this.pageCount = pageCount;
      this.presentOnly = presentOnly;
      this.done = done;
    }

    void start() {
      block = state.block(key);
      if (damaged != null) {
        damaged.clear();
      }
      result = ByteBuffer.allocate(presentOnly ? layOut() : pageCount * Geometry.PAGE_BYTES);
      version = block == null ? Optional.empty() : Optional.of(block.describe());
      gather();
      if (slotCount == 0) {
        loop.execute(() -> done.accept(this, null));
      } else {
        askDisk();
      }
    }

    private int layOut() {
      int bytes = 0;
      for (int unit = 0; block != null && unit < Geometry.UNITS_PER_BLOCK; unit++) {
        unitIndexes[unit] = bytes;
        bytes += block.units[unit] == UnitState.PRESENT ? Geometry.UNIT_BYTES : 0;
      }
      return bytes;
    }

    private int resultIndex(int page) {
      return presentOnly
          ? unitIndexes[page / Geometry.PAGES_PER_UNIT]
              + page % Geometry.PAGES_PER_UNIT * Geometry.PAGE_BYTES
          : (page - firstPage) * Geometry.PAGE_BYTES;
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
          result.put(resultIndex(page), waiting, waiting.position(), Geometry.PAGE_BYTES);
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
      expected = damaged == null ? checksums.get(slot) : null;
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
      if (!cached && damaged == null) {
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
            if (damaged == null) {
              return damaged(page);
            }
            damaged.set(page);
          }
          result.put(resultIndex(page), slotPages, index, Geometry.PAGE_BYTES);
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
      return version.map(found -> new BlockImage(found, result));
    }
  }
}
