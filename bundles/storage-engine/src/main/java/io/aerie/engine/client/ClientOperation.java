package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One call of a client, cut into parts as they are sent. */
final class ClientOperation {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);
  private static final int LENGTH_MAX = 32 << 20;
  private static final int EXTENTS_LENGTH_MAX = 1 << 30;

  private Redundancy redundancy;
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

  /** Bytes that one operation may be about. */
  static long lengthMax(Operation kind) {
    return switch (kind) {
      case ZERO -> Long.MAX_VALUE;
      case EXTENTS -> EXTENTS_LENGTH_MAX;
      default -> LENGTH_MAX;
    };
  }

  /** What a client is told of an owner's answer that is none to try again after. */
  static ErrorCode code(Status status) {
    return switch (status) {
      case INVALID -> ErrorCode.INVALID_VALUE;
      case NO_SPACE -> ErrorCode.NO_SPACE;
      case CORRUPT -> ErrorCode.CORRUPT;
      case CONFLICT -> ErrorCode.RESERVED;
      default -> ErrorCode.IO_ERROR;
    };
  }

  static AerieException outside(long offset, long length, long sizeBytes) {
    return new AerieException(
        ErrorCode.INVALID_VALUE,
        "Bytes " + offset + " to " + (offset + length) + " are not in the volume",
        "It has " + sizeBytes + " bytes.",
        "");
  }

  static AerieException late() {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "The volume did not answer in time",
        "Too few of its copies can be reached.",
        "");
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
    ClientPart part = part(cut, length, number);
    cut += part.length;
    open++;
    return part;
  }

  /** The volume's places are others from now on. */
  void follow(Redundancy now) {
    redundancy = now;
  }

  /** The same bytes as a part that was cut before, within places as they are now. */
  List<ClientPart> cutAgain(ClientPart part, LongSupplier numbers) {
    List<ClientPart> pieces = new ArrayList<>();
    long from = part.offset - offset;
    long end = from + part.length;
    open--;
    while (from < end) {
      ClientPart piece = part(from, end, numbers.getAsLong());
      pieces.add(piece);
      from += piece.length;
      open++;
    }
    return pieces;
  }

  /** The first part of a range of the operation's bytes. */
  private ClientPart part(long from, long end, long number) {
    long at = offset + from;
    long span = redundancy.spanBytes();
    long left = Math.min(end - from, span - at % span);
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
      of = kind == Operation.ZERO ? ByteBuffer.allocate(size) : copy(data, (int) from, size);
    }
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
