package io.aerie.engine.client;

import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/** One call of a client, cut into parts as they are sent. */
final class ClientOperation {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final Redundancy redundancy;
  private final Operation kind;
  private final long offset;
  private final long length;
  private final ByteBuffer data;
  private final Completion<ByteBuffer> done;
  long deadlineNanos;
  private ByteBuffer result = NO_DATA;
  private long cut;
  private int open;
  private boolean over;

  ClientOperation(
      Redundancy redundancy,
      Operation kind,
      long offset,
      long length,
      ByteBuffer data,
      long deadlineNanos,
      Completion<ByteBuffer> done) {
    this.redundancy = redundancy;
    this.kind = kind;
    this.offset = offset;
    this.length = length;
    this.data = data;
    this.deadlineNanos = deadlineNanos;
    this.done = done;
  }

  boolean over() {
    return over;
  }

  boolean cutWhole() {
    return cut == length;
  }

  /**
   * The next part: up to the end of its block or stripe, at most a message's payload. Of zeroes,
   * and of what has no data to send, the whole block or stripe, or what is left of a block.
   */
  ClientPart next(long number) {
    long at = offset + cut;
    long span = redundancy.spanBytes();
    long left = Math.min(length - cut, span - at % span);
    Operation as = kind;
    if (kind == Operation.ZERO) {
      int intoPage = (int) (at % Geometry.PAGE_BYTES);
      if (intoPage != 0 || left < Geometry.PAGE_BYTES) {
        // A piece of a page can only be written: the page's other bytes stay.
        as = Operation.WRITE;
        left = Math.min(left, Geometry.PAGE_BYTES - intoPage);
      } else {
        left -= left % Geometry.PAGE_BYTES;
        left = redundancy.striped() && left < span ? wholeRows(at, left) : wholeUnits(at, left);
      }
    } else if (kind != Operation.EXTENTS) {
      left = redundancy.striped() ? wholeRows(at, left) : payload(left);
    }
    int size = (int) left;
    ByteBuffer of = NO_DATA;
    if (as == Operation.COMPARE_AND_WRITE) {
      of = copy(data, 0, data.remaining());
    } else if (as == Operation.WRITE) {
      of = kind == Operation.ZERO ? ByteBuffer.allocate(size) : copy(data, (int) cut, size);
    }
    cut += size;
    open++;
    return new ClientPart(this, number, as, at, size, of);
  }

  /**
   * Whole units of a block, or what is within one: a unit that is zeroed in part may have to be
   * copied from a layer below. A whole stripe is left as it is.
   */
  private long wholeUnits(long at, long left) {
    long within = at % Geometry.UNIT_BYTES;
    if (redundancy.striped()) {
      return left;
    }
    if (within != 0) {
      return Math.min(left, Geometry.UNIT_BYTES - within);
    }
    return left < Geometry.UNIT_BYTES ? left : left - left % Geometry.UNIT_BYTES;
  }

  private static long payload(long left) {
    return Math.min(left, Message.PAYLOAD_BYTES_MAX);
  }

  /** At most a payload, and to the end of whole rows where that is possible: they read nothing. */
  private long wholeRows(long at, long left) {
    if (left <= Message.PAYLOAD_BYTES_MAX) {
      return left;
    }
    long unitRow = (long) redundancy.dataCount() * Geometry.UNIT_BYTES;
    long within = at % redundancy.spanBytes();
    long end = within + Message.PAYLOAD_BYTES_MAX;
    // Four rows of units are the rows of one page of row checksums.
    for (long grain = 4 * unitRow; grain >= unitRow; grain -= 3 * unitRow) {
      if (end - end % grain > within) {
        return end - end % grain - within;
      }
    }
    return Message.PAYLOAD_BYTES_MAX;
  }

  /**
   * The data is the caller's again when the operation ends, but members keep what is in doubt, and
   * what has not reached its slot, for longer: the engine goes on with its own copy.
   */
  private static ByteBuffer copy(ByteBuffer data, int from, int size) {
    return ByteBuffer.allocate(size).put(0, data, data.position() + from, size);
  }

  void answered(ClientPart part, ByteBuffer of) {
    open--;
    if (kind == Operation.COMPARE_AND_WRITE) {
      result = of;
    } else if (kind == Operation.EXTENTS) {
      if (!result.hasRemaining()) {
        result = ByteBuffer.allocate(unit(offset + length - 1) - unit(offset) + 1);
      }
      result.put(unit(part.offset) - unit(offset), of, of.position(), of.remaining());
    } else if (kind == Operation.READ) {
      if (part.length == length) {
        result = of;
      } else {
        if (!result.hasRemaining()) {
          result = ByteBuffer.allocate((int) length);
        }
        result.put((int) (part.offset - offset), of, of.position(), of.remaining());
      }
    }
    if (open == 0 && cutWhole()) {
      end(result, null);
    }
  }

  private static int unit(long at) {
    return (int) (at / Geometry.UNIT_BYTES);
  }

  void fail(Throwable failure) {
    end(null, failure);
  }

  private void end(ByteBuffer value, Throwable failure) {
    if (!over) {
      over = true;
      done.accept(value, failure);
    }
  }
}
