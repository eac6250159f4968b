package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.SwarKernel;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Goal: whatever is written, by whatever way, with whatever members: the parities and row checksums
 * of those that take it are those of the data. Method: a stripe in memory, written at random, with
 * members away at random, beside its plain content; after each write all is encoded anew.
 */
class RowPlanTest {
  private static final BlockKey STRIPE = new BlockKey(1, 2);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private ErasureScheme scheme;
  private StripeMap map;
  private ErasureCode code;

  /** What the volume reads as. */
  private byte[] content;

  /** The fragments as members have them, and those that would have them were they not away. */
  private byte[][] fragments;

  private int deltas;
  private int anews;
  private int unread;

  @Test
  void shouldKeepParitiesTrueToTheData() {
    for (ErasureScheme of :
        List.of(new ErasureScheme(2, 1), new ErasureScheme(4, 2), new ErasureScheme(5, 3))) {
      begin(of);
      for (int i = 0; i < 60; i++) {
        write();
      }
    }
    assertThat(deltas).as("by delta").isPositive();
    assertThat(anews).as("anew").isPositive();
    assertThat(unread).as("without reading").isPositive();
  }

  private void begin(ErasureScheme of) {
    scheme = of;
    map = new StripeMap(scheme);
    code = new ErasureCode(scheme, new SwarKernel());
    content = new byte[scheme.dataCount() * StripeMap.ROWS * Geometry.PAGE_BYTES];
    fragments = new byte[scheme.fragmentCount()][Geometry.BLOCK_BYTES];
  }

  private void write() {
    List<PlacePart> parts = new ArrayList<>();
    int at = random.nextInt(content.length - (2 << 20));
    int units = Geometry.UNIT_BYTES * scheme.dataCount();
    if (random.nextInt(4) == 0) {
      parts.add(part(at - at % units, units * (1 + random.nextInt(3)), false));
    } else if (random.nextInt(20) == 0) {
      parts.add(part(0, content.length, true));
    } else {
      for (int i = random.nextInt(3); i >= 0; i--) {
        int small = 1 + random.nextInt(random.nextInt(4) == 0 ? 200_000 : 9_000);
        int from = at + random.nextInt(60_000);
        boolean zero = random.nextInt(5) == 0;
        int skew = zero ? from % Geometry.PAGE_BYTES : 0;
        int length = zero ? (small / Geometry.PAGE_BYTES + 1) * Geometry.PAGE_BYTES : small;
        parts.add(part(from - skew, length, zero));
      }
    }
    int all = (1 << scheme.fragmentCount()) - 1;
    int taking = all;
    for (int i = random.nextInt(scheme.parityCount() + 1); i > 0; i--) {
      taking &= ~(1 << random.nextInt(scheme.fragmentCount()));
    }
    // One that is coming back, and equal, takes what it can't be asked for.
    int having = random.nextInt(3) == 0 ? taking & ~(1 << random.nextInt(2)) : taking;
    if (Integer.bitCount(having) < scheme.dataCount()) {
      having = taking;
    }
    carryOut(parts, having, taking);
    check(taking);
    restore();
  }

  private void carryOut(List<PlacePart> parts, int having, int taking) {
    RowPlan.Way[] ways = RowPlan.Way.values();
    RowPlan.Way way = ways[Math.max(0, random.nextInt(6) - 3)];
    RowPlan plan = new RowPlan(code, map, parts, having, taking, way);
    Rows rows = null;
    if (plan.reads()) {
      rows = new Rows(plan.hull().firstRow(), plan.hull().rowCount(), scheme.fragmentCount());
      for (int i = 0; i < scheme.fragmentCount(); i++) {
        if ((plan.wanted() & 1 << i) != 0) {
          rows.fragments[i] = pages(i, rows.first, rows.count);
        }
      }
      if (plan.needsSums()) {
        int firstPage = StripeMap.sumPage(rows.first);
        ByteBuffer sums =
            pages(scheme.dataCount(), firstPage, RowSums.pageCount(rows.first, rows.count));
        rows.sums = new RowSums(RowSums.firstRow(rows.first), sums);
      }
      deltas += plan.delta() ? 1 : 0;
      anews += plan.delta() ? 0 : 1;
    } else {
      unread++;
    }
    if (plan.delta()) {
      assertThat(plan.wanted() & ~having).as("asked of who can't answer, seed %d", seed).isZero();
    }
    Map<Integer, Change> changes = plan.compute(rows);
    for (PlacePart part : parts) {
      apply(part);
    }
    for (int i = 0; i < scheme.fragmentCount(); i++) {
      if ((taking & 1 << i) != 0) {
        assertThat(changes).as("a change for %d, seed %d", i, seed).containsKey(i);
        apply(i, changes.get(i));
      }
    }
  }

  private ByteBuffer pages(int fragment, int first, int count) {
    int from = first * Geometry.PAGE_BYTES;
    return ByteBuffer.wrap(
        Arrays.copyOfRange(fragments[fragment], from, from + count * Geometry.PAGE_BYTES));
  }

  private PlacePart part(int from, int length, boolean zero) {
    byte[] data = new byte[zero ? 0 : length];
    random.nextBytes(data);
    ClientRequest request =
        new ClientRequest(
            1,
            1,
            1,
            1,
            1,
            zero ? Operation.ZERO : Operation.WRITE,
            from,
            length,
            ByteBuffer.wrap(data));
    int first = from / Geometry.PAGE_BYTES;
    int last = (from + length - 1) / Geometry.PAGE_BYTES;
    return new PlacePart(
        null, request, STRIPE, first, last - first + 1, from - first * Geometry.PAGE_BYTES);
  }

  private void apply(PlacePart part) {
    int from = part.firstPage() * Geometry.PAGE_BYTES + part.skip();
    if (part.zeroes()) {
      Arrays.fill(content, from, from + part.request().length(), (byte) 0);
    } else {
      part.request().data().get(0, content, from, part.request().length());
    }
  }

  private void apply(int fragment, Change change) {
    byte[] of = fragments[fragment];
    if (change instanceof Change.Write write) {
      put(of, write.firstPage(), write.data());
    } else if (change instanceof Change.Parity parity) {
      put(of, parity.firstPage(), parity.data());
      put(of, parity.firstSumPage(), parity.sums());
    } else if (change instanceof Change.Zero zero) {
      int from = zero.firstPage() * Geometry.PAGE_BYTES;
      Arrays.fill(of, from, from + zero.pageCount() * Geometry.PAGE_BYTES, (byte) 0);
    } else {
      throw new AssertionError("not for a fragment: " + change);
    }
  }

  private static void put(byte[] of, int page, ByteBuffer data) {
    data.get(data.position(), of, page * Geometry.PAGE_BYTES, data.remaining());
  }

  /** What a fragment must be, by the content alone. */
  private byte[][] expected() {
    ByteBuffer[] data = new ByteBuffer[scheme.dataCount()];
    byte[][] expected = new byte[scheme.fragmentCount()][Geometry.BLOCK_BYTES];
    for (int page = 0; page < content.length / Geometry.PAGE_BYTES; page++) {
      System.arraycopy(
          content,
          page * Geometry.PAGE_BYTES,
          expected[map.fragment(page)],
          map.row(page) * Geometry.PAGE_BYTES,
          Geometry.PAGE_BYTES);
    }
    int bytes = StripeMap.ROWS * Geometry.PAGE_BYTES;
    RowSums sums = RowSums.empty(0, StripeMap.ROWS);
    for (int i = 0; i < data.length; i++) {
      data[i] = ByteBuffer.wrap(expected[i], 0, bytes);
      for (int row = 0; row < StripeMap.ROWS; row++) {
        sums.put(row, i, data[i], row * Geometry.PAGE_BYTES);
      }
    }
    ByteBuffer[] parities = new ByteBuffer[scheme.parityCount()];
    for (int i = 0; i < parities.length; i++) {
      parities[i] = ByteBuffer.wrap(expected[data.length + i], 0, bytes);
    }
    code.encode(data, parities);
    for (int i = data.length; i < expected.length; i++) {
      sums.pages().get(0, expected[i], bytes, sums.pages().remaining());
    }
    return expected;
  }

  private void check(int taking) {
    byte[][] expected = expected();
    for (int i = 0; i < expected.length; i++) {
      if ((taking & 1 << i) != 0) {
        int mismatch = Arrays.mismatch(expected[i], fragments[i]);
        assertThat(mismatch)
            .as("%s: fragment %d differs at this byte, seed %d", scheme, i, seed)
            .isNegative();
      }
    }
  }

  /** Those that were away come back, as a rebuild would leave them. */
  private void restore() {
    fragments = expected();
  }
}
