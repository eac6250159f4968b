package io.aerie.engine.disk;

import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.UnitState;

/** What changes do to blocks in memory. */
final class BlockChanges {
  private BlockChanges() {}

  /** The block that it changes; null for nothing and for removals. */
  static BlockKey target(Change change) {
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

  static boolean needsSlot(Change change) {
    return change instanceof Change.Write
        || change instanceof Change.Parity
        || (change instanceof Change.Copy copy && copy.units().contains(UnitState.PRESENT));
  }

  /**
   * Settles a change.
   *
   * @param direct the part of its data that is in the slot, or null
   */
  static void apply(Block block, Change change, DirectData direct, Quarantine quarantine) {
    if (change instanceof Change.Write write) {
      block.write(write.firstPage(), write.data());
    } else if (change instanceof Change.Parity parity) {
      block.write(parity.firstPage(), parity.data());
      block.write(parity.firstSumPage(), parity.sums());
    } else if (change instanceof Change.Zero zero) {
      long before = block.presentUnits();
      block.zero(zero.firstPage(), zero.pageCount());
      quarantine.left(block, before & ~block.presentUnits());
    } else if (change instanceof Change.Copy copy) {
      long before = block.presentUnits();
      block.copy(copy.units(), copy.data());
      quarantine.left(block, before & ~block.presentUnits());
      block.version = copy.version();
      block.groupEpoch = copy.groupEpoch();
    }
    if (direct != null) {
      block.place(direct);
    }
  }
}
