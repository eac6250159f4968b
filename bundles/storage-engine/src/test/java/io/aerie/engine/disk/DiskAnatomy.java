package io.aerie.engine.disk;

import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.UnitState;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looks into a disk past the engine: where on the device its parts lie, for who wants to hurt one,
 * and what the engine durably has, for who judges.
 */
public final class DiskAnatomy {
  /** A stretch of the device. */
  public record Part(long offset, int bytes) {}

  private static final Field STATE = stateField();

  private final SimulatedDevice device;
  private final DiskLayout layout;

  /** Of a formatted device. */
  public DiskAnatomy(SimulatedDevice device) {
    this.device = device;
    layout = superblock().layout();
  }

  private Superblock superblock() {
    Superblock newest = null;
    for (long offset :
        new long[] {DiskLayout.SUPERBLOCK_OFFSET_A, DiskLayout.SUPERBLOCK_OFFSET_B}) {
      ByteBuffer page = ByteBuffer.wrap(device.peek(offset, Geometry.PAGE_BYTES));
      Superblock found = Superblock.decode(page).orElse(null);
      if (found != null && (newest == null || found.sequence() > newest.sequence())) {
        newest = found;
      }
    }
    if (newest == null) {
      throw new IllegalStateException("no superblock");
    }
    return newest;
  }

  /** The batches of the log from its tail to its end, oldest first. */
  public List<Part> logBatches() {
    List<Part> batches = new ArrayList<>();
    long tailLsn = superblock().tailLsn();
    long lsn = tailLsn;
    while (lsn < tailLsn + layout.ringBytes()) {
      long offset = layout.ringPosition(lsn);
      ByteBuffer page = ByteBuffer.wrap(device.peek(offset, Geometry.PAGE_BYTES));
      LogFormat.Header header = LogFormat.decode(page, 0, lsn, layout.lap(lsn));
      if (header == null || header.batchOffset() != 0) {
        return batches;
      }
      batches.add(new Part(offset, header.batchBytes()));
      lsn += header.batchBytes();
    }
    return batches;
  }

  /** The pages of blocks that were ever written to their slots. */
  public List<Part> slotPages() {
    return parts(layout.slotOffset(), layout.capacityBytes());
  }

  /** Where a page of a block lies in its slot; empty while it is not there. */
  public Optional<Part> slotPage(DiskEngine engine, BlockKey key, int page) {
    Block block = stateOf(engine).block(key);
    boolean there =
        block != null
            && block.units[page / Geometry.PAGES_PER_UNIT] == UnitState.PRESENT
            && block.overlayPage(page) == null;
    return there
        ? Optional.of(new Part(layout.pageOffset(slotOf(block, page), page), Geometry.PAGE_BYTES))
        : Optional.empty();
  }

  /** The pages of checksums that were ever written. */
  public List<Part> checksumPages() {
    return parts(layout.checksumOffset(), layout.slotOffset());
  }

  private List<Part> parts(long from, long to) {
    return device.written(from, to).stream()
        .map(offset -> new Part(offset, Geometry.PAGE_BYTES))
        .toList();
  }

  /**
   * The first word of a page as the engine, living or dead, last had it on stable storage: its
   * entries in doubt over its settled pages over its slots.
   */
  public long firstWord(DiskEngine engine, StreamKey key, BlockKey blockKey, int page) {
    DiskState state = stateOf(engine);
    long word = settledWord(state, blockKey, page);
    Stream stream = state.streams.get(key);
    if (stream != null) {
      for (Stream.Doubt doubt : stream.doubts.values()) {
        word = after(doubt.entry.change(), blockKey, page, word);
        word = directWord(doubt, blockKey, page, word);
      }
    }
    return word;
  }

  private static Field stateField() {
    try {
      Field field = DiskEngine.class.getDeclaredField("state");
      field.setAccessible(true);
      return field;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DiskState stateOf(DiskEngine engine) {
    try {
      return (DiskState) STATE.get(engine);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An entry in doubt whose data is in its slot. */
  private long directWord(Stream.Doubt doubt, BlockKey block, int page, long otherwise) {
    DirectData direct = doubt.direct;
    boolean has =
        direct != null
            && BlockChanges.target(doubt.entry.change()).equals(block)
            && ((direct.units >>> (page / Geometry.PAGES_PER_UNIT)) & 1) != 0;
    return has ? slotWord(direct.slot, page) : otherwise;
  }

  private static int slotOf(Block block, int page) {
    return block.slotOf(page / Geometry.PAGES_PER_UNIT).number;
  }

  private long slotWord(int slot, int page) {
    return ByteBuffer.wrap(device.peek(layout.pageOffset(slot, page), Long.BYTES)).getLong();
  }

  /** How many blocks are in two slots. */
  static int secondSlots(DiskEngine engine) {
    DiskState state = stateOf(engine);
    return state.table.usedSlots() - state.blocksWithSlots();
  }

  /** How many slots are taken, and by how many blocks only for entries in doubt. */
  static int[] slots(DiskEngine engine) {
    DiskState state = stateOf(engine);
    int doubtful = 0;
    for (Stream stream : state.streams.values()) {
      Map<BlockKey, Integer> bySlot = new TreeMap<>();
      for (Stream.Doubt doubt : stream.doubts.values()) {
        BlockKey key = doubt.direct == null ? null : BlockChanges.target(doubt.entry.change());
        Block settled = key == null ? null : state.block(key);
        if (key != null && (settled == null || !settled.hasData())) {
          bySlot.put(key, doubt.direct.slot);
        }
      }
      doubtful += bySlot.size();
    }
    return new int[] {state.usedSlots(), doubtful};
  }

  private long settledWord(DiskState state, BlockKey key, int page) {
    Block block = state.block(key);
    if (block == null || block.units[page / Geometry.PAGES_PER_UNIT] != UnitState.PRESENT) {
      return 0;
    }
    ByteBuffer waiting = block.overlayPage(page);
    if (waiting != null) {
      return waiting.getLong(waiting.position());
    }
    return slotWord(slotOf(block, page), page);
  }

  private static long wordOf(int firstPage, ByteBuffer data, int page, long otherwise) {
    int at = (page - firstPage) * Geometry.PAGE_BYTES;
    return at < 0 || at >= data.remaining() ? otherwise : data.getLong(data.position() + at);
  }

  /** What a page's first word is after a change that touches whole pages. */
  public static long after(Change change, BlockKey block, int page, long before) {
    if (change instanceof Change.Write write && write.block().equals(block)) {
      return wordOf(write.firstPage(), write.data(), page, before);
    }
    if (change instanceof Change.Parity parity && parity.block().equals(block)) {
      long word = wordOf(parity.firstSumPage(), parity.sums(), page, before);
      return wordOf(parity.firstPage(), parity.data(), page, word);
    }
    if (change instanceof Change.Zero zero && zero.block().equals(block)) {
      boolean covered = page >= zero.firstPage() && page < zero.firstPage() + zero.pageCount();
      return covered ? 0 : before;
    }
    if (change instanceof Change.Copy copy && copy.block().equals(block)) {
      int unit = page / Geometry.PAGES_PER_UNIT;
      if (copy.units().get(unit) != UnitState.PRESENT) {
        return 0;
      }
      int unitsBefore = 0;
      for (int i = 0; i < unit; i++) {
        unitsBefore += copy.units().get(i) == UnitState.PRESENT ? 1 : 0;
      }
      int at =
          unitsBefore * Geometry.UNIT_BYTES + page % Geometry.PAGES_PER_UNIT * Geometry.PAGE_BYTES;
      if (!copy.data().hasRemaining()) {
        return before;
      }
      return copy.data().getLong(copy.data().position() + at);
    }
    return change instanceof Change.Remove remove && remove.block().equals(block) ? 0 : before;
  }
}
