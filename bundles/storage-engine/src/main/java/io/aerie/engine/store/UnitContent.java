package io.aerie.engine.store;

/**
 * What a unit of a volume, or of a snapshot, reads as, told without its data. The numbers are on
 * the wire.
 */
public enum UnitContent {
  /** Reads as zeroes, and takes no space. */
  ZERO,
  /** May have data. */
  DATA,
  /** Is what it is in the snapshot that it is compared with. */
  SAME;

  private static final UnitContent[] ALL = values();

  /** As a byte of an answer. */
  @SuppressWarnings("EnumOrdinal") // the order is part of the format
  public byte number() {
    return (byte) ordinal();
  }

  /** The one with a number; what is not known counts as data, which is never wrong. */
  public static UnitContent of(byte number) {
    return number >= 0 && number < ALL.length ? ALL[number] : DATA;
  }
}
