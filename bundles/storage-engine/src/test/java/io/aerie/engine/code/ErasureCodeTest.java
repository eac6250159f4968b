package io.aerie.engine.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Goal: for every scheme parities are what the matrix says, what is lost comes back, and a parity
 * that is changed is the parity of the changed data. Method: random data beside {@link Stripes}'
 * definition, all loss patterns where they are few, else some at random; a failure tells the seed.
 */
class ErasureCodeTest {
  /** One grain; several; more than a kernel's block and no multiple of it. */
  private static final int[] LENGTHS = {64, 320, 2048 + 192};

  private static final int PATTERNS_TRIED_MAX = 60;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final ErasureCodes codes = new ErasureCodes(new SwarKernel());

  @Test
  void shouldEncodeAsTheMatrixSays() {
    for (ErasureScheme scheme : ErasureScheme.all()) {
      for (int length : LENGTHS) {
        ByteBuffer[] stripe = Stripes.random(random, scheme, length);
        ByteBuffer[] parities = new ByteBuffer[scheme.parityCount()];
        for (int i = 0; i < parities.length; i++) {
          parities[i] = Stripes.empty(i, length);
        }
        codes.of(scheme).encode(data(scheme, stripe), parities);
        for (int i = 0; i < parities.length; i++) {
          assertThat(parities[i])
              .as("%s, %d bytes, parity %d, seed %d", scheme, length, i, seed)
              .isEqualTo(stripe[scheme.dataCount() + i]);
        }
      }
    }
  }

  @Test
  void shouldBringBackWhateverIsLost() {
    for (ErasureScheme scheme : ErasureScheme.all()) {
      ByteBuffer[] stripe = Stripes.random(random, scheme, 320);
      int all = (1 << scheme.fragmentCount()) - 1;
      for (int lost : lossPatterns(scheme)) {
        reconstruct(scheme, stripe, all & ~lost, lost);
      }
    }
  }

  /** A rebuild wants one fragment while others are lost too, or while more than X are there. */
  @Test
  void shouldBringBackOnlyWhatIsWanted() {
    for (ErasureScheme scheme : ErasureScheme.all()) {
      ByteBuffer[] stripe = Stripes.random(random, scheme, 2240);
      int all = (1 << scheme.fragmentCount()) - 1;
      for (int lost : lossPatterns(scheme).subList(0, 3)) {
        reconstruct(scheme, stripe, all & ~lost, lost & -lost);
        reconstruct(scheme, stripe, all & ~lost, Integer.highestOneBit(lost));
      }
    }
  }

  @Test
  void shouldChangeParitiesAsIfEncodedAgain() {
    for (ErasureScheme scheme : ErasureScheme.all()) {
      ErasureCode code = codes.of(scheme);
      ByteBuffer[] stripe = Stripes.random(random, scheme, 320);
      for (int changed = 0; changed < scheme.dataCount(); changed++) {
        ByteBuffer before = Stripes.copy(stripe[changed]);
        Stripes.fill(random, stripe[changed]);
        for (int parity = 0; parity < scheme.parityCount(); parity++) {
          ByteBuffer target = stripe[scheme.dataCount() + parity];
          code.update(changed, parity, before, stripe[changed], target);
        }
      }
      ByteBuffer[] parities = new ByteBuffer[scheme.parityCount()];
      for (int i = 0; i < parities.length; i++) {
        parities[i] = Stripes.empty(i, 320);
      }
      code.encode(data(scheme, stripe), parities);
      for (int i = 0; i < parities.length; i++) {
        assertThat(stripe[scheme.dataCount() + i])
            .as("%s, parity %d, seed %d", scheme, i, seed)
            .isEqualTo(parities[i]);
      }
    }
  }

  @Test
  void shouldRefuseWhatIsWrongBeforeItChangesAByte() {
    ErasureScheme scheme = new ErasureScheme(4, 2);
    ErasureCode code = codes.of(scheme);
    ByteBuffer[] data = data(scheme, Stripes.random(random, scheme, 128));
    ByteBuffer p = Stripes.empty(0, 128);
    ByteBuffer q = Stripes.empty(1, 128);
    refused(() -> code.encode(data, new ByteBuffer[] {p}), "4 data and 1 parity");
    refused(
        () -> code.encode(data, new ByteBuffer[] {p, q.duplicate().limit(q.limit() - 64)}),
        "has 64 bytes where others have 128");
    refused(() -> code.encode(data, new ByteBuffer[] {p, null}), "is missing");
    refused(() -> code.encode(data, new ByteBuffer[] {p, p}), "given twice");
    refused(() -> code.encode(data, new ByteBuffer[] {p, data[3]}), "given twice");
    refused(
        () -> code.encode(data, new ByteBuffer[] {p, q.asReadOnlyBuffer()}), "can't be written");
    refused(() -> code.update(4, 0, data[0], data[1], p), "no data fragment 4");
    refused(() -> code.update(0, 2, data[0], data[1], p), "no parity 2");
    refused(() -> code.update(0, 0, p, data[1], p), "a source too");
    refused(() -> code.update(0, 0, ByteBuffer.allocate(100), data[1], p), "multiple of 64");
    refused(() -> code.update(0, 0, ByteBuffer.allocate(0), data[1], p), "multiple of 64");
    ByteBuffer[] stripe = {data[0], data[1], data[2], data[3], p, q};
    refused(() -> code.reconstruct(stripe, 0b000111, 0b001000), "present 111");
    refused(() -> code.reconstruct(stripe, 0b001111, 0), "wanted 0");
    refused(() -> code.reconstruct(stripe, 0b001111, 0b000001), "wanted 1");
    refused(() -> code.reconstruct(stripe, 0b001111, 0b1000000), "wanted 1000000");
    assertThat(p).isEqualTo(ByteBuffer.allocate(128));
    assertThat(q).isEqualTo(ByteBuffer.allocate(128));
  }

  @Test
  void shouldAllocateNothingOncePrepared() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ErasureScheme scheme = new ErasureScheme(4, 3);
    ErasureCode code = codes.of(scheme);
    ByteBuffer[] stripe = Stripes.random(random, scheme, 4096);
    ByteBuffer[] data = data(scheme, stripe);
    ByteBuffer[] parities = {stripe[4], stripe[5], stripe[6]};
    long allocated = 0;
    for (int round = 0; round < 300; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      code.encode(data, parities);
      code.update(1, 2, data[0], data[1], parities[2]);
      code.reconstruct(stripe, 0b1111001, 0b0000110);
      allocated = round == 0 ? 0 : allocated + threads.getCurrentThreadAllocatedBytes() - before;
    }
    // Measuring itself may take a few bytes; one object a call would be thousands.
    assertThat(allocated).isLessThan(1000);
  }

  @Test
  void shouldReadSchemes() {
    assertThat(ErasureScheme.all()).hasSize(35);
    for (ErasureScheme scheme : ErasureScheme.all()) {
      assertThat(ErasureScheme.parse(scheme.toString())).isEqualTo(scheme);
    }
    assertThat(ErasureScheme.parse("EC8+3")).isEqualTo(new ErasureScheme(8, 3));
    for (String text : new String[] {"ec1+1", "ec2+3", "ec9+1", "ec4+0", "4+2", "ec4+2 ", ""}) {
      refused(() -> ErasureScheme.parse(text), "erasure code");
    }
    refused(() -> ErasureScheme.parse(null), "erasure code");
  }

  private void reconstruct(ErasureScheme scheme, ByteBuffer[] stripe, int present, int wanted) {
    ByteBuffer[] fragments = new ByteBuffer[stripe.length];
    for (int i = 0; i < stripe.length; i++) {
      if ((present & (1 << i)) != 0) {
        fragments[i] = stripe[i];
      } else if ((wanted & (1 << i)) != 0) {
        fragments[i] = Stripes.empty(i, stripe[i].remaining());
      }
    }
    codes.of(scheme).reconstruct(fragments, present, wanted);
    for (int i = 0; i < stripe.length; i++) {
      if ((wanted & (1 << i)) != 0) {
        assertThat(fragments[i])
            .as("%s, present %x, wanted %x, fragment %d, seed %d", scheme, present, wanted, i, seed)
            .isEqualTo(stripe[i]);
      }
    }
  }

  /** All with 1 to Y lost if they are few, else some at random. */
  private List<Integer> lossPatterns(ErasureScheme scheme) {
    List<Integer> patterns = new ArrayList<>();
    for (int lost = 1; lost < 1 << scheme.fragmentCount(); lost++) {
      if (Integer.bitCount(lost) <= scheme.parityCount()) {
        patterns.add(lost);
      }
    }
    if (patterns.size() > PATTERNS_TRIED_MAX) {
      Collections.shuffle(patterns, random);
      return patterns.subList(0, PATTERNS_TRIED_MAX);
    }
    return patterns;
  }

  private static ByteBuffer[] data(ErasureScheme scheme, ByteBuffer[] stripe) {
    return Arrays.copyOf(stripe, scheme.dataCount());
  }

  private static void refused(Runnable call, String words) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
