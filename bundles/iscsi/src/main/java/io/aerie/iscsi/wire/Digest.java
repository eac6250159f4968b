package io.aerie.iscsi.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The digest of RFC 7143, section 13.1: CRC32C, least significant byte first. */
public final class Digest {
  public static final int BYTES = 4;

  private final CRC32C crc = new CRC32C();

  /** Forgets what was added. */
  public Digest reset() {
    crc.reset();
    return this;
  }

  /** Adds bytes. */
  public Digest add(byte[] bytes, int length) {
    crc.update(bytes, 0, length);
    return this;
  }

  /** Adds a part of a buffer, whose indexes stay. */
  public Digest add(ByteBuf bytes, int index, int length) {
    if (length > 0) {
      for (ByteBuffer part : bytes.nioBuffers(index, length)) {
        crc.update(part);
      }
    }
    return this;
  }

  /** To be written least significant byte first. */
  public int value() {
    return (int) crc.getValue();
  }
}
