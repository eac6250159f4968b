package io.aerie.engine.disk;

/**
 * A slot of a block: 64 places, one for each unit. Settled data that lies in it, and what entries
 * in doubt brought there. A block has one, and a second one while data that was written anew lies
 * beside what it replaces (see {@link Block}).
 */
final class BlockSlot {
  /** {@link Block#NONE} while none is taken. */
  int number = Block.NONE;

  /** It was never written for this block: its checksum page is another's. */
  boolean fresh;

  /** Places where entries in doubt have data already. */
  long directUnits;

  /** See {@link Quarantine}: since the last checkpoint began, and before. */
  long leftUnits;

  long leftUnitsBefore;

  boolean taken() {
    return number != Block.NONE;
  }

  /** Places that entries in doubt, or a crash, could still need. */
  long heldBack() {
    return directUnits | leftUnits | leftUnitsBefore;
  }
}
