package io.aerie.engine.disk;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli, RFC 3720 section B.4), as all checksums on disk are. */
final class Crc {
  private Crc() {}

  /** Of {@code length} bytes from an absolute index; the buffer's position stays. */
  static int of(ByteBuffer buffer, int index, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(index, length));
    return (int) crc.getValue();
  }

  /** As above, seeded with a number that is not stored beside the bytes, such as their place. */
  static int of(long seed, ByteBuffer buffer, int index, int length) {
    CRC32C crc = new CRC32C();
    for (int shift = 56; shift >= 0; shift -= 8) {
      crc.update((int) (seed >>> shift) & 0xff);
    }
    crc.update(buffer.slice(index, length));
    return (int) crc.getValue();
  }
}
