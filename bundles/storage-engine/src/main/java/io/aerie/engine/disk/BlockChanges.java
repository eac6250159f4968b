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
   * @param direct the part of its data that is in a slot, or null
   */
  static void apply(Block block, Change change, DirectData direct, Quarantine quarantine) {
    if (change instanceof Change.Write write) {
      block.write(write.firstPage(), write.data());
    } else if (change instanceof Change.Parity parity) {
      block.write(parity.firstPage(), parity.data());
      block.write(parity.firstSumPage(), parity.sums());
    } else if (change instanceof Change.Zero zero) {
      leaving(block, quarantine, () -> block.zero(zero.firstPage(), zero.pageCount()));
    } else if (change instanceof Change.Copy copy) {
      leaving(block, quarantine, () -> block.copy(copy.units(), copy.data()));
      block.version = copy.version();
      block.groupEpoch = copy.groupEpoch();
    }
    if (direct != null) {
      leaving(block, quarantine, () -> block.place(direct));
    }
  }

  /** Places of units that are there no more, or no more there, are left. */
  private static void leaving(Block block, Quarantine quarantine, Runnable change) {
    long inFirst = block.unitsIn(block.slot);
    long inSecond = block.unitsIn(block.second);
    change.run();
    quarantine.left(block.slot, inFirst & ~block.unitsIn(block.slot));
    quarantine.left(block.second, inSecond & ~block.unitsIn(block.second));
  }
}
