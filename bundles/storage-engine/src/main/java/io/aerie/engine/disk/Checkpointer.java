package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Carries settled pages into their slots and the table into the area not in use, so that the log
 * can be cut.
 *
 * <pre>
 * capture (at a commit's seal)     the state is exactly what was logged before the batch
 *   -> the batch is durable        every watermark that led to a captured page is durable
 *   -> pages, their checksums, dirty table pages written (coalesced, a few at a time)
 *   -> flush -> superblock A, flush -> superblock B, flush
 *   -> overlay pages forgotten, tail moved
 * </pre>
 *
 * A crash anywhere in between leaves the former checkpoint, whose log still holds every page that
 * was being written: replay puts it over the slot again.
 */
final class Checkpointer {
  /** Pages of a block that wait for one of its slots, as they were at the capture. */
  private record BlockPages(
      Block block, int slot, List<Integer> numbers, List<ByteBuffer> pages, int[][] sums) {
    /** Null when the slot was freed since: what it held is written to the next one from memory. */
    BlockSlot target() {
      BlockSlot found = block.slotNumbered(slot);
      return found.number == slot ? found : null;
    }
  }

  /** One write of neighbouring pages. */
  private static final int RUN_PAGES_MAX = 64;

  /** Each block has several runs on their way already: more would only take buffers. */
  private static final int BLOCKS_AT_ONCE_MAX = 2;

  /** A checkpoint begun. */
  static final class Capture {
    private final long checkpointLsn;
    private final long tailLsn;
    private final int area;
    private final List<BlockPages> blocks = new ArrayList<>();
    private final List<int[]> tableRuns = new ArrayList<>();
    private final List<ByteBuffer> tableImages = new ArrayList<>();

    private Capture(long checkpointLsn, long tailLsn, int area) {
      this.checkpointLsn = checkpointLsn;
      this.tailLsn = tailLsn;
      this.area = area;
    }

    long checkpointLsn() {
      return checkpointLsn;
    }

    long tailLsn() {
      return tailLsn;
    }
  }

  private final DiskState state;
  private final BlockDevice device;
  private final DiskLayout layout;
  private final PageBuffers buffers;
  private final ChecksumCache checksums;
  private final SuperblockStore superblocks;
  private boolean abandoned;

  Checkpointer(
      DiskState state,
      BlockDevice device,
      DiskLayout layout,
      PageBuffers buffers,
      ChecksumCache checksums,
      SuperblockStore superblocks) {
    this.state = state;
    this.device = device;
    this.layout = layout;
    this.buffers = buffers;
    this.checksums = checksums;
    this.superblocks = superblocks;
  }

  /**
   * Takes a picture of the state.
   *
   * @param checkpointLsn everything logged before is in the state, nothing logged after
   * @param oldestDoubtLsn the oldest batch that is still needed for an entry in doubt
   */
  Capture capture(long checkpointLsn, long oldestDoubtLsn) {
    Capture capture =
        new Capture(
            checkpointLsn,
            Math.min(checkpointLsn, oldestDoubtLsn),
            1 - superblocks.current().tableInUse());
    state.placeUnwritten();
    state.quarantine.captured();
    for (Block block : state.unwritten) {
      capturePages(capture, block, block.slot);
      capturePages(capture, block, block.second);
    }
    captureTable(capture);
    return capture;
  }

  private static void capturePages(Capture capture, Block block, BlockSlot slot) {
    List<Integer> numbers = block.overlayPageNumbers(slot);
    int[][] sums = block.sums(slot);
    if (!numbers.isEmpty() || sums != null) {
      List<ByteBuffer> pages = new ArrayList<>(numbers.size());
      numbers.forEach(number -> pages.add(block.overlayPage(number)));
      capture.blocks.add(new BlockPages(block, slot.number, numbers, pages, sums));
    }
  }

  private void captureTable(Capture capture) {
    BitSet dirty = state.table.takeDirtyPages(capture.area);
    int from = dirty.nextSetBit(0);
    while (from >= 0) {
      int to = Math.min(dirty.nextClearBit(from), from + RUN_PAGES_MAX);
      ByteBuffer image = buffers.acquire((to - from) * Geometry.PAGE_BYTES);
      for (int page = from; page < to; page++) {
        state.table.encodePage(page, image, (page - from) * Geometry.PAGE_BYTES);
      }
      capture.tableRuns.add(new int[] {from, to - from});
      capture.tableImages.add(image);
      from = dirty.nextSetBit(to);
    }
  }

  /**
   * The device failed. A checkpoint on its way must not be made valid: a flush that failed
   * elsewhere may have lost its pages, though the next flush succeeds.
   */
  void abandon() {
    abandoned = true;
  }

  /** Once the captured state's log is durable. On failure the engine is to be fenced. */
  void run(Capture capture, Completion<Void> done) {
    IoTasks writes = new IoTasks(BLOCKS_AT_ONCE_MAX);
    for (BlockPages pages : capture.blocks) {
      writes.add(completion -> writeBlock(pages, completion));
    }
    for (int i = 0; i < capture.tableRuns.size(); i++) {
      ByteBuffer image = capture.tableImages.get(i);
      long offset = layout.tablePageOffset(capture.area, capture.tableRuns.get(i)[0]);
      writes.add(completion -> writeAndRelease(offset, image, completion));
    }
    writes.run(
        (nothing, error) -> {
          if (error != null) {
            done.accept(null, error);
          } else {
            device.flush((flushed, failure) -> flip(capture, failure, done));
          }
        });
  }

  private void flip(Capture capture, Throwable error, Completion<Void> done) {
    if (error != null || abandoned) {
      done.accept(null, error);
      return;
    }
    Superblock flipped =
        superblocks.current().withCheckpoint(capture.area, capture.checkpointLsn, capture.tailLsn);
    superblocks.write(
        flipped,
        (nothing, failure) -> {
          if (failure == null) {
            state.quarantine.passed();
            forgetWritten(capture);
          }
          done.accept(null, failure);
        });
  }

  private void forgetWritten(Capture capture) {
    for (BlockPages written : capture.blocks) {
      Block block = written.block;
      if (written.target() == null) {
        continue;
      }
      for (int i = 0; i < written.numbers.size(); i++) {
        block.written(written.numbers.get(i), written.pages.get(i));
      }
      if (written.sums != null) {
        block.sumsWritten(written.sums);
      }
      if (!block.isUnwritten()) {
        state.unwritten.remove(block);
      }
    }
  }

  private void writeBlock(BlockPages pages, Completion<Void> done) {
    int[] known = checksums.get(pages.slot);
    BlockSlot slot = pages.target();
    if (slot == null) {
      // Freed since: the log says so, and the slot's next block writes all of its own pages.
      done.accept(null, null);
    } else if (slot.fresh || known != null) {
      writePages(pages, slot.fresh ? new int[Geometry.PAGES_PER_BLOCK] : known.clone(), done);
    } else {
      checksums.load(
          pages.slot,
          (loaded, error) -> {
            if (error != null) {
              done.accept(null, error);
            } else {
              writePages(pages, loaded, done);
            }
          });
    }
  }

  private void writePages(BlockPages pages, int[] slotChecksums, Completion<Void> done) {
    IoTasks writes = new IoTasks();
    putSums(pages.sums, slotChecksums);
    int from = 0;
    while (from < pages.numbers.size()) {
      int to = from + 1;
      while (to < pages.numbers.size()
          && to - from < RUN_PAGES_MAX
          && pages.numbers.get(to) == pages.numbers.get(to - 1) + 1) {
        to++;
      }
      addRun(writes, pages, from, to, slotChecksums);
      from = to;
    }
    pages.block.moves++;
    checksums.forget(pages.slot);
    writes.add(completion -> checksums.write(pages.slot, slotChecksums, completion));
    writes.run(
        (nothing, error) -> {
          BlockSlot slot = pages.target();
          if (error == null && slot != null) {
            pages.block.moves++;
            slot.fresh = false;
            checksums.put(pages.slot, slotChecksums);
          }
          done.accept(null, error);
        });
  }

  /** Checksums of pages that went straight to the slot. */
  private static void putSums(int[][] sums, int[] slotChecksums) {
    for (int unit = 0; sums != null && unit < sums.length; unit++) {
      if (sums[unit] != null) {
        System.arraycopy(
            sums[unit], 0, slotChecksums, unit * Geometry.PAGES_PER_UNIT, Geometry.PAGES_PER_UNIT);
      }
    }
  }

  private void addRun(IoTasks writes, BlockPages pages, int from, int to, int[] slotChecksums) {
    int firstPage = pages.numbers.get(from);
    for (int i = from; i < to; i++) {
      ByteBuffer page = pages.pages.get(i);
      slotChecksums[firstPage + i - from] = Crc.of(page, page.position(), Geometry.PAGE_BYTES);
    }
    writes.add(
        completion -> {
          ByteBuffer run = buffers.acquire((to - from) * Geometry.PAGE_BYTES);
          for (int i = from; i < to; i++) {
            ByteBuffer page = pages.pages.get(i);
            run.put((i - from) * Geometry.PAGE_BYTES, page, page.position(), Geometry.PAGE_BYTES);
          }
          writeAndRelease(layout.pageOffset(pages.slot, firstPage), run, completion);
        });
  }

  private void writeAndRelease(long offset, ByteBuffer buffer, Completion<Void> done) {
    device.write(
        offset,
        buffer,
        (nothing, error) -> {
          buffers.release(buffer);
          done.accept(null, error);
        });
  }
}
