package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Goal: what must be copied up before a write is known. Method: random requests, byte by byte, by
 * the drawing in {@link StripeMap}.
 */
class RowRangesTest {
  private static final BlockKey STRIPE = new BlockKey(1, 2);
  private static final int DATA = 3;
  private static final int ROW_BYTES = DATA * Geometry.UNIT_BYTES;
  private static final int UNITS = 63;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private static PlacePart part(int from, int length) {
    ClientRequest request =
        new ClientRequest(1, 1, 1, 1, 1, Operation.ZERO, from, length, ByteBuffer.allocate(0));
    int first = from / Geometry.PAGE_BYTES;
    int last = (from + length - 1) / Geometry.PAGE_BYTES;
    return new PlacePart(
        null, request, STRIPE, first, last - first + 1, from - first * Geometry.PAGE_BYTES);
  }

  /** Rows of units from the first to the last touched, but those that are written whole. */
  private static long expected(BitSet pages, BitSet wholePages) {
    int pagesOfRow = ROW_BYTES / Geometry.PAGE_BYTES;
    long kept = 0;
    int last = (pages.length() - 1) / pagesOfRow;
    for (int unit = pages.nextSetBit(0) / pagesOfRow; unit <= last; unit++) {
      boolean whole = wholePages.nextClearBit(unit * pagesOfRow) >= (unit + 1) * pagesOfRow;
      kept |= whole ? 0 : 1L << unit;
    }
    return kept;
  }

  @Test
  void shouldKnowWhichRowsOfUnitsKeepSomething() {
    StripeMap map = new StripeMap(new ErasureScheme(DATA, 2));
    for (int round = 0; round < 2000; round++) {
      List<PlacePart> parts = new ArrayList<>();
      BitSet pages = new BitSet();
      BitSet whole = new BitSet();
      for (int i = random.nextInt(4); i >= 0; i--) {
        boolean aligned = random.nextBoolean();
        int grain = aligned ? Geometry.UNIT_BYTES : 512;
        int at = random.nextInt(40 * ROW_BYTES / grain) * grain;
        int most = random.nextInt(6) == 0 ? UNITS * ROW_BYTES - at : 3 * ROW_BYTES;
        int length = (1 + random.nextInt(most / grain)) * grain;
        parts.add(part(at, length));
        int endPage = (at + length + Geometry.PAGE_BYTES - 1) / Geometry.PAGE_BYTES;
        pages.set(at / Geometry.PAGE_BYTES, endPage);
        int firstWhole = (at + Geometry.PAGE_BYTES - 1) / Geometry.PAGE_BYTES;
        int endWhole = (at + length) / Geometry.PAGE_BYTES;
        whole.set(firstWhole, Math.max(firstWhole, endWhole));
      }
      assertThat(new RowRanges(map, parts, false).unitsKeptInPart())
          .as("%s, seed %d", parts, seed)
          .isEqualTo(expected(pages, whole));
    }
  }
}
