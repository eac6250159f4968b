package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.code.ErasureCodes;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.SwarKernel;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Goal: any fragment comes back, parities with their row checksums, and nothing wrong ever does.
 * Method: a sparse random stripe, each fragment lost with others; then one page of a source is
 * another.
 */
class FragmentMakerTest {
  private static final int[] PRESENT_UNITS = {0, 5, 62};

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final ErasureCodes codes = new ErasureCodes(new SwarKernel());

  @Test
  void shouldBringBackAnyFragment() {
    for (ErasureScheme scheme :
        List.of(new ErasureScheme(2, 1), new ErasureScheme(4, 2), new ErasureScheme(3, 3))) {
      BlockImage[] stripe = stripe(scheme);
      for (int target = 0; target < scheme.fragmentCount(); target++) {
        for (int round = 0; round < 5; round++) {
          SortedMap<Integer, BlockImage> sources = sources(scheme, stripe, target);
          BlockImage made = new FragmentMaker(scheme, codes, sources).make(target).orElseThrow();
          String what = scheme + ", " + target + " of " + sources.keySet() + ", seed " + seed;
          assertThat(made.version().version()).as(what).isEqualTo(new Point(3, 4));
          for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
            assertThat(unit(made, unit))
                .as(what + " unit " + unit)
                .isEqualTo(unit(stripe[target], unit));
          }
        }
      }
    }
  }

  @Test
  void shouldNotMakeAFragmentOfPagesOfDifferentAge() {
    ErasureScheme scheme = new ErasureScheme(4, 2);
    for (int round = 0; round < 12; round++) {
      BlockImage[] stripe = stripe(scheme);
      SortedMap<Integer, BlockImage> sources = sources(scheme, stripe, 1);
      List<Integer> of = new ArrayList<>(sources.keySet());
      int other = of.get(random.nextInt(of.size()));
      int page = random.nextInt(PRESENT_UNITS.length * Geometry.PAGES_PER_UNIT);
      stripe[other].data().put(page * Geometry.PAGE_BYTES + 17, (byte) ~random.nextInt(2));
      stripe[other].data().putLong(page * Geometry.PAGE_BYTES, random.nextLong());
      assertThat(new FragmentMaker(scheme, codes, sources).make(1))
          .as("source %d, page %d, seed %d", other, page, seed)
          .isEmpty();
    }
  }

  private SortedMap<Integer, BlockImage> sources(
      ErasureScheme scheme, BlockImage[] stripe, int target) {
    SortedMap<Integer, BlockImage> sources = new TreeMap<>();
    while (sources.size() < scheme.dataCount()) {
      int fragment = random.nextInt(scheme.fragmentCount());
      if (fragment != target) {
        sources.put(fragment, stripe[fragment]);
      }
    }
    return sources;
  }

  private BlockImage[] stripe(ErasureScheme scheme) {
    int bytes = PRESENT_UNITS.length * Geometry.UNIT_BYTES;
    ByteBuffer[] data = new ByteBuffer[scheme.dataCount()];
    RowSums sums = RowSums.empty(0, StripeMap.ROWS);
    for (int i = 0; i < data.length; i++) {
      byte[] content = new byte[bytes];
      random.nextBytes(content);
      data[i] = ByteBuffer.wrap(content);
      for (int page = 0; page < bytes / Geometry.PAGE_BYTES; page++) {
        int unit = PRESENT_UNITS[page / Geometry.PAGES_PER_UNIT];
        int row = unit * Geometry.PAGES_PER_UNIT + page % Geometry.PAGES_PER_UNIT;
        sums.put(row, i, data[i], page * Geometry.PAGE_BYTES);
      }
    }
    ByteBuffer[] parities = new ByteBuffer[scheme.parityCount()];
    for (int i = 0; i < parities.length; i++) {
      parities[i] = ByteBuffer.allocate(bytes);
    }
    codes.of(scheme).encode(data, parities);
    BlockImage[] stripe = new BlockImage[scheme.fragmentCount()];
    for (int i = 0; i < stripe.length; i++) {
      stripe[i] = i < data.length ? image(data[i], null) : image(parities[i - data.length], sums);
    }
    return stripe;
  }

  private static BlockImage image(ByteBuffer content, RowSums sums) {
    List<UnitState> units = new ArrayList<>();
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      boolean has = sums != null && unit == Geometry.UNITS_PER_BLOCK - 1;
      for (int present : PRESENT_UNITS) {
        has |= unit == present;
      }
      units.add(has ? UnitState.PRESENT : UnitState.ABSENT);
    }
    ByteBuffer data = ByteBuffer.allocate(content.capacity() + Geometry.UNIT_BYTES);
    data.put(content.duplicate());
    if (sums != null) {
      data.put(sums.pages().duplicate());
    }
    return new BlockImage(
        new BlockVersion(new BlockKey(1, 2), new Point(3, 4), 5, units), data.flip());
  }

  private static ByteBuffer unit(BlockImage image, int unit) {
    if (image.version().units().get(unit) != UnitState.PRESENT) {
      return ByteBuffer.allocate(Geometry.UNIT_BYTES);
    }
    int before = 0;
    for (int i = 0; i < unit; i++) {
      before += image.version().units().get(i) == UnitState.PRESENT ? 1 : 0;
    }
    return image.data().slice(before * Geometry.UNIT_BYTES, Geometry.UNIT_BYTES);
  }
}
