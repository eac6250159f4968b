package io.aerie.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Buffers come back, and what a burst leaves behind is bounded over all sizes. */
class PageBuffersTest {
  private static final int PAGE = 4096;

  private final PageBuffers buffers = new PageBuffers();

  @Test
  void shouldGiveTheSameBufferAgain() {
    ByteBuffer first = buffers.acquire(3 * PAGE);
    assertThat(first.alignmentOffset(0, PAGE)).isZero();
    buffers.release(first);
    ByteBuffer again = buffers.acquire(4 * PAGE);
    assertThat(again).isSameAs(first);
    assertThat(again.remaining()).isEqualTo(4 * PAGE);
    assertThat(buffers.idleBytes()).isZero();
  }

  @Test
  void shouldKeepSomeOfEachSizeAfterABurst() {
    Set<ByteBuffer> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int bytes = PAGE; bytes <= 4 << 20; bytes *= 2) {
      for (int sum = 0; sum < PageBuffers.IDLE_BYTES_MAX / 2; sum += bytes) {
        taken.add(buffers.acquire(bytes));
      }
    }
    taken.forEach(buffers::release);
    assertThat(buffers.idleBytes())
        .isBetween(PageBuffers.IDLE_BYTES_MAX * 3 / 4, PageBuffers.IDLE_BYTES_MAX);
    for (int bytes = PAGE; bytes <= 4 << 20; bytes *= 2) {
      assertThat(taken.contains(buffers.acquire(bytes))).as("of %d bytes", bytes).isTrue();
    }
  }
}
