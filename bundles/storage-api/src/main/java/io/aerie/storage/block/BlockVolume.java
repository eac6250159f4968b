package io.aerie.storage.block;

import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An open volume. Operations may overlap; those that overlap in range and time are ordered somehow,
 * as on a disk. They outlast the death of nodes: a caller sees a pause, then the result. A future
 * fails only when the operation can't be done: {@link io.aerie.base.AerieException} with
 * INVALID_VALUE (out of range), NO_SPACE, TIMED_OUT (parked too long), FENCED (the attachment
 * ended), RESERVED (for others, by an initiator's reservation), IO_ERROR.
 */
public interface BlockVolume extends AutoCloseable {
  /** The longest range of one question for extents. */
  long EXTENTS_BYTES_MAX = 1L << 30;

  /** Size now, bytes. */
  long sizeBytes();

  /**
   * Reads.
   *
   * @param offset in bytes, any alignment
   * @param length in bytes, 0 to 32 MiB
   * @return a buffer that the caller owns, position 0, {@code remaining() == length}
   */
  CompletableFuture<ByteBuffer> read(long offset, int length);

  /**
   * Tells which parts of a range have data, without reading them, as certain as a read: all that
   * was answered before, through whichever node, is in it. Grain is 64 KiB; what may have data is
   * said to have some.
   *
   * @param offset in bytes, any alignment
   * @param length in bytes, 1 to {@link #EXTENTS_BYTES_MAX}
   * @return the whole range, in order; neighbours differ
   */
  CompletableFuture<List<Extent>> extents(long offset, long length);

  /**
   * Writes. Complete means on stable storage at all members that the protection asks for.
   *
   * @param offset in bytes, any alignment
   * @param data must stay unchanged until completion; its position is not moved
   */
  CompletableFuture<Void> write(long offset, ByteBuffer data);

  /**
   * Makes a range read as zeroes, durable like a write, and gives space back where whole units of
   * 64 KiB allow.
   *
   * @param offset in bytes
   * @param length in bytes, any
   */
  CompletableFuture<Void> zero(long offset, long length);

  /**
   * Writes a range if it is as expected, durable like a write; nothing else happens to the range in
   * between, through whichever node. It never happens twice: where a write would be sent again to
   * another owner, this fails with TIMED_OUT, and may or may not have happened.
   *
   * @param offset in bytes; the range must be within one page of 4 KiB
   * @param expected must stay unchanged until completion, as the data
   * @param data as long as what is expected
   * @return the offset of the first byte that differs, from the range's begin, when nothing was
   *     written; -1 when it was
   */
  CompletableFuture<Integer> compareAndWrite(long offset, ByteBuffer expected, ByteBuffer data);

  /**
   * Changes the volume's reservations, in all the cluster. Complete when it holds at the volume's
   * owner: nothing that it excludes takes effect later but what was under way, and after PREEMPT
   * AND ABORT nothing of those who were aborted. Only where it was opened for an initiator. It
   * never happens twice; fails with TIMED_OUT when it may or may not have happened.
   */
  CompletableFuture<Verdict> changeReservation(ReservationRequest request);

  /** The volume's reservations, with all that was answered before through whichever node. */
  CompletableFuture<ReservationState> reservation();

  /**
   * Whether reservations exclude who opened it, as this node knows them at this moment: for
   * commands that move no data. What moves data is checked where it is done.
   */
  boolean excluded(Access access);

  /**
   * Grows each time when PREEMPT AND ABORT ends anybody's attachments of the volume. Who attaches
   * again, and finds more than his former attachment had, may have been hit without being told.
   */
  long abortMark();

  /** Ends the attachment. Operations not complete fail with FENCED; none takes effect later. */
  @Override
  void close();
}
