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
  private final Set<Block> blocks = new LinkedHashSet<>();

  /** A block let go of its slot. */
  void freed(Block block) {
    slots.set(block.slot);
    forget(block);
  }

  /** Units of a block's slot hold no more what they held. */
  void left(Block block, long units) {
    if (units != 0 && block.slot != Block.NONE) {
      block.leftUnits |= units;
      blocks.add(block);
    }
  }

  /** A block got a slot: what was so of the slot as a whole is so of its units now. */
  void taken(Block block) {
    forget(block);
    if (holds(block.slot)) {
      slots.clear(block.slot);
      slotsBefore.clear(block.slot);
      left(block, -1L);
    }
  }

  private void forget(Block block) {
    block.leftUnits = 0;
    block.leftUnitsBefore = 0;
    blocks.remove(block);
  }

  boolean holds(int slot) {
    return slots.get(slot) || slotsBefore.get(slot);
  }

  /** A checkpoint begins. */
  void captured() {
    slotsBefore.or(slots);
    slots = new BitSet();
    for (Block block : blocks) {
      block.leftUnitsBefore |= block.leftUnits;
      block.leftUnits = 0;
    }
  }

  /** The checkpoint is durable, in both superblocks. */
  void passed() {
    slotsBefore = new BitSet();
    blocks.forEach(block -> block.leftUnitsBefore = 0);
    blocks.removeIf(block -> block.leftUnits == 0);
  }
}
