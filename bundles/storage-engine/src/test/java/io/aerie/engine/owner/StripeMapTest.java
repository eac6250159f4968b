package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Geometry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Goal: every page of a stripe has one place. Method: ranges beside a walk page by page. */
class StripeMapTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void shouldGiveEachPageAPlaceOfItsOwn() {
    for (int data = 2; data <= 8; data++) {
      StripeMap map = new StripeMap(new ErasureScheme(data, 1));
      Set<List<Integer>> places = new HashSet<>();
      for (int page = 0; page < data * StripeMap.ROWS; page++) {
        assertThat(map.fragment(page)).isBetween(0, data - 1);
        assertThat(map.row(page)).isBetween(0, StripeMap.ROWS - 1);
        places.add(List.of(map.fragment(page), map.row(page)));
      }
      assertThat(places).hasSize(data * StripeMap.ROWS);
      assertThat((long) places.size() * Geometry.PAGE_BYTES)
          .isEqualTo(Redundancy.erasure(data, 1).spanBytes());
    }
  }

  @Test
  void shouldKnowWhatARangeTouches() {
    for (int round = 0; round < 3000; round++) {
      StripeMap map = new StripeMap(new ErasureScheme(2 + random.nextInt(7), 1));
      int pages = map.dataCount() * StripeMap.ROWS;
      int first = random.nextInt(pages);
      int most = random.nextBoolean() ? Math.min(40, pages - first) : pages - first;
      int count = 1 + random.nextInt(most);
      List<TreeSet<Integer>> rows = new ArrayList<>();
      TreeSet<Integer> all = new TreeSet<>();
      for (int i = 0; i < map.dataCount(); i++) {
        rows.add(new TreeSet<>());
      }
      for (int page = first; page < first + count; page++) {
        rows.get(map.fragment(page)).add(map.row(page));
        all.add(map.row(page));
      }
      String what = first + " + " + count + " of " + map.scheme() + ", seed " + seed;
      for (int i = 0; i < map.dataCount(); i++) {
        TreeSet<Integer> of = rows.get(i);
        StripeMap.Span span = map.span(i, first, count);
        assertThat(span.rowCount()).as(what).isEqualTo(of.size());
        if (!of.isEmpty()) {
          assertThat(span.firstRow()).as(what).isEqualTo(of.first());
          assertThat(of.last() - of.first() + 1).as(what).isEqualTo(of.size());
        }
      }
      StripeMap.Span hull = map.hull(first, count);
      assertThat(hull.firstRow()).as(what).isEqualTo(all.first());
      assertThat(hull.endRow()).as(what).isEqualTo(all.last() + 1);
      assertRuns(map, first, count, what);
    }
  }

  @Test
  void shouldKnowWhereTheRowsBeforeAPageEnd() {
    StripeMap map = new StripeMap(new ErasureScheme(3, 1));
    int[] rows = new int[3];
    for (int page = 0; page < 3 * StripeMap.ROWS; page++) {
      for (int i = 0; i < rows.length; i++) {
        assertThat(map.endRow(i, page)).as("fragment %d, page %d", i, page).isEqualTo(rows[i]);
      }
      rows[map.fragment(page)]++;
    }
    assertThat(map.endRow(2, 3 * StripeMap.ROWS)).isEqualTo(StripeMap.ROWS);
  }

  private static void assertRuns(StripeMap map, int first, int count, String what) {
    int[] next = {first};
    map.runs(
        first,
        count,
        (page, fragment, row, length) -> {
          assertThat(page).as(what).isEqualTo(next[0]);
          for (int i = 0; i < length; i++) {
            assertThat(map.fragment(page + i)).as(what).isEqualTo(fragment);
            assertThat(map.row(page + i)).as(what).isEqualTo(row + i);
          }
          next[0] += length;
        });
    assertThat(next[0]).as(what).isEqualTo(first + count);
  }

  @Test
  void shouldMoveFragmentsRoundTheMembers() {
    StripeMap map = new StripeMap(new ErasureScheme(4, 2));
    for (int stripe = 0; stripe < 12; stripe++) {
      Set<Integer> fragments = new TreeSet<>();
      for (int place = 0; place < 6; place++) {
        fragments.add(map.fragmentAt(place, stripe));
      }
      assertThat(fragments).containsExactly(0, 1, 2, 3, 4, 5);
    }
    assertThat(map.fragmentAt(3, 5)).isEqualTo(4);
    assertThat(map.fragmentAt(4, 5)).isEqualTo(5);
  }
}
