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
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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

  /** What is wanted of one slot: its pages from the first of them to the last. */
  private static final class SlotPages {
    private final int slot;
    private int first = -1;
    private int end;
    private ByteBuffer pages;
    private int[] expected;

    SlotPages(int slot) {
      this.slot = slot;
    }

    /** Pages are added in ascending order. */
    void add(int page) {
      first = first < 0 ? page : first;
      end = page + 1;
    }

    int indexOf(int page) {
      return (page - first) * Geometry.PAGE_BYTES;
    }
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
    private long moves;

    /** By page; null for those that no slot is asked for. */
    private SlotPages[] from;

    private final List<SlotPages> slots = new ArrayList<>();
    private int[][] sums;

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
      if (slots.isEmpty()) {
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
      slots.clear();
      if (block == null) {
        return;
      }
      from = new SlotPages[pageCount];
      SlotPages first = new SlotPages(block.slot.number);
      SlotPages second = new SlotPages(block.second.number);
      for (int i = 0; i < pageCount; i++) {
        int page = firstPage + i;
        int unit = page / Geometry.PAGES_PER_UNIT;
        if (block.units[unit] != UnitState.PRESENT) {
          continue;
        }
        ByteBuffer waiting = block.overlayPage(page);
        if (waiting != null) {
          result.put(resultIndex(page), waiting, waiting.position(), Geometry.PAGE_BYTES);
        } else {
          from[i] = block.slotOf(unit) == block.second ? second : first;
          from[i].add(page);
        }
      }
      for (SlotPages each : List.of(first, second)) {
        if (each.first >= 0) {
          slots.add(each);
        }
      }
    }

    private void askDisk() {
      moves = block.moves;
      sums = block.sums();
      IoTasks reads = new IoTasks();
      for (SlotPages of : slots) {
        of.pages = buffers.acquire((of.end - of.first) * Geometry.PAGE_BYTES);
        reads.add(done -> device.read(layout.pageOffset(of.slot, of.first), of.pages, done));
        of.expected = damaged == null ? checksums.get(of.slot) : null;
        if (of.expected == null && !hasAllSums(of)) {
          reads.add(done -> loadChecksums(of, done));
        }
      }
      reads.run((nothing, error) -> answered(error));
    }

    /** Pages that went straight to the slot since the last checkpoint bring their checksums. */
    private boolean hasAllSums(SlotPages of) {
      for (int i = 0; i < pageCount; i++) {
        if (from[i] == of && (sums == null || unitSums(firstPage + i) == null)) {
          return false;
        }
      }
      return true;
    }

    private int[] unitSums(int page) {
      return sums == null ? null : sums[page / Geometry.PAGES_PER_UNIT];
    }

    private int expected(int page, SlotPages of) {
      int[] ofUnit = unitSums(page);
      return ofUnit != null ? ofUnit[page % Geometry.PAGES_PER_UNIT] : of.expected[page];
    }

    private void loadChecksums(SlotPages of, Completion<Void> completion) {
      checksums.load(
          of.slot,
          (loaded, error) -> {
            of.expected = loaded;
            completion.accept(null, error);
          });
    }

    private void answered(Throwable error) {
      if (error != null) {
        release();
        deviceFailed.accept(error, null);
        done.accept(null, FencedStore.failure(error));
        return;
      }
      if (block.moves != moves) {
        release();
        start();
        return;
      }
      for (SlotPages of : slots) {
        if (of.expected != null && damaged == null) {
          checksums.put(of.slot, of.expected);
        }
      }
      AerieException damage = verify();
      release();
      done.accept(damage == null ? this : null, damage);
    }

    private void release() {
      slots.forEach(of -> buffers.release(of.pages));
    }

    private AerieException verify() {
      for (int i = 0; i < pageCount; i++) {
        SlotPages of = from[i];
        if (of != null) {
          int page = firstPage + i;
          int index = of.indexOf(page);
          if (Crc.of(of.pages, index, Geometry.PAGE_BYTES) != expected(page, of)) {
            if (damaged == null) {
              return damaged(page);
            }
            damaged.set(page);
          }
          result.put(resultIndex(page), of.pages, index, Geometry.PAGE_BYTES);
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
