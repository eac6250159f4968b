package io.aerie.iscsi.scsi;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * Commands that read and write blocks, SBC-3, chapter 5. Every answered write is durable, so FUA
 * changes nothing and nothing is ever left to be synchronised.
 */
final class BlockCommands {
  /** Long ranges are read and written in pieces of this size, bytes. */
  private static final int PIECE_BYTES = 1 << 20;

  private static final int BYTE_CHECK_MASK = 0x06;

  private final BlockVolume volume;
  private final int blockBytes;

  /**
   * @param blockBytes length of a logical block
   */
  BlockCommands(BlockVolume volume, int blockBytes) {
    this.volume = volume;
    this.blockBytes = blockBytes;
  }

  /**
   * A range of a command.
   *
   * @param offset in bytes
   * @param length in bytes
   */
  record Range(long offset, long length) {}

  /** The range, when it lies in the volume. */
  Range range(long first, long count, long sizeBytes) {
    long blocks = sizeBytes / blockBytes;
    if (first > blocks || count > blocks - first || (count == 0 && first >= blocks)) {
      throw new CheckCondition(Sense.OUT_OF_RANGE);
    }
    return new Range(first * blockBytes, count * blockBytes);
  }

  private static int transfer(Range range) {
    if (range.length() > Unit.TRANSFER_BYTES_MAX) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    return (int) range.length();
  }

  Work read(Cdb cdb, Range range) {
    checkUnprotected(cdb);
    int length = transfer(range);
    if (length == 0) {
      return noBlock(Access.READS);
    }
    return new Work(
        0,
        length,
        data ->
            volume
                .read(range.offset(), length)
                .handle((read, failure) -> Failures.outcome(read, failure, /* write= */ false)));
  }

  Work write(Cdb cdb, Range range) {
    checkUnprotected(cdb);
    int length = transfer(range);
    return length == 0
        ? noBlock(Access.WRITES)
        : new Work(length, 0, data -> done(write(range.offset(), wholeBlocks(data))));
  }

  /** What is durable on all copies needs no second look, but the comparison that is asked for. */
  Work writeAndVerify(Cdb cdb, Range range) {
    checkProtection(cdb);
    int check = cdb.u8(1) & BYTE_CHECK_MASK;
    if (check > 2) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    int length = transfer(range);
    if (length == 0) {
      return noBlock(Access.WRITES);
    }
    return new Work(
        length,
        0,
        data -> {
          ByteBuffer blocks = wholeBlocks(data);
          return write(range.offset(), blocks)
              .thenCompose(written -> compare(range.offset(), blocks, blocks.remaining()))
              .handle(BlockCommands::compared);
        });
  }

  Work verify(Cdb cdb, Range range) {
    checkProtection(cdb);
    int check = (cdb.u8(1) & BYTE_CHECK_MASK) >> 1;
    if (range.length() == 0) {
      return noBlock(Access.READS);
    }
    return switch (check) {
      case 0 ->
          new Work(
              0,
              0,
              data ->
                  pieces(range, offset -> volume.read(offset, pieceBytes(range, offset)))
                      .handle((read, failure) -> Failures.outcome(null, failure, false)));
      case 1 ->
          new Work(
              transfer(range),
              0,
              data -> {
                ByteBuffer blocks = wholeBlocks(data);
                return compare(range.offset(), blocks, blocks.remaining())
                    .handle(BlockCommands::compared);
              });
      case 3 ->
          new Work(
              blockBytes,
              0,
              data ->
                  compare(range.offset(), block(data), range.length())
                      .handle(BlockCommands::compared));
      default -> throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    };
  }

  /** Atomic in all the cluster: storage does it where the volume's owner is. */
  Work compareAndWrite(Cdb cdb, Range range) {
    checkProtection(cdb);
    int length = (int) range.length();
    if (length > Inquiry.COMPARE_AND_WRITE_BLOCKS_MAX * blockBytes) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    return new Work(
        2 * length,
        0,
        /* exact= */ true,
        data -> {
          if (length == 0) {
            return done(write(range.offset(), ByteBuffer.allocate(0)));
          }
          if (data.remaining() < 2 * length) {
            throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
          }
          ByteBuffer expected = data.slice(data.position(), length);
          ByteBuffer replacing = data.slice(data.position() + length, length);
          return volume
              .compareAndWrite(range.offset(), expected, replacing)
              .handle(
                  (different, failure) ->
                      failure == null
                          ? compared(different.longValue(), null)
                          : Failures.outcome(null, failure, /* write= */ true));
        });
  }

  /** Complete with the offset of the first difference, negative when there is none. */
  private CompletableFuture<Long> compare(long start, ByteBuffer expected, long length) {
    long[] different = {-1};
    Range range = new Range(start, length);
    return pieces(
            range,
            offset ->
                volume
                    .read(offset, pieceBytes(range, offset))
                    .thenAccept(
                        data -> {
                          long at = offset - start;
                          int same = mismatch(data, expected, at);
                          if (same >= 0 && different[0] < 0) {
                            different[0] = at + same;
                          }
                        }))
        .thenApply(done -> different[0]);
  }

  /** The first difference; a short expectation repeats. */
  private static int mismatch(ByteBuffer data, ByteBuffer expected, long at) {
    for (int i = 0; i < data.remaining(); ) {
      int from = (int) ((at + i) % expected.remaining());
      int part = Math.min(data.remaining() - i, expected.remaining() - from);
      int same =
          data.slice(data.position() + i, part)
              .mismatch(expected.slice(expected.position() + from, part));
      if (same >= 0) {
        return i + same;
      }
      i += part;
    }
    return -1;
  }

  private static Outcome compared(Long different, Throwable failure) {
    if (failure != null) {
      return Failures.outcome(null, failure, /* write= */ false);
    }
    return different < 0 ? Outcome.DONE : Outcome.check(Sense.MISCOMPARE.at(different));
  }

  Work writeSame(Cdb cdb, Range range) {
    checkProtection(cdb);
    boolean sixteen = cdb.operation() == Operation.WRITE_SAME_16;
    boolean unmap = cdb.has(1, 0x08);
    boolean noData = sixteen && cdb.has(1, 0x01);
    boolean anchor = cdb.has(1, 0x10);
    long count = range.length() / blockBytes;
    if (anchor
        || (noData && !unmap)
        || count == 0
        || count > Inquiry.clearedBlocksMax(blockBytes)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    if (noData) {
      return new Work(0, 0, data -> done(volume.zero(range.offset(), range.length())));
    }
    return new Work(
        blockBytes,
        0,
        /* exact= */ true,
        data -> {
          ByteBuffer block = block(data);
          boolean zero = isZero(block);
          return done(zero ? volume.zero(range.offset(), range.length()) : fill(range, block));
        });
  }

  private CompletableFuture<Void> fill(Range range, ByteBuffer block) {
    int length = (int) Math.min(PIECE_BYTES, range.length());
    ByteBuffer pattern = ByteBuffer.allocate(length);
    while (pattern.hasRemaining()) {
      pattern.put(block.duplicate());
    }
    pattern.flip();
    return pieces(
        range, offset -> volume.write(offset, pattern.slice(0, pieceBytes(range, offset))));
  }

  private static boolean isZero(ByteBuffer block) {
    return block.mismatch(ByteBuffer.allocate(block.remaining())) < 0;
  }

  Work unmap(Cdb cdb, long sizeBytes) {
    if (cdb.has(1, 0x01)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    int length = cdb.u16(7);
    if (length == 0) {
      return noBlock(Access.WRITES);
    }
    if (length < 8) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    return new Work(length, 0, data -> done(unmap(data.duplicate(), sizeBytes)));
  }

  /** All ranges are looked at before the first is touched. */
  private CompletableFuture<Void> unmap(ByteBuffer data, long sizeBytes) {
    if (data.remaining() < 8) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    int start = data.position();
    int described = data.getShort(start + 2) & 0xffff;
    int count = Math.min(described, data.remaining() - 8) / 16;
    if (count > Inquiry.UNMAP_DESCRIPTORS_MAX) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long first = data.getLong(start + 8 + 16 * i);
      long blocks = data.getInt(start + 16 + 16 * i) & 0xffff_ffffL;
      if (blocks > Inquiry.clearedBlocksMax(blockBytes)) {
        throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
      }
      add(
          ranges,
          blocks == 0 && first == sizeBytes / blockBytes
              ? new Range(sizeBytes, 0)
              : range(first < 0 ? Long.MAX_VALUE : first, blocks, sizeBytes));
    }
    CompletableFuture<Void> all = write(0, ByteBuffer.allocate(0));
    for (Range range : ranges) {
      if (range.length() > 0) {
        all = all.thenCompose(before -> volume.zero(range.offset(), range.length()));
      }
    }
    return all;
  }

  /** What goes on where the last range ends is one with it: whole units give space back. */
  private static void add(List<Range> ranges, Range next) {
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).offset() + ranges.get(last).length() == next.offset()) {
      Range former = ranges.get(last);
      ranges.set(last, new Range(former.offset(), former.length() + next.length()));
    } else {
      ranges.add(next);
    }
  }

  /** What asks for no block is not asked of storage; who is excluded is told so as well. */
  private Work noBlock(Access access) {
    return Work.answer(volume.excluded(access) ? Outcome.CONFLICT : Outcome.DONE);
  }

  /** Without a whole block nothing is written; who is excluded from writing is told so as well. */
  private CompletableFuture<Void> write(long offset, ByteBuffer data) {
    if (data.hasRemaining()) {
      return volume.write(offset, data);
    }
    return volume.excluded(Access.WRITES)
        ? CompletableFuture.failedFuture(
            new AerieException(ErrorCode.RESERVED, "The volume is reserved for others"))
        : CompletableFuture.completedFuture(null);
  }

  /** One piece after the other: a long command takes the memory and the disks of a short one. */
  private static CompletableFuture<Void> pieces(
      Range range, LongFunction<CompletableFuture<?>> action) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    next(range, range.offset(), action, result);
    return result;
  }

  private static void next(
      Range range,
      long offset,
      LongFunction<CompletableFuture<?>> action,
      CompletableFuture<Void> result) {
    long at = offset;
    while (at < range.offset() + range.length()) {
      CompletableFuture<?> piece = action.apply(at);
      long following = at + PIECE_BYTES;
      if (!piece.isDone() || piece.isCompletedExceptionally()) {
        CompletableFuture<?> unused =
            piece.whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    next(range, following, action, result);
                  } else {
                    result.completeExceptionally(failure);
                  }
                });
        return;
      }
      at = following;
    }
    result.complete(null);
  }

  private static int pieceBytes(Range range, long offset) {
    return (int) Math.min(PIECE_BYTES, range.offset() + range.length() - offset);
  }

  private static CompletableFuture<Outcome> done(CompletableFuture<Void> written) {
    return written.handle((ignored, failure) -> Failures.outcome(null, failure, /* write= */ true));
  }

  private ByteBuffer wholeBlocks(ByteBuffer data) {
    return data.slice(data.position(), data.remaining() / blockBytes * blockBytes);
  }

  private ByteBuffer block(ByteBuffer data) {
    if (data.remaining() < blockBytes) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    return data.slice(data.position(), blockBytes);
  }

  /** Protection information is not kept; the six-byte commands can't even ask for it. */
  private static void checkUnprotected(Cdb cdb) {
    if (cdb.operation().cdbBytes() > 6) {
      checkProtection(cdb);
    }
  }

  private static void checkProtection(Cdb cdb) {
    if (cdb.has(1, 0xe0)) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
  }
}
