package io.aerie.iscsi.target;

/**
 * A logical unit of a target.
 *
 * @param volume by its name
 * @param readOnly whether initiators of this target may only read it
 * @param blockBytes length of a logical block, 512 or 4096
 */
public record UnitDefinition(String volume, boolean readOnly, int blockBytes) {
  /** What every initiator understands, and what a unit has when nothing is said. */
  public static final int DEFAULT_BLOCK_BYTES = 512;

  /** The length of storage's pages. */
  public static final int LARGE_BLOCK_BYTES = 4096;

  /** IllegalArgumentException when there are no blocks of that length. */
  public UnitDefinition {
    if (blockBytes != DEFAULT_BLOCK_BYTES && blockBytes != LARGE_BLOCK_BYTES) {
      throw new IllegalArgumentException("blocks have 512 or 4096 bytes, not " + blockBytes);
    }
  }

  /** A volume to read and write, in blocks of 512 bytes. */
  public static UnitDefinition of(String volume) {
    return new UnitDefinition(volume, /* readOnly= */ false, DEFAULT_BLOCK_BYTES);
  }

  /** The same as initiators address it, which is all but whether they may write. */
  public UnitDefinition writable() {
    return new UnitDefinition(volume, /* readOnly= */ false, blockBytes);
  }
}
