package io.aerie.engine.disk;

import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A block in memory: its settled state, the settled pages that are not in their slot yet (the
 * overlay: reads see it over the slot), and what entries in doubt will need.
 *
 * <p>A unit has a place in each of the block's slots, and is in one of them: in the second one when
 * its bit there says so, else in the first. Whole units that are written anew go straight to the
 * place where they are not; when none is left in the first slot, the second takes its part.
 *
 * <pre>
 *   first slot    0 1 2 3 . . . . .        units 0 to 3 were written anew: their former places are
 *   second slot   . . . .                  held back until no crash can need them
 * </pre>
 */
final class Block {
  /** Content of every page that is zero; shared, read-only. */
  static final ByteBuffer ZERO_PAGE = ByteBuffer.allocate(Geometry.PAGE_BYTES).asReadOnlyBuffer();

  static final int NONE = -1;

  final BlockKey key;
  final StreamKey stream;

  /** Whether the settled state has it; otherwise only entries in doubt speak of it. */
  boolean exists;

  Point version = Point.NONE;
  long groupEpoch;
  final UnitState[] units = new UnitState[Geometry.UNITS_PER_BLOCK];
  int entry = NONE;
  BlockSlot slot = new BlockSlot();
  BlockSlot second = new BlockSlot();

  /** Present units that are in the second slot. */
  long secondUnits;

  /** Entries in doubt that need a table entry, and those that need a slot. */
  int pendingEntries;

  int pendingSlots;

  /** Removals in doubt. */
  int pendingRemovals;

  /** Units that entries in doubt change when they are settled; known to nothing but their data. */
  long touchedUnits;

  /** Raised when a slot's content or place changes, so that a read in flight starts again. */
  long moves;

  private ByteBuffer[][] overlay = new ByteBuffer[Geometry.UNITS_PER_BLOCK][];
  private int overlayPages;

  /** By unit: the checksums of pages that are in the slot and not in its page of checksums yet. */
  private int[][] sums = new int[Geometry.UNITS_PER_BLOCK][];

  private int sumUnits;

  Block(BlockKey key, StreamKey stream) {
    this.key = key;
    this.stream = stream;
    Arrays.fill(units, UnitState.ABSENT);
  }

  BlockVersion describe() {
    return new BlockVersion(key, version, groupEpoch, Arrays.asList(units));
  }

  boolean hasData() {
    for (UnitState unit : units) {
      if (unit == UnitState.PRESENT) {
        return true;
      }
    }
    return false;
  }

  /** Bit n stands for unit n. */
  long presentUnits() {
    long present = 0;
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      present |= units[unit] == UnitState.PRESENT ? 1L << unit : 0;
    }
    return present;
  }

  /** Where a unit is, or would be. */
  BlockSlot slotOf(int unit) {
    return ((secondUnits >>> unit) & 1) != 0 ? second : slot;
  }

  /** The one of that number. */
  BlockSlot slotNumbered(int number) {
    return second.taken() && second.number == number ? second : slot;
  }

  /** Present units in one of its slots. */
  long unitsIn(BlockSlot of) {
    return presentUnits() & (of == second ? secondUnits : ~secondUnits);
  }

  /** Nothing is in the first slot any more: the second one takes its part. */
  void promoteSecond() {
    slot = second;
    second = new BlockSlot();
    secondUnits = 0;
  }

  boolean isIdle() {
    return !exists && pendingEntries == 0 && pendingSlots == 0 && pendingRemovals == 0;
  }

  void write(int firstPage, ByteBuffer data) {
    int base = data.position();
    int pages = data.remaining() / Geometry.PAGE_BYTES;
    for (int i = 0; i < pages; i++) {
      int page = firstPage + i;
      makePresent(page / Geometry.PAGES_PER_UNIT);
      putPage(page, data.slice(base + i * Geometry.PAGE_BYTES, Geometry.PAGE_BYTES));
    }
  }

  /** Units covered whole become zero; a unit that has no data needs none to read as zero. */
  void zero(int firstPage, int pageCount) {
    int end = firstPage + pageCount;
    for (int unit = firstPage / Geometry.PAGES_PER_UNIT;
        unit * Geometry.PAGES_PER_UNIT < end;
        unit++) {
      int from = Math.max(firstPage, unit * Geometry.PAGES_PER_UNIT);
      int to = Math.min(end, (unit + 1) * Geometry.PAGES_PER_UNIT);
      if (to - from == Geometry.PAGES_PER_UNIT || units[unit] != UnitState.PRESENT) {
        units[unit] = UnitState.ZERO;
        secondUnits &= ~(1L << unit);
        dropUnit(unit);
      } else {
        for (int page = from; page < to; page++) {
          putPage(page, ZERO_PAGE);
        }
      }
    }
  }

  /** Without data when it is in the slot: then the present units are placed next. */
  void copy(List<UnitState> states, ByteBuffer data) {
    int position = data.position();
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      units[unit] = states.get(unit);
      dropUnit(unit);
      secondUnits &= units[unit] == UnitState.PRESENT ? -1L : ~(1L << unit);
      if (units[unit] == UnitState.PRESENT && data.hasRemaining()) {
        for (int i = 0; i < Geometry.PAGES_PER_UNIT; i++) {
          putPage(unit * Geometry.PAGES_PER_UNIT + i, data.slice(position, Geometry.PAGE_BYTES));
          position += Geometry.PAGE_BYTES;
        }
      }
    }
  }

  /** Settled units whose data is in a slot. */
  void place(DirectData direct) {
    secondUnits &= ~direct.units;
    secondUnits |= slotNumbered(direct.slot) == second ? direct.units : 0;
    int index = 0;
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      if (((direct.units >>> unit) & 1) != 0) {
        dropUnit(unit);
        units[unit] = UnitState.PRESENT;
        sums[unit] = Arrays.copyOfRange(direct.checksums, index, index + Geometry.PAGES_PER_UNIT);
        sumUnits++;
        index += Geometry.PAGES_PER_UNIT;
      }
    }
  }

  private void makePresent(int unit) {
    if (units[unit] == UnitState.PRESENT) {
      return;
    }
    units[unit] = UnitState.PRESENT;
    for (int i = 0; i < Geometry.PAGES_PER_UNIT; i++) {
      putPage(unit * Geometry.PAGES_PER_UNIT + i, ZERO_PAGE);
    }
  }

  private void putPage(int page, ByteBuffer content) {
    int unit = page / Geometry.PAGES_PER_UNIT;
    if (overlay[unit] == null) {
      overlay[unit] = new ByteBuffer[Geometry.PAGES_PER_UNIT];
    }
    int place = page % Geometry.PAGES_PER_UNIT;
    if (overlay[unit][place] == null) {
      overlayPages++;
    }
    overlay[unit][place] = content;
  }

  private void dropUnit(int unit) {
    ByteBuffer[] pages = overlay[unit];
    if (pages != null) {
      for (ByteBuffer page : pages) {
        overlayPages -= page != null ? 1 : 0;
      }
      overlay[unit] = null;
    }
    if (sums[unit] != null) {
      sums[unit] = null;
      sumUnits--;
    }
  }

  /** By unit, as they are now; null when the slots' pages of checksums have all. */
  int[][] sums() {
    return sumUnits == 0 ? null : sums.clone();
  }

  /** The same of those in one slot. */
  int[][] sums(BlockSlot of) {
    int[][] there = null;
    for (int unit = 0; sumUnits > 0 && unit < Geometry.UNITS_PER_BLOCK; unit++) {
      if (sums[unit] != null && slotOf(unit) == of) {
        there = there == null ? new int[Geometry.UNITS_PER_BLOCK][] : there;
        there[unit] = sums[unit];
      }
    }
    return there;
  }

  /** The page of checksums has these now. */
  @SuppressWarnings("ReferenceEquality") // later data of the same unit has checksums of its own
  void sumsWritten(int[][] written) {
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      if (written[unit] != null && sums[unit] == written[unit]) {
        sums[unit] = null;
        sumUnits--;
      }
    }
  }

  /** Whether something waits for the next checkpoint to bring it to its place. */
  boolean isUnwritten() {
    return overlayPages > 0 || sumUnits > 0;
  }

  /** The content that waits for the slot, or null. */
  ByteBuffer overlayPage(int page) {
    ByteBuffer[] pages = overlay[page / Geometry.PAGES_PER_UNIT];
    return pages == null ? null : pages[page % Geometry.PAGES_PER_UNIT];
  }

  boolean hasOverlay() {
    return overlayPages > 0;
  }

  /** Numbers of the pages that wait for one of its slots, ascending. */
  List<Integer> overlayPageNumbers(BlockSlot of) {
    List<Integer> numbers = new ArrayList<>(overlayPages);
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      for (int place = 0;
          overlay[unit] != null && slotOf(unit) == of && place < Geometry.PAGES_PER_UNIT;
          place++) {
        if (overlay[unit][place] != null) {
          numbers.add(unit * Geometry.PAGES_PER_UNIT + place);
        }
      }
    }
    return numbers;
  }

  /** Forgets a page that is in the slot now, unless newer content came meanwhile. */
  @SuppressWarnings("ReferenceEquality") // equal bytes of a later write are not in the slot yet
  void written(int page, ByteBuffer content) {
    int unit = page / Geometry.PAGES_PER_UNIT;
    int place = page % Geometry.PAGES_PER_UNIT;
    if (overlay[unit] != null && overlay[unit][place] == content) {
      overlay[unit][place] = null;
      overlayPages--;
    }
  }

  /** Back to a block that does not exist; what is in doubt stays counted. */
  void clear() {
    exists = false;
    version = Point.NONE;
    groupEpoch = 0;
    Arrays.fill(units, UnitState.ABSENT);
    secondUnits = 0;
    overlay = new ByteBuffer[Geometry.UNITS_PER_BLOCK][];
    overlayPages = 0;
    sums = new int[Geometry.UNITS_PER_BLOCK][];
    sumUnits = 0;
  }
}
