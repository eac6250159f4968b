package io.aerie.engine.disk;

import io.aerie.base.Checks;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.UnitState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * All that the disk holds, in memory: what the durable log says, applied in its order, by the
 * running engine and by replay alike. Does no I/O. Plain maps of objects in this version, some 300
 * bytes a block; an off-heap table can take their place behind the same methods.
 */
final class DiskState {
  final SlotTable table;
  final TreeMap<StreamKey, Stream> streams = new TreeMap<>();

  /** Blocks with pages that are not in their slots, in the order in which they became so. */
  final Set<Block> unwritten = new LinkedHashSet<>();

  private final Map<BlockKey, Block> blocks = new HashMap<>();
  private final IntConsumer slotFreed;
  private long inDoubtBytes;
  private int reservedEntries;
  private int reservedSlots;

  /**
   * @param slotFreed told of each slot whose content became meaningless
   */
  DiskState(DiskLayout layout, IntConsumer slotFreed) {
    table = new SlotTable(layout);
    this.slotFreed = slotFreed;
  }

  void load(Block block) {
    Checks.check(blocks.put(block.key, block) == null, "%s is twice in the table", block.key);
  }

  void load(Stream stream) {
    streams.put(stream.key, stream);
  }

  /** After the whole table was read: gives blocks to their streams. */
  void loaded() {
    for (Block block : blocks.values()) {
      Stream stream = streams.get(block.stream);
      Checks.check(stream != null, "%s belongs to no stream", block.key);
      stream.blocks.put(block.key, block);
    }
  }

  /** The block's settled state, or null. */
  Block block(BlockKey key) {
    Block block = blocks.get(key);
    return block != null && block.exists ? block : null;
  }

  /** Bytes of log records that nothing but a watermark or a base can let go. */
  long inDoubtBytes() {
    return inDoubtBytes;
  }

  private static BlockKey target(Change change) {
    if (change instanceof Change.Write write) {
      return write.block();
    } else if (change instanceof Change.Parity parity) {
      return parity.block();
    } else if (change instanceof Change.Zero zero) {
      return zero.block();
    } else if (change instanceof Change.Copy copy) {
      return copy.block();
    }
    return null;
  }

  private static boolean needsSlot(Change change) {
    return change instanceof Change.Write
        || change instanceof Change.Parity
        || (change instanceof Change.Copy copy && copy.data().hasRemaining());
  }

  /** Sets aside what applying the entry may need. False when the disk is full. */
  boolean reserve(Entry entry) {
    BlockKey key = target(entry.change());
    if (key == null) {
      return true;
    }
    boolean slot = needsSlot(entry.change());
    Block block = blocks.get(key);
    boolean newEntry = block == null || (block.entry == Block.NONE && block.pendingEntries == 0);
    boolean newSlot =
        slot && (block == null || (block.slot == Block.NONE && block.pendingSlots == 0));
    if ((newEntry && table.freeEntries() <= reservedEntries)
        || (newSlot && table.freeSlots() <= reservedSlots)) {
      return false;
    }
    if (block == null) {
      block = new Block(key, entry.stream());
      blocks.put(key, block);
    }
    Checks.check(block.stream.equals(entry.stream()), "%s belongs to %s", block.key, block.stream);
    uncount(block);
    block.pendingEntries++;
    block.pendingSlots += slot ? 1 : 0;
    count(block);
    return true;
  }

  /** The entry will not be applied. */
  void unreserve(Entry entry) {
    BlockKey key = target(entry.change());
    if (key != null) {
      Block block = blocks.get(key);
      uncount(block);
      release(block, entry);
      count(block);
      forgetIdle(block);
    }
  }

  private static void release(Block block, Entry entry) {
    block.pendingEntries--;
    block.pendingSlots -= needsSlot(entry.change()) ? 1 : 0;
  }

  private void uncount(Block block) {
    reservedEntries -= block.entry == Block.NONE && block.pendingEntries > 0 ? 1 : 0;
    reservedSlots -= block.slot == Block.NONE && block.pendingSlots > 0 ? 1 : 0;
  }

  private void count(Block block) {
    reservedEntries += block.entry == Block.NONE && block.pendingEntries > 0 ? 1 : 0;
    reservedSlots += block.slot == Block.NONE && block.pendingSlots > 0 ? 1 : 0;
  }

  private void forgetIdle(Block block) {
    if (block.isIdle()) {
      blocks.remove(block.key);
    }
  }

  /** One entry more for a stream that a base will make. False when the table is full. */
  boolean reserveStream() {
    if (table.freeEntries() <= reservedEntries) {
      return false;
    }
    reservedEntries++;
    return true;
  }

  void unreserveStream() {
    reservedEntries--;
  }

  /** The next entry of a stream is durable. It was reserved. */
  void append(Entry entry, int recordBytes, long batchLsn) {
    Stream stream = streams.get(entry.stream());
    stream.last = entry.point();
    putDoubt(stream, entry, recordBytes, batchLsn);
    table.changed(stream.entry);
  }

  /** Replay: an entry in doubt found where it was logged, or again where the cleaner put it. */
  void putDoubt(Stream stream, Entry entry, int recordBytes, long batchLsn) {
    Stream.Doubt former =
        stream.doubts.put(entry.point().sequence(), new Stream.Doubt(entry, recordBytes, batchLsn));
    inDoubtBytes += recordBytes;
    if (former != null) {
      forget(former);
    }
  }

  private void forget(Stream.Doubt doubt) {
    inDoubtBytes -= doubt.recordBytes;
    unreserve(doubt.entry);
  }

  /** Applies all up to the watermark. */
  void advance(Stream stream, Point watermark) {
    settle(stream, watermark);
    stream.watermark = watermark;
    table.changed(stream.entry);
  }

  private void settle(Stream stream, Point upTo) {
    if (upTo.epoch() != stream.last.epoch()) {
      return;
    }
    Map<Long, Stream.Doubt> settled = stream.doubts.headMap(upTo.sequence(), true);
    for (Stream.Doubt doubt : settled.values()) {
      inDoubtBytes -= doubt.recordBytes;
      apply(stream, doubt.entry);
    }
    settled.clear();
  }

  /** The base is durable. A new stream's entry was reserved. */
  void base(Base base) {
    Stream stream = streams.get(base.stream());
    if (stream == null) {
      unreserveStream();
      stream = new Stream(base.stream());
      stream.entry = table.takeEntry(stream);
      streams.put(stream.key, stream);
    }
    if (!base.returning()) {
      settle(stream, base.kept());
    }
    stream.doubts.values().forEach(this::forget);
    stream.doubts.clear();
    stream.kept = base.kept();
    stream.first = base.first();
    stream.last = new Point(base.epoch(), base.first());
    stream.watermark = base.returning() ? stream.last : base.kept();
    table.changed(stream.entry);
  }

  List<Stream> streamsOf(long volume) {
    return List.copyOf(
        streams
            .subMap(
                new StreamKey(volume, Long.MIN_VALUE), true,
                new StreamKey(volume, Long.MAX_VALUE), true)
            .values());
  }

  void deleteVolume(long volume) {
    for (Stream stream : streamsOf(volume)) {
      stream.doubts.values().forEach(this::forget);
      stream.doubts.clear();
      for (Block block : new ArrayList<>(stream.blocks.values())) {
        uncount(block);
        remove(stream, block);
        count(block);
        forgetIdle(block);
      }
      table.freeEntry(stream.entry);
      streams.remove(stream.key);
    }
  }

  private void apply(Stream stream, Entry entry) {
    BlockKey key = target(entry.change());
    if (key != null) {
      Block block = blocks.get(key);
      uncount(block);
      release(block, entry);
      change(stream, block, entry);
      count(block);
    } else if (entry.change() instanceof Change.Remove removal) {
      Block block = block(removal.block());
      if (block != null) {
        uncount(block);
        remove(stream, block);
        count(block);
        forgetIdle(block);
      }
    }
  }

  private void change(Stream stream, Block block, Entry entry) {
    if (!block.exists) {
      block.exists = true;
      block.entry = table.takeEntry(block);
      stream.blocks.put(block.key, block);
    }
    block.version = entry.point();
    block.groupEpoch = entry.groupEpoch();
    if (entry.change() instanceof Change.Write write) {
      block.write(write.firstPage(), write.data());
    } else if (entry.change() instanceof Change.Parity parity) {
      block.write(parity.firstPage(), parity.data());
      block.write(parity.firstSumPage(), parity.sums());
    } else if (entry.change() instanceof Change.Zero zero) {
      block.zero(zero.firstPage(), zero.pageCount());
    } else if (entry.change() instanceof Change.Copy copy) {
      block.copy(copy.units(), copy.data());
      block.version = copy.version();
      block.groupEpoch = copy.groupEpoch();
    }
    if (!block.hasData()) {
      freeSlot(block);
    } else if (block.slot == Block.NONE) {
      block.slot = table.takeSlot();
      block.fresh = true;
    }
    if (block.hasOverlay()) {
      unwritten.add(block);
    } else {
      unwritten.remove(block);
    }
    table.changed(block.entry);
  }

  private void remove(Stream stream, Block block) {
    freeSlot(block);
    table.freeEntry(block.entry);
    block.entry = Block.NONE;
    block.clear();
    unwritten.remove(block);
    stream.blocks.remove(block.key);
  }

  private void freeSlot(Block block) {
    if (block.slot != Block.NONE) {
      slotFreed.accept(block.slot);
      table.freeSlot(block.slot);
      block.slot = Block.NONE;
      block.moves++;
    }
  }

  /** Whether an entry's units are as its data says; a programmer's error otherwise. */
  static void checkCopy(Change.Copy copy) {
    long present = copy.units().stream().filter(unit -> unit == UnitState.PRESENT).count();
    Checks.check(
        copy.units().size() == Geometry.UNITS_PER_BLOCK
            && copy.data().remaining() == present * Geometry.UNIT_BYTES,
        "The data of a copy of %s is not its present units",
        copy.block());
  }
}
