package io.aerie.nbd.server;

import io.aerie.export.volume.ExportedVolume;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.Extent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out admitted requests of one connection and answers them, in the order in which they get
 * done.
 */
final class Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Executor.class);

  /** Storage gives space back in units of this size, bytes (contract of BlockVolume.zero). */
  private static final long TRIM_UNIT_BYTES = 64 << 10;

  private final ExportedVolume volume;
  private final boolean structured;
  private final ByteBufAllocator allocator;
  private final ReplyQueue replies;

  Executor(
      ExportedVolume volume, boolean structured, ByteBufAllocator allocator, ReplyQueue replies) {
    this.volume = volume;
    this.structured = structured;
    this.allocator = allocator;
    this.replies = replies;
  }

  /**
   * Carries out a request that was found valid.
   *
   * @param payload of a write, else null; released here
   * @param sent runs when the last of the answer has left
   */
  void execute(Request request, ByteBuf payload, Runnable sent) {
    switch (request.type()) {
      case Nbd.CMD_READ -> read(request, sent);
      case Nbd.CMD_WRITE -> write(request, payload, sent);
      // Every answered write is durable: nothing is left to be flushed, on any connection.
      case Nbd.CMD_FLUSH -> answer(request, null, sent);
      case Nbd.CMD_TRIM -> trim(request, sent);
      // NO_HOLE holds by itself: the pool reserves a volume's whole size, so writing to a range
      // that was given back can't fail for lack of space. FAST_ZERO: zeroing moves no data.
      case Nbd.CMD_WRITE_ZEROES ->
          finish(request, volume.zero(request.offset(), request.length()), sent);
      case Nbd.CMD_BLOCK_STATUS -> status(request, sent);
      default -> throw new IllegalStateException("not a command: " + request);
    }
  }

  /** Answers with an error of the protocol. */
  void refuse(Request request, int error, String text, Runnable sent) {
    ByteBuf reply =
        structured
            ? Replies.error(allocator, request.cookie(), error, text)
            : Replies.simple(allocator, error, request.cookie());
    replies.send(reply, null, sent);
  }

  private void write(Request request, ByteBuf payload, Runnable sent) {
    CompletableFuture<Void> written =
        volume
            .write(request.offset(), payload.nioBuffer())
            .whenComplete((ignored, failure) -> payload.release());
    finish(request, written, sent);
  }

  /** A hint, so only whole units are worth the work. */
  private void trim(Request request, Runnable sent) {
    long first = (request.offset() + TRIM_UNIT_BYTES - 1) / TRIM_UNIT_BYTES * TRIM_UNIT_BYTES;
    long end = (request.offset() + request.length()) / TRIM_UNIT_BYTES * TRIM_UNIT_BYTES;
    if (first < end) {
      finish(request, volume.zero(first, end - first), sent);
    } else {
      answer(request, null, sent);
    }
  }

  /** Of a range that is too long for one question its beginning is told, as the protocol allows. */
  private void status(Request request, Runnable sent) {
    long length = Math.min(request.length(), BlockVolume.EXTENTS_BYTES_MAX);
    CompletableFuture<List<Extent>> unused =
        volume
            .extents(request.offset(), length)
            .whenComplete(
                (extents, failure) -> {
                  if (failure != null) {
                    answer(request, failure, sent);
                    return;
                  }
                  boolean one = request.has(Nbd.CMD_FLAG_REQ_ONE);
                  ByteBuf reply =
                      Replies.status(
                          allocator, request.cookie(), one ? extents.subList(0, 1) : extents);
                  replies.send(reply, null, sent);
                });
  }

  private void finish(Request request, CompletableFuture<Void> done, Runnable sent) {
    CompletableFuture<Void> unused =
        done.whenComplete((ignored, failure) -> answer(request, failure, sent));
  }

  private void answer(Request request, Throwable failure, Runnable sent) {
    if (failure == null) {
      replies.send(Replies.simple(allocator, 0, request.cookie()), null, sent);
    } else if (Failures.endsSession(failure)) {
      report(request, failure);
      replies.end(sent);
    } else {
      report(request, failure);
      refuse(request, Failures.errorOf(failure), Failures.textOf(failure), sent);
    }
  }

  private static void report(Request request, Throwable failure) {
    if (Failures.isDefect(failure)) {
      LOG.warn("NBD request {} failed", request, failure);
    } else {
      LOG.debug("NBD request {} failed", request, failure);
    }
  }

  private void read(Request request, Runnable sent) {
    int length = (int) request.length();
    if (length == 0) {
      replies.send(
          structured
              ? Replies.none(allocator, request.cookie())
              : Replies.simple(allocator, 0, request.cookie()),
          null,
          sent);
    } else if (structured && length > NbdLimits.READ_CHUNK_BYTES && !request.has(Nbd.CMD_FLAG_DF)) {
      readInChunks(request, length, sent);
    } else {
      CompletableFuture<ByteBuffer> unused =
          readExactly(request.offset(), length)
              .whenComplete((data, failure) -> answerRead(request, length, data, failure, sent));
    }
  }

  private void answerRead(
      Request request, int length, ByteBuffer data, Throwable failure, Runnable sent) {
    if (failure != null) {
      answer(request, failure, sent);
      return;
    }
    ByteBuf head =
        structured
            ? Replies.dataHeader(
                allocator, /* done= */ true, request.cookie(), request.offset(), length)
            : Replies.simple(allocator, 0, request.cookie());
    replies.send(head, Unpooled.wrappedBuffer(data), sent);
  }

  /** Chunks leave as they come; a bad one becomes an error at its offset; NONE closes the reply. */
  private void readInChunks(Request request, int length, Runnable sent) {
    AtomicInteger left =
        new AtomicInteger((length + NbdLimits.READ_CHUNK_BYTES - 1) / NbdLimits.READ_CHUNK_BYTES);
    for (int at = 0; at < length; at += NbdLimits.READ_CHUNK_BYTES) {
      long offset = request.offset() + at;
      int part = Math.min(NbdLimits.READ_CHUNK_BYTES, length - at);
      CompletableFuture<ByteBuffer> unused =
          readExactly(offset, part)
              .whenComplete(
                  (data, failure) -> {
                    sendChunk(request, offset, part, data, failure);
                    if (left.decrementAndGet() == 0) {
                      replies.send(Replies.none(allocator, request.cookie()), null, sent);
                    }
                  });
    }
  }

  private void sendChunk(
      Request request, long offset, int part, ByteBuffer data, Throwable failure) {
    long cookie = request.cookie();
    if (failure == null) {
      replies.send(
          Replies.dataHeader(allocator, /* done= */ false, cookie, offset, part),
          Unpooled.wrappedBuffer(data),
          null);
    } else if (Failures.endsSession(failure)) {
      report(request, failure);
      replies.end(null);
    } else {
      report(request, failure);
      ByteBuf error =
          Replies.errorAt(
              allocator, cookie, Failures.errorOf(failure), Failures.textOf(failure), offset);
      replies.send(error, null, null);
    }
  }

  /** A buffer of another length would shift all that follows on the wire. */
  private CompletableFuture<ByteBuffer> readExactly(long offset, int length) {
    return volume
        .read(offset, length)
        .thenApply(
            data -> {
              if (data.remaining() != length) {
                throw new IllegalStateException(
                    "read " + data.remaining() + " bytes instead of " + length);
              }
              return data;
            });
  }
}
