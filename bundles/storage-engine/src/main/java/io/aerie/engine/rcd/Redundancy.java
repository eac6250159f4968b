package io.aerie.engine.rcd;

import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.store.Geometry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How a block outlives its disks: any {@code dataCount} of a group's members give back all. RF(n)
 * is 1 and n - 1: each copy is all. EC X+Y is X and Y.
 *
 * @param dataCount members whose blocks are the data; 1 for copies
 * @param parityCount further members: how many may be lost
 */
public record Redundancy(int dataCount, int parityCount) implements Comparable<Redundancy> {
  /**
   * Units of a stripe's block that the volume's data takes; the last one of parities has the row
   * checksums (docs/erasure-code.md).
   */
  public static final int STRIPE_UNITS = Geometry.UNITS_PER_BLOCK - 1;

  /** RF(n): whole copies. */
  public static Redundancy copies(int count) {
    return new Redundancy(1, count - 1);
  }

  /** EC X+Y. */
  public static Redundancy erasure(int dataCount, int parityCount) {
    return new Redundancy(dataCount, parityCount);
  }

  /** Whether members have fragments, not copies. */
  public boolean striped() {
    return dataCount > 1;
  }

  /** Whether this release makes volumes of it: rf2, rf3 and all erasure codes. */
  public boolean offered() {
    return striped()
        ? dataCount <= ErasureScheme.COUNT_MAX && parityCount >= 1 && parityCount <= dataCount
        : dataCount == 1 && (parityCount == 1 || parityCount == 2);
  }

  /** Of a striped one. */
  public ErasureScheme scheme() {
    return new ErasureScheme(dataCount, parityCount);
  }

  /** Disks of a group. */
  public int memberCount() {
    return dataCount + parityCount;
  }

  /** In-sync members that are needed to acknowledge: rf2 1, rf3 2, EC X + 1, or X when Y is 1. */
  public int minimum() {
    return parityCount == 1 ? dataCount : dataCount + 1;
  }

  /** Bytes of a volume that lie in one block of each member: a block, or a stripe. */
  public long spanBytes() {
    return striped() ? (long) dataCount * STRIPE_UNITS * Geometry.UNIT_BYTES : Geometry.BLOCK_BYTES;
  }

  /** The same in pages. */
  public int spanPages() {
    return (int) (spanBytes() / Geometry.PAGE_BYTES);
  }

  /** How many blocks a volume takes of each member that it falls to, all groups together. */
  public long blocks(long sizeBytes) {
    return sizeBytes / spanBytes() + (sizeBytes % spanBytes() == 0 ? 0 : 1);
  }

  @Override
  public int compareTo(Redundancy other) {
    int byData = Integer.compare(dataCount, other.dataCount);
    return byData != 0 ? byData : Integer.compare(parityCount, other.parityCount);
  }

  /** As users write it: rf3, ec4+2. */
  @Override
  public String toString() {
    return striped() ? "ec" + dataCount + "+" + parityCount : "rf" + memberCount();
  }

  /** Two bytes: data, parity. */
  void write(DataOutput out) throws IOException {
    out.writeByte(dataCount);
    out.writeByte(parityCount);
  }

  static Redundancy read(DataInput in) throws IOException {
    return new Redundancy(in.readByte(), in.readByte());
  }
}
