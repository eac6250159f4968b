package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/** The data of a request that compares and writes, and of its answer. */
final class Comparison {
  private Comparison() {}

  /** What is expected, and behind it what is to be written. INVALID_VALUE when it is too much. */
  static ByteBuffer request(long offset, ByteBuffer expected, ByteBuffer data) {
    int length = data.remaining();
    if (expected.remaining() != length
        || offset % Geometry.PAGE_BYTES + length > Geometry.PAGE_BYTES) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "Bytes " + offset + " to " + (offset + length) + " can't be compared and written",
          "They must be within one page of 4096 bytes, and both data be as long as they.",
          "");
    }
    ByteBuffer both = ByteBuffer.allocate(2 * length);
    return both.put(expected.duplicate()).put(data.duplicate()).flip();
  }

  /** Where the first difference is; -1 when there was none. */
  static Integer difference(ByteBuffer answer) {
    return answer.remaining() < Integer.BYTES ? -1 : answer.getInt(answer.position());
  }
}
