package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.store.BlockKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** First come, first served among ranges that overlap; others don't wait. */
class RangeLocksTest {
  private final RangeLocks locks = new RangeLocks();
  private final List<String> granted = new ArrayList<>();

  private RangeLocks.Lock lock(String name, int firstPage, int pageCount) {
    RangeLocks.Lock lock =
        new RangeLocks.Lock(new BlockKey(1, 1), firstPage, pageCount, () -> granted.add(name));
    locks.acquire(lock);
    return lock;
  }

  @Test
  void shouldGrantInOrderAmongThoseThatOverlap() {
    RangeLocks.Lock a = lock("a", 0, 2);
    lock("b", 1, 4);
    lock("c", 4, 1);
    lock("d", 8, 1);
    assertThat(granted).containsExactly("a", "d");
    locks.release(a);
    assertThat(granted).containsExactly("a", "d", "b");
  }

  @Test
  void shouldLetWaitersGoWhenOneBeforeThemGaveUp() {
    lock("a", 0, 1);
    RangeLocks.Lock b = lock("b", 0, 8);
    lock("c", 7, 1);
    locks.release(b);
    assertThat(granted).containsExactly("a", "c");
  }
}
