package io.aerie.engine.disk;

import io.aerie.base.Checks;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;

/** Whether changes are what they should be; a programmer's error otherwise. */
final class ChangeChecks {
  private ChangeChecks() {}

  static void check(Change change) {
    if (change instanceof Change.Write write) {
      checkPages(write.firstPage(), write.data());
    } else if (change instanceof Change.Parity parity) {
      checkPages(parity.firstPage(), parity.data());
      checkPages(parity.firstSumPage(), parity.sums());
    } else if (change instanceof Change.Zero zero) {
      checkPages(zero.firstPage(), zero.pageCount());
    } else if (change instanceof Change.Copy copy) {
      checkCopy(copy);
    }
  }

  private static void checkPages(int first, ByteBuffer data) {
    int bytes = data.remaining();
    Checks.check(bytes > 0 && bytes % Geometry.PAGE_BYTES == 0, "%d bytes are no pages", bytes);
    checkPages(first, bytes / Geometry.PAGE_BYTES);
  }

  static void checkPages(int first, int count) {
    Checks.check(
        first >= 0 && count >= 0 && first <= Geometry.PAGES_PER_BLOCK - count,
        "Pages %d + %d are not of one block",
        first,
        count);
  }

  private static void checkCopy(Change.Copy copy) {
    long present = copy.units().stream().filter(unit -> unit == UnitState.PRESENT).count();
    Checks.check(
        copy.units().size() == Geometry.UNITS_PER_BLOCK
            && copy.data().remaining() == present * Geometry.UNIT_BYTES,
        "The data of a copy of %s is not its present units",
        copy.block());
  }
}
