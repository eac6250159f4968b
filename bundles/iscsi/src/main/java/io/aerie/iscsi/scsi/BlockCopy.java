package io.aerie.iscsi.scsi;

import io.aerie.storage.block.BlockVolume;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Copies a range between volumes, or within one, through reads and writes: one piece after the
 * other, so that it never holds more than one. What is zero is not written but unmapped. Ranges of
 * one volume that overlap are copied from the end that keeps the source whole.
 *
 * @param sourceOffset in bytes
 * @param destinationOffset in bytes
 * @param length in bytes
 */
record BlockCopy(
    BlockVolume source,
    BlockVolume destination,
    long sourceOffset,
    long destinationOffset,
    long length) {
  static final int PIECE_BYTES = 1 << 20;

  /**
   * Complete when all is durable, or, with what was done by then, when it shall stop; no write is
   * begun after that.
   *
   * @param stopped asked before each read and each write; any thread
   * @param progress given the bytes of each piece that is durable
   */
  CompletableFuture<Void> run(BooleanSupplier stopped, LongConsumer progress) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    next(0, stopped, progress, result);
    return result;
  }

  private void next(
      long from, BooleanSupplier stopped, LongConsumer progress, CompletableFuture<Void> result) {
    long done = from;
    while (done < length && !stopped.getAsBoolean()) {
      long piece = Math.min(PIECE_BYTES, length - done);
      CompletableFuture<Void> copied = piece(done, (int) piece, stopped);
      long following = done + piece;
      if (!copied.isDone() || copied.isCompletedExceptionally()) {
        CompletableFuture<Void> unused =
            copied.whenComplete(
                (ignored, failure) -> {
                  if (failure == null) {
                    progress.accept(piece);
                    next(following, stopped, progress, result);
                  } else {
                    result.completeExceptionally(failure);
                  }
                });
        return;
      }
      progress.accept(piece);
      done = following;
    }
    result.complete(null);
  }

  private CompletableFuture<Void> piece(long done, int bytes, BooleanSupplier stopped) {
    boolean backwards = source.equals(destination) && destinationOffset > sourceOffset;
    long at = backwards ? length - done - bytes : done;
    return source
        .read(sourceOffset + at, bytes)
        .thenCompose(
            data -> {
              if (stopped.getAsBoolean()) {
                return CompletableFuture.completedFuture(null);
              }
              return isZero(data)
                  ? destination.zero(destinationOffset + at, bytes)
                  : destination.write(destinationOffset + at, data);
            });
  }

  private static boolean isZero(ByteBuffer data) {
    int at = data.position();
    for (; at <= data.limit() - Long.BYTES; at += Long.BYTES) {
      if (data.getLong(at) != 0) {
        return false;
      }
    }
    for (; at < data.limit(); at++) {
      if (data.get(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
