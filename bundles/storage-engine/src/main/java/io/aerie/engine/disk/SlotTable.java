package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.Checks;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * Entries of 128 bytes for blocks and streams, which of them and of the slots are taken, and which
 * pages differ from the two areas on the disk. A free entry is all zero.
 *
 * <pre>
 * block   0 kind 1 | 1 zero 7 | 8 volume 8 | 16 group 8 | 24 layer 8 | 32 index 4 | 36 slot 4
 *         40 group epoch 8 | 48 version epoch 8 | 56 version sequence 8
 *         64 units 16 (64 x 2 bits, unit 0 lowest of the first byte)
 *         80 second slot 4 (-1: none) | 84 zero 4 | 88 units in it 8 (bit n: unit n)
 *         96 zero | 124 CRC32C 4
 * stream  0 kind 1 | 1 zero 7 | 8 volume 8 | 16 group 8
 *         24 last epoch 8 | 32 last sequence 8 | 40 watermark epoch 8 | 48 watermark sequence 8
 *         56 kept epoch 8 | 64 kept sequence 8 | 72 first 8 | 80 zero | 124 CRC32C 4
 * </pre>
 *
 * The checksum begins with the entry's number, so an entry in a wrong place is seen.
 */
final class SlotTable {
  static final int KIND_FREE = 0;
  static final int KIND_FULL = 1;
  static final int KIND_WITHOUT_DATA = 2;
  static final int KIND_STREAM = 3;

  /** Reserved: a block of few units in a slot that it shares. */
  static final int KIND_SPARSE = 4;

  private static final int CRC_INDEX = DiskLayout.ENTRY_BYTES - 4;

  private final DiskLayout layout;
  private final Object[] owners;
  private final BitSet usedSlots = new BitSet();
  private final BitSet[] dirtyPages = {new BitSet(), new BitSet()};
  private int usedEntryCount;
  private int usedSlotCount;
  private int entryHint;

  SlotTable(DiskLayout layout) {
    this.layout = layout;
    owners = new Object[layout.tableEntries()];
  }

  int freeEntries() {
    return layout.tableEntries() - usedEntryCount;
  }

  int freeSlots() {
    return layout.slotCount() - usedSlotCount;
  }

  int usedSlots() {
    return usedSlotCount;
  }

  int takeEntry(Object owner) {
    Checks.check(freeEntries() > 0, "No free table entry: reservation failed");
    while (owners[entryHint] != null) {
      entryHint = (entryHint + 1) % owners.length;
    }
    int entry = entryHint;
    owners[entry] = owner;
    usedEntryCount++;
    changed(entry);
    return entry;
  }

  void freeEntry(int entry) {
    owners[entry] = null;
    usedEntryCount--;
    changed(entry);
  }

  /** This one, which must be free. */
  void takeSlot(int slot) {
    Checks.check(
        slot >= 0 && slot < layout.slotCount() && !usedSlots.get(slot), "Slot %d is taken", slot);
    usedSlots.set(slot);
    usedSlotCount++;
  }

  /** A free slot that is not one of those; {@link Block#NONE} when there is none. */
  int freeSlot(IntPredicate not) {
    int slot = usedSlots.nextClearBit(0);
    while (slot < layout.slotCount() && not.test(slot)) {
      slot = usedSlots.nextClearBit(slot + 1);
    }
    return slot < layout.slotCount() ? slot : Block.NONE;
  }

  void freeSlot(int slot) {
    usedSlots.clear(slot);
    usedSlotCount--;
  }

  /** The entry's owner changed: both areas have an old picture of it. */
  void changed(int entry) {
    int page = entry / DiskLayout.ENTRIES_PER_PAGE;
    dirtyPages[0].set(page);
    dirtyPages[1].set(page);
  }

  /** Pages that differ from an area; from now on they count as written there. */
  BitSet takeDirtyPages(int area) {
    BitSet dirty = dirtyPages[area];
    dirtyPages[area] = new BitSet();
    return dirty;
  }

  void markAllDirty(int area) {
    dirtyPages[area].set(0, layout.tablePages());
  }

  void encodePage(int page, ByteBuffer buffer, int index) {
    for (int i = 0; i < DiskLayout.ENTRIES_PER_PAGE; i++) {
      int entry = page * DiskLayout.ENTRIES_PER_PAGE + i;
      ByteBuffer target = buffer.slice(index + i * DiskLayout.ENTRY_BYTES, DiskLayout.ENTRY_BYTES);
      Superblock.zero(target);
      if (owners[entry] instanceof Block block) {
        encodeBlock(block, target);
      } else if (owners[entry] instanceof Stream stream) {
        encodeStream(stream, target);
      }
      if (owners[entry] != null) {
        target.putInt(CRC_INDEX, Crc.of(entry, target, 0, CRC_INDEX));
      }
    }
  }

  /** Slots that only entries in doubt have data in are named by their records. */
  private static void encodeBlock(Block block, ByteBuffer target) {
    boolean inFirst = block.unitsIn(block.slot) != 0;
    boolean inSecond = block.secondUnits != 0;
    BlockSlot slot = inFirst ? block.slot : inSecond ? block.second : new BlockSlot();
    target.put(0, (byte) (slot.taken() ? KIND_FULL : KIND_WITHOUT_DATA));
    target.putLong(8, block.stream.volume()).putLong(16, block.stream.group());
    target.putLong(24, block.key.layer()).putInt(32, block.key.index());
    target.putInt(36, slot.number).putLong(40, block.groupEpoch);
    putPoint(target, 48, block.version);
    putUnits(target, 64, block.units);
    boolean both = inFirst && inSecond;
    target.putInt(80, both ? block.second.number : Block.NONE);
    target.putLong(88, both ? block.secondUnits : 0);
  }

  private static void encodeStream(Stream stream, ByteBuffer target) {
    target.put(0, (byte) KIND_STREAM);
    target.putLong(8, stream.key.volume()).putLong(16, stream.key.group());
    putPoint(target, 24, stream.last);
    putPoint(target, 40, stream.watermark);
    putPoint(target, 56, stream.kept);
    target.putLong(72, stream.first);
  }

  /** Reads one page of the area in use into the state. */
  void decodePage(int page, ByteBuffer buffer, int index, DiskState state) {
    for (int i = 0; i < DiskLayout.ENTRIES_PER_PAGE; i++) {
      int entry = page * DiskLayout.ENTRIES_PER_PAGE + i;
      ByteBuffer source = buffer.slice(index + i * DiskLayout.ENTRY_BYTES, DiskLayout.ENTRY_BYTES);
      if (isZero(source)) {
        continue;
      }
      if (source.getInt(CRC_INDEX) != Crc.of(entry, source, 0, CRC_INDEX)) {
        throw corrupt(entry);
      }
      int kind = source.get(0);
      if (kind == KIND_STREAM) {
        state.load(decodeStream(source, entry));
      } else if (kind == KIND_FULL || kind == KIND_WITHOUT_DATA) {
        state.load(decodeBlock(source, entry));
      } else {
        throw new AerieException(
            ErrorCode.UNSUPPORTED_FORMAT, "The disk's table has an entry of unknown kind " + kind);
      }
    }
  }

  private static AerieException corrupt(int entry) {
    return new AerieException(
        ErrorCode.CORRUPT,
        "Entry " + entry + " of the disk's table is damaged",
        "Its checksum is wrong.",
        "Replace the disk; its content is rebuilt from the other copies.");
  }

  private Block decodeBlock(ByteBuffer source, int entry) {
    StreamKey stream = new StreamKey(source.getLong(8), source.getLong(16));
    Block block = new Block(new BlockKey(source.getLong(24), source.getInt(32)), stream);
    block.exists = true;
    block.slot.number = source.getInt(36);
    block.secondUnits = source.getLong(88);
    block.second.number = block.secondUnits == 0 ? Block.NONE : source.getInt(80);
    block.groupEpoch = source.getLong(40);
    block.version = point(source, 48);
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      block.units[unit] = unit(source, 64, unit);
    }
    block.entry = entry;
    owners[entry] = block;
    usedEntryCount++;
    useDecoded(block.slot, entry);
    useDecoded(block.second, entry);
    return block;
  }

  private void useDecoded(BlockSlot slot, int entry) {
    if (slot.taken()) {
      if (usedSlots.get(slot.number)) {
        throw corrupt(entry);
      }
      takeSlot(slot.number);
    }
  }

  private Stream decodeStream(ByteBuffer source, int entry) {
    Stream stream = new Stream(new StreamKey(source.getLong(8), source.getLong(16)));
    stream.last = point(source, 24);
    stream.watermark = point(source, 40);
    stream.kept = point(source, 56);
    stream.first = source.getLong(72);
    stream.entry = entry;
    owners[entry] = stream;
    usedEntryCount++;
    return stream;
  }

  static boolean isZero(ByteBuffer buffer) {
    for (int i = 0; i < buffer.limit(); i += Long.BYTES) {
      if (buffer.getLong(i) != 0) {
        return false;
      }
    }
    return true;
  }

  static void putPoint(ByteBuffer target, int index, Point point) {
    target.putLong(index, point.epoch()).putLong(index + 8, point.sequence());
  }

  static Point point(ByteBuffer source, int index) {
    return new Point(source.getLong(index), source.getLong(index + 8));
  }

  /** Two bits a unit. */
  static void putUnits(ByteBuffer target, int index, UnitState[] units) {
    for (int i = 0; i < units.length / 4; i++) {
      int bits = 0;
      for (int j = 0; j < 4; j++) {
        bits |= number(units[i * 4 + j]) << (2 * j);
      }
      target.put(index + i, (byte) bits);
    }
  }

  private static int number(UnitState state) {
    return switch (state) {
      case ABSENT -> 0;
      case PRESENT -> 1;
      case ZERO -> 2;
    };
  }

  static UnitState unit(ByteBuffer source, int index, int unit) {
    int bits = (source.get(index + unit / 4) >>> (2 * (unit % 4))) & 3;
    return switch (bits) {
      case 0 -> UnitState.ABSENT;
      case 1 -> UnitState.PRESENT;
      case 2 -> UnitState.ZERO;
      default -> throw new AerieException(ErrorCode.CORRUPT, "A unit has the unknown state 3");
    };
  }
}
