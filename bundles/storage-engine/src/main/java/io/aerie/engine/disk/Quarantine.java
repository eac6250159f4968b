package io.aerie.engine.disk;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Places of slots that are free, but whose content a crash could still bring back: the durable
 * table, or the log after it, names them. Nothing is written there past the log. A checkpoint that
 * began after a place was left, and is durable, lets go of it.
 */
final class Quarantine {
  private BitSet slots = new BitSet();
  private BitSet slotsBefore = new BitSet();
  private final Set<BlockSlot> inUse = new LinkedHashSet<>();
  private int refusedUnits;

  /** A block lets go of a slot. */
  void freed(BlockSlot slot) {
    slots.set(slot.number);
    forget(slot);
  }

  /** Units of a slot hold no more what they held. */
  void left(BlockSlot slot, long units) {
    if (units != 0 && slot.taken()) {
      slot.leftUnits |= units;
      inUse.add(slot);
    }
  }

  /** A block got a slot: what was so of the slot as a whole is so of its units now. */
  void taken(BlockSlot slot) {
    forget(slot);
    if (holds(slot.number)) {
      slots.clear(slot.number);
      slotsBefore.clear(slot.number);
      left(slot, -1L);
    }
  }

  private void forget(BlockSlot slot) {
    slot.leftUnits = 0;
    slot.leftUnitsBefore = 0;
    inUse.remove(slot);
  }

  boolean holds(int slot) {
    return slots.get(slot) || slotsBefore.get(slot);
  }

  /** These would have gone past the log but for what was left since the last checkpoint began. */
  void refused(long units) {
    refusedUnits += Long.bitCount(units);
  }

  /** How many, since it began. */
  int refusedUnits() {
    return refusedUnits;
  }

  /** A checkpoint begins. */
  void captured() {
    refusedUnits = 0;
    slotsBefore.or(slots);
    slots = new BitSet();
    for (BlockSlot slot : inUse) {
      slot.leftUnitsBefore |= slot.leftUnits;
      slot.leftUnits = 0;
    }
  }

  /** The checkpoint is durable, in both superblocks. */
  void passed() {
    slotsBefore = new BitSet();
    inUse.forEach(slot -> slot.leftUnitsBefore = 0);
    inUse.removeIf(slot -> slot.leftUnits == 0);
  }
}
