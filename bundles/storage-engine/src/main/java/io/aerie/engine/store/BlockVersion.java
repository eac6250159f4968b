package io.aerie.engine.store;

import java.util.List;

/**
 * A block as this disk has it, without its data.
 *
 * @param block which
 * @param version the last change that touched it
 * @param groupEpoch the group's epoch of that change
 * @param units states of its 64 units
 */
public record BlockVersion(BlockKey block, Point version, long groupEpoch, List<UnitState> units) {
  public BlockVersion {
    units = List.copyOf(units);
  }

  /** Units that are not absent, by bit. */
  public long held() {
    long held = 0;
    for (int unit = 0; unit < units.size(); unit++) {
      held |= units.get(unit) == UnitState.ABSENT ? 0 : 1L << unit;
    }
    return held;
  }

  /** Units that have data, by bit. */
  public long present() {
    long present = 0;
    for (int unit = 0; unit < units.size(); unit++) {
      present |= units.get(unit) == UnitState.PRESENT ? 1L << unit : 0;
    }
    return present;
  }
}
