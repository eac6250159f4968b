package io.aerie.iscsi.scsi;

import io.aerie.base.Causes;
import io.aerie.iscsi.scsi.BlockCommands.Range;
import io.aerie.iscsi.scsi.CopyParameters.CopyUnit;
import io.aerie.iscsi.scsi.CopyParameters.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * EXTENDED COPY(LID1), SPC-4, section 6.4: copies blocks between units of one target, each as the
 * same initiator has it, so that its reservations are looked at as with any read and write.
 * Everything is looked at before the first block is written.
 */
final class ExtendedCopy {
  private final LongFunction<CompletableFuture<LogicalUnit>> find;
  private final CopyResults results;

  /**
   * @param find the unit of an NAA identifier as the same initiator has it; complete with null when
   *     the target has none. On the session's loop
   */
  ExtendedCopy(LongFunction<CompletableFuture<LogicalUnit>> find, CopyResults results) {
    this.find = find;
    this.results = results;
  }

  Work prepare(Cdb cdb) {
    long length = cdb.u32(10);
    if (length == 0) {
      return Work.answer(Outcome.DONE);
    }
    if (length < CopyParameters.HEAD_BYTES || length > CopyParameters.BYTES_MAX) {
      throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
    }
    CopyResults.Progress progress = new CopyResults.Progress();
    return new Work(
            (int) length,
            BlockCopy.PIECE_BYTES,
            data -> {
              if (data.remaining() < length) {
                throw new CheckCondition(Sense.PARAMETER_LIST_LENGTH);
              }
              return run(CopyParameters.of(data), progress);
            })
        .stoppedBy(progress::stop);
  }

  private CompletableFuture<Outcome> run(CopyParameters parameters, CopyResults.Progress progress) {
    results.begin(parameters.listId(), progress);
    List<CompletableFuture<LogicalUnit>> found =
        parameters.units().stream().map(named -> find.apply(named.naa())).toList();
    return CompletableFuture.allOf(found.toArray(CompletableFuture[]::new))
        .handle((ignored, failure) -> units(parameters.units(), found))
        .thenCompose(units -> copyAll(copies(parameters.segments(), units), progress))
        .handle((ignored, failure) -> outcome(failure, progress))
        .whenComplete(
            (outcome, failure) ->
                progress.end(failure == null && outcome.status() == Outcome.GOOD));
  }

  /** A unit that can't be opened is as far away as one that is not there. */
  private static List<LogicalUnit> units(
      List<CopyUnit> named, List<CompletableFuture<LogicalUnit>> found) {
    List<LogicalUnit> units = new ArrayList<>();
    for (CompletableFuture<LogicalUnit> one : found) {
      LogicalUnit unit = one.isCompletedExceptionally() ? null : one.join();
      if (unit == null) {
        throw new CheckCondition(Sense.COPY_UNIT_UNREACHABLE);
      }
      if (!named.get(units.size()).hasBlocksOf(unit.blockBytes())) {
        throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
      }
      units.add(unit);
    }
    return units;
  }

  private static List<BlockCopy> copies(List<Segment> segments, List<LogicalUnit> units) {
    List<BlockCopy> copies = new ArrayList<>();
    for (Segment segment : segments) {
      LogicalUnit source = units.get(segment.source());
      LogicalUnit destination = units.get(segment.destination());
      int number = copies.size();
      if (destination.isReadOnly()) {
        throw new CheckCondition(Sense.WRITE_PROTECTED.inSegment(number));
      }
      long length =
          (long) segment.blockCount()
              * (segment.countsDestination() ? destination : source).blockBytes();
      Range from = range(segment.sourceBlock(), length, source, number);
      Range to = range(segment.destinationBlock(), length, destination, number);
      copies.add(
          new BlockCopy(
              source.volume(), destination.volume(), from.offset(), to.offset(), from.length()));
    }
    return copies;
  }

  private static Range range(long first, long length, LogicalUnit unit, int segment) {
    if (length % unit.blockBytes() != 0) {
      throw new CheckCondition(Sense.INEXACT_SEGMENT.inSegment(segment));
    }
    try {
      return unit.range(first < 0 ? Long.MAX_VALUE : first, length / unit.blockBytes());
    } catch (CheckCondition e) {
      throw new CheckCondition(Sense.COPY_ABORTED.inSegment(segment));
    }
  }

  private static CompletableFuture<Void> copyAll(
      List<BlockCopy> copies, CopyResults.Progress progress) {
    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
    for (BlockCopy copy : copies) {
      all =
          all.thenCompose(before -> copy.run(progress::isStopped, progress::add))
              .thenRun(progress::segmentDone);
    }
    return all;
  }

  /** A failure of storage is one of a third party, in the segment that was being copied. */
  private static Outcome outcome(Throwable failure, CopyResults.Progress progress) {
    if (failure == null) {
      return progress.isStopped() ? Outcome.check(Sense.ABORTED) : Outcome.DONE;
    }
    Outcome failed = Failures.outcome(null, failure, /* write= */ true);
    if (Causes.of(failure) instanceof CheckCondition) {
      return failed;
    }
    boolean full = failed.sense() != null && failed.sense().equals(Sense.SPACE_ALLOCATION_FAILED);
    return full ? failed : Outcome.check(Sense.THIRD_PARTY_FAILURE.inSegment(progress.segments()));
  }

  /** RECEIVE COPY RESULTS, operating parameters: SPC-4, section 6.21.4. */
  static Outcome operatingParameters(Cdb cdb, int blockBytes) {
    byte[] types = CopyParameters.descriptorTypes();
    ByteBuffer data = ByteBuffer.allocate(44 + types.length);
    data.putInt(data.capacity() - Integer.BYTES).put((byte) 1).put(new byte[3]);
    data.putShort((short) CopyParameters.UNITS_MAX).putShort((short) CopyParameters.SEGMENTS_MAX);
    data.putInt(CopyParameters.DESCRIPTORS_BYTES_MAX);
    data.putInt(CopyParameters.SEGMENT_BLOCKS_MAX * blockBytes);
    // Neither inline data, nor held data, nor streams.
    data.position(34);
    data.putShort((short) CopyResults.CONCURRENT_MAX).put((byte) CopyResults.CONCURRENT_MAX);
    // Granularity of segments, a power of two in bytes.
    data.put((byte) Integer.numberOfTrailingZeros(blockBytes));
    data.position(43);
    data.put((byte) types.length).put(types);
    return Outcome.data(data.array(), cdb.allocation32(10));
  }
}
