package io.aerie.storage.block;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * An open volume. Operations may overlap; those that overlap in range and time are ordered somehow,
 * as on a disk. They outlast the death of nodes: a caller sees a pause, then the result. A future
 * fails only when the operation can't be done: {@link io.aerie.base.AerieException} with
 * INVALID_VALUE (out of range), NO_SPACE, TIMED_OUT (parked too long), FENCED (the attachment
 * ended), IO_ERROR.
 */
public interface BlockVolume extends AutoCloseable {
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

  /** Ends the attachment. Operations not complete fail with FENCED; none takes effect later. */
  @Override
  void close();
}
