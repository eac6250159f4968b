package io.aerie.engine.store;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.zip.CRC32C;

/**
 * What a disk found when it read a whole block and verified it, without the data.
 *
 * @param version what the block is, as of the reading
 * @param checksums CRC32C of each page of the present units, in order, 4 bytes each; of damaged
 *     pages they mean nothing
 * @param damaged numbers of the pages whose content is not what the disk's own checksums say
 * @param content the pages of the last unit, when they were asked for, are present and none of them
 *     is damaged; else empty
 */
public record BlockReport(
    BlockVersion version, ByteBuffer checksums, BitSet damaged, ByteBuffer content) {
  private static final int LAST_UNIT = Geometry.UNITS_PER_BLOCK - 1;

  /** CRC32C of a page of zeroes: what is not present reads so. */
  public static final int OF_ZEROES = crc(ByteBuffer.allocate(Geometry.PAGE_BYTES), 0);

  /**
   * Makes one of what was read.
   *
   * @param withLastUnit whether the content of the last unit is wanted
   */
  public static BlockReport of(BlockImage image, BitSet damaged, boolean withLastUnit) {
    ByteBuffer data = image.data();
    ByteBuffer checksums = ByteBuffer.allocate(data.remaining() / Geometry.PAGE_BYTES * 4);
    for (int at = data.position(); at < data.limit(); at += Geometry.PAGE_BYTES) {
      checksums.putInt(crc(data, at));
    }
    boolean whole =
        withLastUnit
            && image.version().units().get(LAST_UNIT) == UnitState.PRESENT
            && damaged.nextSetBit(LAST_UNIT * Geometry.PAGES_PER_UNIT) < 0;
    ByteBuffer content =
        whole
            ? data.slice(data.limit() - Geometry.UNIT_BYTES, Geometry.UNIT_BYTES)
            : ByteBuffer.allocate(0);
    return new BlockReport(image.version(), checksums.flip(), damaged, content);
  }

  private static int crc(ByteBuffer data, int at) {
    CRC32C crc = new CRC32C();
    crc.update(data.slice(at, Geometry.PAGE_BYTES));
    return (int) crc.getValue();
  }

  /** Checksums of all pages, those of pages without data included. */
  public int[] allChecksums() {
    int[] of = new int[Geometry.PAGES_PER_BLOCK];
    int next = checksums.position();
    for (int page = 0; page < of.length; page++) {
      boolean present = version.units().get(page / Geometry.PAGES_PER_UNIT) == UnitState.PRESENT;
      of[page] = present ? checksums.getInt(next) : OF_ZEROES;
      next += present ? Integer.BYTES : 0;
    }
    return of;
  }
}
