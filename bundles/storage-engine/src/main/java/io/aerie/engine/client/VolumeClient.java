package io.aerie.engine.client;

import io.aerie.engine.store.Completion;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationState;
import java.nio.ByteBuffer;

/**
 * An attachment to a volume on the client's node. Operations may overlap; they outlast the death of
 * owners and members. Failures are {@link io.aerie.base.AerieException}: INVALID_VALUE (range),
 * TIMED_OUT (older than 30 s; a write may still happen until the attachment ends), FENCED (the
 * attachment or this incarnation ended), NOT_FOUND (the volume was deleted), IO_ERROR, NO_SPACE,
 * CORRUPT (damaged on all disks that have it), RESERVED (for others, when it would have been
 * numbered). All calls on the node's loop.
 *
 * <p>A write that had to be sent to a second owner may take effect twice before it is answered,
 * never after.
 */
public interface VolumeClient {
  /** The volume's number in RCD. */
  long volume();

  /** RCD's generation of this attachment. */
  long generation();

  /** Size now, bytes. */
  long sizeBytes();

  /** Reads any range; the buffer belongs to the caller. */
  void read(long offset, int length, Completion<ByteBuffer> done);

  /**
   * Tells what the units of a range read as, without their data, as certain as a read: all that was
   * answered before is in it.
   *
   * @param length in bytes, at most 1 GiB
   * @param done given the number of a {@link io.aerie.engine.store.UnitContent} of each unit that
   *     the range touches: ZERO, or DATA of what may have some
   */
  void extents(long offset, long length, Completion<ByteBuffer> done);

  /** Writes any range; the data must not change until completion. Complete means durable. */
  void write(long offset, ByteBuffer data, Completion<Void> done);

  /** Makes a range read as zeroes, durable like a write. */
  void zero(long offset, long length, Completion<Void> done);

  /**
   * Writes a range if it is as expected; nothing else happens to it in between, through whichever
   * node. At most one owner is asked: when the owner changes before it has answered, it fails with
   * TIMED_OUT and may or may not have been written, but will not be later.
   *
   * @param offset in bytes; the range must be within one page of 4 KiB
   * @param expected must not change until completion, as the data
   * @param data as long as what is expected
   * @param done given the offset of the first byte that differs, from the range's begin, when
   *     nothing was written; -1 when it was
   */
  void compareAndWrite(long offset, ByteBuffer expected, ByteBuffer data, Completion<Integer> done);

  /**
   * Changes the volume's reservations. Done when it holds at the volume's owner: nothing that is
   * excluded by it is numbered later, and after PREEMPT AND ABORT nothing of those whom it ended is
   * left to take effect. Must be an initiator's attachment. TIMED_OUT: it may have happened.
   */
  void changeReservation(ReservationRequest request, Completion<Verdict> done);

  /** The volume's reservations, with all that was answered before this was called. */
  void reservation(Completion<ReservationState> done);

  /**
   * RCD index of the last PREEMPT AND ABORT that ended attachments of the volume, as this
   * attachment knows; when it was hit itself it is told. Any thread may ask.
   */
  long abortMark();

  /** Ends the attachment; what is pending fails with FENCED. Completed when RCD has it. */
  void close(Completion<Void> done);
}
