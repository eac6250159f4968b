package io.aerie.engine.code;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The code of one {@link ErasureScheme}: makes parities, changes them, and brings lost fragments
 * back. Belongs to one thread. Nothing is allocated by a call whose coefficients were needed
 * before; of loss patterns the last {@value #PATTERN_COUNT_MAX} or fewer are remembered.
 *
 * <p>Buffers are direct or on the heap, in any mix and byte order. What counts is from position to
 * limit; both stay as they are. All buffers of a call have the same number of bytes, a multiple of
 * {@link #GRAIN_BYTES}, and buffers that are written overlap no other: the caller's promise, since
 * Java can't tell for direct ones. A call that breaks a rule that can be checked throws {@link
 * IllegalArgumentException} before it changes a byte.
 */
public final class ErasureCode {
  /** Lengths are multiples of this: a cache line, and the widest vector of today's processors. */
  public static final int GRAIN_BYTES = 64;

  /** A power of two; a rebuild meets one or two patterns at a time, 8+8 has 39,202 in all. */
  static final int PATTERN_COUNT_MAX = 64;

  private final ErasureScheme scheme;
  private final GaloisKernel kernel;
  private final GaloisMatrix generator;
  private final GaloisProduct encoding;

  /** By parity, then data fragment; made when first needed. */
  private final GaloisProduct[][] exchanges;

  private final int[] patterns = new int[PATTERN_COUNT_MAX];
  private final GaloisProduct[] decodings = new GaloisProduct[PATTERN_COUNT_MAX];

  /** What the kernel gets; empty between calls, so that no buffer is kept alive. */
  private final ByteBuffer[] sources = new ByteBuffer[ErasureScheme.COUNT_MAX];

  private final ByteBuffer[] targets = new ByteBuffer[ErasureScheme.COUNT_MAX];

  /** Prepares encoding. {@link ErasureCodes} keeps one for each scheme. */
  public ErasureCode(ErasureScheme scheme, GaloisKernel kernel) {
    this.scheme = scheme;
    this.kernel = kernel;
    generator = ParityMatrix.generator(scheme);
    encoding = kernel.prepare(ParityMatrix.of(scheme));
    exchanges = new GaloisProduct[scheme.parityCount()][scheme.dataCount()];
  }

  public ErasureScheme scheme() {
    return scheme;
  }

  /**
   * Makes all parities of a stripe, or of the same part of all its fragments.
   *
   * @param data X fragments
   * @param parities Y buffers that are overwritten
   */
  public void encode(ByteBuffer[] data, ByteBuffer[] parities) {
    if (data.length != scheme.dataCount() || parities.length != scheme.parityCount()) {
      throw new IllegalArgumentException(
          data.length + " data and " + parities.length + " parity buffers for " + scheme);
    }
    int length = length(data[0]);
    for (int i = 0; i < data.length; i++) {
      checkSource(data[i], length, i);
    }
    for (int i = 0; i < parities.length; i++) {
      checkTarget(parities[i], length, scheme.dataCount() + i);
      checkApart(parities[i], data, parities, i);
    }
    encoding.multiply(data, parities);
  }

  /**
   * Changes a parity for a data fragment's change: {@code parity += coefficient * (before +
   * after)}. Not idempotent: twice is as if never.
   *
   * @param before the fragment's former content
   * @param after its new content
   * @param parity the former parity's content, that becomes the new one
   */
  public void update(
      int dataIndex, int parityIndex, ByteBuffer before, ByteBuffer after, ByteBuffer parity) {
    checkIndexes(dataIndex, parityIndex);
    int length = length(before);
    checkSource(after, length, dataIndex);
    checkTarget(parity, length, scheme.dataCount() + parityIndex);
    GaloisProduct product = exchanges[parityIndex][dataIndex];
    if (product == null) {
      int coefficient = coefficient(dataIndex, parityIndex);
      product = kernel.prepare(GaloisMatrix.of(new int[] {coefficient, coefficient}));
      exchanges[parityIndex][dataIndex] = product;
    }
    add(product, before, after, parity);
  }

  /**
   * Brings fragments back, data or parities, from X others. Of the present ones those with the
   * lowest numbers are read. Whether they are of one age is the caller's care.
   *
   * @param fragments X + Y, data before parities; those neither present nor wanted may be null
   * @param presentMask bit i: fragment i is there; at least X bits
   * @param wantedMask bit i: fragment i is overwritten by its content; 1 to Y bits, none present
   */
  public void reconstruct(ByteBuffer[] fragments, int presentMask, int wantedMask) {
    checkMasks(fragments, presentMask, wantedMask);
    int chosen = lowestBits(presentMask, scheme.dataCount());
    int length = length(fragments[Integer.numberOfTrailingZeros(chosen)]);
    try {
      int sourceCount = 0;
      int targetCount = 0;
      for (int i = 0; i < fragments.length; i++) {
        if ((chosen & (1 << i)) != 0) {
          checkSource(fragments[i], length, i);
          sources[sourceCount++] = fragments[i];
        } else if ((wantedMask & (1 << i)) != 0) {
          checkTarget(fragments[i], length, i);
          targets[targetCount++] = fragments[i];
        }
      }
      for (int i = 0; i < targetCount; i++) {
        checkApart(targets[i], sources, targets, i);
      }
      decoding(chosen, wantedMask).multiply(sources, targets);
    } finally {
      Arrays.fill(sources, null);
      Arrays.fill(targets, null);
    }
  }

  /** What a parity adds for each byte of a data fragment. */
  private int coefficient(int dataIndex, int parityIndex) {
    return generator.at(scheme.dataCount() + parityIndex, dataIndex);
  }

  @SuppressWarnings("ReferenceEquality") // the same memory is meant, not the same content
  private void add(GaloisProduct product, ByteBuffer first, ByteBuffer second, ByteBuffer parity) {
    if (parity == first || parity == second) {
      throw new IllegalArgumentException("the parity's buffer is a source too");
    }
    sources[0] = first;
    sources[1] = second;
    targets[0] = parity;
    try {
      product.multiplyAndAdd(sources, targets);
    } finally {
      sources[0] = null;
      sources[1] = null;
      targets[0] = null;
    }
  }

  /** A pattern has one place; another one with the same place takes it over. */
  private GaloisProduct decoding(int chosen, int wanted) {
    int pattern = (chosen << 16) | wanted;
    int place = (pattern * 0x9E3779B1) >>> 26;
    if (patterns[place] != pattern) {
      GaloisMatrix inverse = generator.rowsOf(chosen).inverse();
      decodings[place] = kernel.prepare(generator.rowsOf(wanted).times(inverse));
      patterns[place] = pattern;
    }
    return decodings[place];
  }

  private static int lowestBits(int mask, int count) {
    int lowest = 0;
    int rest = mask;
    for (int i = 0; i < count; i++) {
      lowest |= rest & -rest;
      rest &= rest - 1;
    }
    return lowest;
  }

  private void checkMasks(ByteBuffer[] fragments, int present, int wanted) {
    int all = (1 << scheme.fragmentCount()) - 1;
    if (fragments.length != scheme.fragmentCount()
        || ((present | wanted) & ~all) != 0
        || (present & wanted) != 0
        || wanted == 0
        || Integer.bitCount(present) < scheme.dataCount()) {
      throw new IllegalArgumentException(
          String.format(
              "%s: %d buffers, present %s, wanted %s",
              scheme,
              fragments.length,
              Integer.toBinaryString(present),
              Integer.toBinaryString(wanted)));
    }
  }

  private void checkIndexes(int dataIndex, int parityIndex) {
    if (dataIndex < 0
        || dataIndex >= scheme.dataCount()
        || parityIndex < 0
        || parityIndex >= scheme.parityCount()) {
      throw new IllegalArgumentException(
          scheme + " has no data fragment " + dataIndex + " or no parity " + parityIndex);
    }
  }

  private static int length(ByteBuffer buffer) {
    if (buffer == null) {
      throw new IllegalArgumentException("a buffer is missing");
    }
    int length = buffer.remaining();
    if (length == 0 || length % GRAIN_BYTES != 0) {
      throw new IllegalArgumentException(
          length + " bytes are not a multiple of " + GRAIN_BYTES + " above 0");
    }
    return length;
  }

  private static void checkSource(ByteBuffer buffer, int length, int index) {
    if (buffer == null || buffer.remaining() != length) {
      throw new IllegalArgumentException(
          "fragment "
              + index
              + (buffer == null ? " is missing" : " has " + buffer.remaining() + " bytes")
              + " where others have "
              + length);
    }
  }

  private static void checkTarget(ByteBuffer buffer, int length, int index) {
    checkSource(buffer, length, index);
    if (buffer.isReadOnly()) {
      throw new IllegalArgumentException("fragment " + index + " can't be written");
    }
  }

  /** The same buffer twice is found; others that share memory are not. */
  @SuppressWarnings("ReferenceEquality")
  private static void checkApart(
      ByteBuffer target, ByteBuffer[] sources, ByteBuffer[] targets, int index) {
    boolean apart = true;
    for (ByteBuffer source : sources) {
      apart &= source != target;
    }
    for (int i = 0; i < index; i++) {
      apart &= targets[i] != target;
    }
    if (!apart) {
      throw new IllegalArgumentException("a buffer that is written was given twice");
    }
  }
}
