package io.aerie.engine.disk;

import io.aerie.base.Checks;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
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

  final Quarantine quarantine = new Quarantine();

  private final Map<BlockKey, Block> blocks = new HashMap<>();
  private final IntConsumer slotFreed;
  private long inDoubtBytes;
  private int reservedEntries;
  private int reservedSlots;

  /** Of those, slots for data that is settled and waits for the next checkpoint. */
  private int awaitedSlots;

  /** Slots that are the second one of their block, and how many there may be. */
  private int secondSlots;

  private final int secondSlotsMax;

  /**
   * @param slotFreed told of each slot whose content became meaningless
   */
  DiskState(DiskLayout layout, IntConsumer slotFreed) {
    table = new SlotTable(layout);
    secondSlotsMax = layout.secondSlotsMax();
    this.slotFreed = slotFreed;
  }

  void load(Block block) {
    Checks.check(blocks.put(block.key, block) == null, "%s is twice in the table", block.key);
    secondSlots += block.second.taken() ? 1 : 0;
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

  /** Sets aside what applying the entry may need. False when the disk is full. */
  boolean reserve(Entry entry) {
    BlockKey key = BlockChanges.target(entry.change());
    if (key == null) {
      return true;
    }
    boolean slot = BlockChanges.needsSlot(entry.change());
    Block block = blocks.get(key);
    boolean newEntry = block == null || (block.entry == Block.NONE && block.pendingEntries == 0);
    boolean newSlot =
        slot
            && (block == null
                || (!block.slot.taken() && block.pendingSlots == 0 && !block.hasOverlay()));
    if ((newEntry && table.freeEntries() <= reservedEntries)
        || (newSlot && freeSlots() <= reservedSlots)) {
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

  /** Slots that blocks can still have; those that are set aside for second ones are not counted. */
  private int freeSlots() {
    return table.freeSlots() + secondSlots - secondSlotsMax;
  }

  /**
   * Finds a place for a reserved entry's data that no read and no crash can need: places where the
   * units are not, neither settled nor by entries that come before, nor in what replay would begin
   * with.
   *
   * @return null when the data must go through the log
   */
  DirectData place(Entry entry, long bytesMin) {
    Change change = entry.change();
    long units = DirectData.wholeUnits(change);
    if (units == 0 || (long) Long.bitCount(units) * Geometry.UNIT_BYTES < bytesMin) {
      return null;
    }
    Block block = blocks.get(BlockChanges.target(change));
    int slot = block.pendingRemovals > 0 ? Block.NONE : slotFor(block, units);
    return slot == Block.NONE ? null : DirectData.of(slot, units, DirectData.dataOf(change));
  }

  /** A slot of the block, or one for it, with free places for these units. */
  private int slotFor(Block block, long units) {
    // What entries in doubt change through the log is written to the first slot when it is nowhere.
    long busyInFirst = block.unitsIn(block.slot) | block.touchedUnits;
    if ((units & busyInFirst) == 0) {
      if (!block.slot.taken()) {
        return freeSlotFor(units);
      } else if ((units & block.slot.heldBack()) == 0) {
        return block.slot.number;
      }
    }
    if (block.second.taken()) {
      if ((units & (block.unitsIn(block.second) | block.second.heldBack())) == 0) {
        return block.second.number;
      }
    } else if (block.slot.taken()
        && secondSlots < secondSlotsMax
        && table.freeSlots() > reservedSlots) {
      return freeSlotFor(units);
    }
    quarantine.refused(units & (block.slot.leftUnits | block.second.leftUnits));
    return Block.NONE;
  }

  private int freeSlotFor(long units) {
    int slot = table.freeSlot(quarantine::holds);
    if (slot == Block.NONE) {
      quarantine.refused(units);
    }
    return slot;
  }

  /** What a reserved entry will change, so that those after it know; with a place, takes it. */
  void expect(Entry entry, DirectData direct) {
    if (entry.change() instanceof Change.Remove removal) {
      blocks.computeIfAbsent(removal.block(), removed -> new Block(removed, entry.stream()))
          .pendingRemovals++;
      return;
    }
    BlockKey key = BlockChanges.target(entry.change());
    if (key == null) {
      return;
    }
    Block block = blocks.get(key);
    block.touchedUnits |= DirectData.touchedUnits(entry.change()) & ~unitsOf(direct);
    if (direct != null) {
      taken(block, direct.slot).directUnits |= direct.units;
    }
  }

  /** The block's slot of that number, which it gets now if it hasn't got it. */
  private BlockSlot taken(Block block, int number) {
    BlockSlot known = block.slotNumbered(number);
    if (known.number == number) {
      return known;
    }
    if (!block.slot.taken()) {
      uncount(block);
      takeSlot(block.slot, number);
      count(block);
      return block.slot;
    }
    Checks.check(!block.second.taken(), "%s has no room for slot %d", block.key, number);
    takeSlot(block.second, number);
    secondSlots++;
    return block.second;
  }

  private static long unitsOf(DirectData direct) {
    return direct == null ? 0 : direct.units;
  }

  private void takeSlot(BlockSlot slot, int number) {
    table.takeSlot(number);
    slot.number = number;
    slot.fresh = true;
    quarantine.taken(slot);
  }

  /** A checkpoint begins: what waits for it needs a place. */
  void placeUnwritten() {
    for (Block block : unwritten) {
      if (!block.slot.taken()) {
        uncount(block);
        takeSlot(block.slot, table.freeSlot(slot -> false));
        count(block);
        table.changed(block.entry);
      }
    }
  }

  /** The entry will not be applied. */
  void unreserve(Entry entry, DirectData direct) {
    if (entry.change() instanceof Change.Remove removal) {
      releaseRemoval(removal);
      return;
    }
    BlockKey key = BlockChanges.target(entry.change());
    if (key != null) {
      Block block = blocks.get(key);
      uncount(block);
      release(block, entry, direct);
      if (direct != null) {
        quarantine.left(block.slotNumbered(direct.slot), direct.units);
      }
      freeUnusedSlots(block);
      count(block);
      forgetIdle(block);
    }
  }

  private Block releaseRemoval(Change.Remove removal) {
    Block block = blocks.get(removal.block());
    block.pendingRemovals--;
    forgetIdle(block);
    return block;
  }

  private static void release(Block block, Entry entry, DirectData direct) {
    block.pendingEntries--;
    block.pendingSlots -= BlockChanges.needsSlot(entry.change()) ? 1 : 0;
    if (direct != null) {
      block.slotNumbered(direct.slot).directUnits &= ~direct.units;
    }
    if (block.pendingEntries == 0) {
      block.touchedUnits = 0;
    }
  }

  private void uncount(Block block) {
    count(block, -1);
  }

  private void count(Block block) {
    count(block, 1);
  }

  private void count(Block block, int by) {
    boolean without = !block.slot.taken();
    reservedEntries += block.entry == Block.NONE && block.pendingEntries > 0 ? by : 0;
    reservedSlots += without && (block.pendingSlots > 0 || block.hasOverlay()) ? by : 0;
    awaitedSlots += without && block.hasOverlay() ? by : 0;
  }

  int blocksWithSlots() {
    return table.usedSlots() - secondSlots;
  }

  /** Those, and blocks whose settled data will take a slot. */
  int usedSlots() {
    return blocksWithSlots() + awaitedSlots;
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
  void append(Stream.Doubt doubt) {
    Stream stream = streams.get(doubt.entry.stream());
    stream.last = doubt.entry.point();
    putDoubt(stream, doubt);
    table.changed(stream.entry);
  }

  /** An entry that counts as in doubt already, or does so from now on. */
  void putDoubt(Stream stream, Stream.Doubt doubt) {
    stream.doubts.put(doubt.entry.point().sequence(), doubt);
    inDoubtBytes += doubt.recordBytes;
  }

  private void forget(Stream.Doubt doubt) {
    inDoubtBytes -= doubt.recordBytes;
    unreserve(doubt.entry, doubt.direct);
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
      apply(stream, doubt.entry, doubt.direct);
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

  List<Stream> streamsOf(Deletion deletion) {
    return List.copyOf(streams.subMap(deletion.first(), true, deletion.last(), true).values());
  }

  void delete(Deletion deletion) {
    for (Stream stream : streamsOf(deletion)) {
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

  private void apply(Stream stream, Entry entry, DirectData direct) {
    BlockKey key = BlockChanges.target(entry.change());
    if (key != null) {
      Block block = blocks.get(key);
      uncount(block);
      release(block, entry, direct);
      begin(stream, block);
      block.version = entry.point();
      block.groupEpoch = entry.groupEpoch();
      BlockChanges.apply(block, entry.change(), direct, quarantine);
      settled(block);
      count(block);
    } else if (entry.change() instanceof Change.Remove removal) {
      Block block = releaseRemoval(removal);
      if (block.exists) {
        uncount(block);
        remove(stream, block);
        count(block);
        forgetIdle(block);
      }
    }
  }

  private void begin(Stream stream, Block block) {
    if (!block.exists) {
      block.exists = true;
      block.entry = table.takeEntry(block);
      stream.blocks.put(block.key, block);
    }
  }

  /** Data waits in memory for the next checkpoint; a block without data needs no slot. */
  private void settled(Block block) {
    freeUnusedSlots(block);
    if (block.isUnwritten()) {
      unwritten.add(block);
    } else {
      unwritten.remove(block);
    }
    table.changed(block.entry);
  }

  private void freeUnusedSlots(Block block) {
    if (isUnused(block, block.second)) {
      freeSecond(block);
    }
    if (isUnused(block, block.slot)) {
      freeSlot(block, block.slot);
      if (block.second.taken()) {
        block.promoteSecond();
        secondSlots--;
      }
    }
  }

  private static boolean isUnused(Block block, BlockSlot slot) {
    return slot.taken() && slot.directUnits == 0 && block.unitsIn(slot) == 0;
  }

  private void remove(Stream stream, Block block) {
    freeSecond(block);
    freeSlot(block, block.slot);
    table.freeEntry(block.entry);
    block.entry = Block.NONE;
    block.clear();
    unwritten.remove(block);
    stream.blocks.remove(block.key);
  }

  private void freeSecond(Block block) {
    secondSlots -= block.second.taken() ? 1 : 0;
    freeSlot(block, block.second);
  }

  private void freeSlot(Block block, BlockSlot slot) {
    if (slot.taken()) {
      slotFreed.accept(slot.number);
      quarantine.freed(slot);
      table.freeSlot(slot.number);
      slot.number = Block.NONE;
      slot.directUnits = 0;
      block.moves++;
    }
  }
}
