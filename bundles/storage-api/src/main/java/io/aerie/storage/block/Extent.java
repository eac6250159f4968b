package io.aerie.storage.block;

/**
 * A range of a volume, or of a snapshot.
 *
 * @param offset in bytes
 * @param length in bytes, above 0
 * @param zero whether all of it reads as zeroes and takes no space; else it may have data
 */
public record Extent(long offset, long length, boolean zero) {
  /** The first byte behind it. */
  public long end() {
    return offset + length;
  }
}
