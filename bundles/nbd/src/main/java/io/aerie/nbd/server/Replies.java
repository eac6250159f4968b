package io.aerie.nbd.server;

import io.aerie.storage.block.Extent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes what the server sends.
 *
 * <pre>
 * option reply      u64 magic 0x3e889045565a9 | u32 option | u32 type | u32 length | data
 * simple reply      u32 magic 0x67446698 | u32 error | u64 cookie | data of a read
 * structured chunk  u32 magic 0x668e33ef | u16 flags | u16 type | u64 cookie | u32 length | payload
 *   OFFSET_DATA     u64 offset | data
 *   BLOCK_STATUS    u32 context | { u32 length | u32 flags } ...
 *   ERROR           u32 error | u16 length | text
 *   ERROR_OFFSET    u32 error | u16 length | text | u64 offset
 * </pre>
 */
final class Replies {
  private static final int OPTION_HEADER_BYTES = 20;
  private static final int SIMPLE_BYTES = 16;
  private static final int CHUNK_HEADER_BYTES = 20;

  /** Error texts are cut here, bytes: a line for a human. */
  private static final int TEXT_BYTES_MAX = 1024;

  private Replies() {}

  static ByteBuf option(ByteBufAllocator allocator, int option, int type, ByteBuf data) {
    return allocator
        .buffer(OPTION_HEADER_BYTES + data.readableBytes())
        .writeLong(Nbd.OPTION_REPLY_MAGIC)
        .writeInt(option)
        .writeInt(type)
        .writeInt(data.readableBytes())
        .writeBytes(data);
  }

  static ByteBuf simple(ByteBufAllocator allocator, int error, long cookie) {
    return allocator
        .buffer(SIMPLE_BYTES)
        .writeInt(Nbd.SIMPLE_REPLY_MAGIC)
        .writeInt(error)
        .writeLong(cookie);
  }

  private static ByteBuf chunk(
      ByteBufAllocator allocator, boolean done, int type, long cookie, int length, int inBuffer) {
    return allocator
        .buffer(CHUNK_HEADER_BYTES + inBuffer)
        .writeInt(Nbd.STRUCTURED_REPLY_MAGIC)
        .writeShort(done ? Nbd.REPLY_FLAG_DONE : 0)
        .writeShort(type)
        .writeLong(cookie)
        .writeInt(length);
  }

  static ByteBuf none(ByteBufAllocator allocator, long cookie) {
    return chunk(allocator, /* done= */ true, Nbd.REPLY_NONE, cookie, 0, 0);
  }

  /** Header of a data chunk; the data follows in a buffer of its own. */
  static ByteBuf dataHeader(
      ByteBufAllocator allocator, boolean done, long cookie, long offset, int dataBytes) {
    int fixed = Long.BYTES;
    return chunk(allocator, done, Nbd.REPLY_OFFSET_DATA, cookie, fixed + dataBytes, fixed)
        .writeLong(offset);
  }

  /** Extents of base:allocation; what reads as zeroes takes no space. */
  static ByteBuf status(ByteBufAllocator allocator, long cookie, List<Extent> extents) {
    int payload = (1 + 2 * extents.size()) * Integer.BYTES;
    ByteBuf reply =
        chunk(allocator, /* done= */ true, Nbd.REPLY_BLOCK_STATUS, cookie, payload, payload)
            .writeInt(Nbd.CONTEXT_ALLOCATION_ID);
    for (Extent extent : extents) {
      reply.writeInt((int) extent.length());
      reply.writeInt(extent.zero() ? Nbd.STATE_HOLE | Nbd.STATE_ZERO : 0);
    }
    return reply;
  }

  static ByteBuf error(ByteBufAllocator allocator, long cookie, int error, String text) {
    byte[] message = text(text);
    int payload = Integer.BYTES + Short.BYTES + message.length;
    return chunk(allocator, /* done= */ true, Nbd.REPLY_ERROR, cookie, payload, payload)
        .writeInt(error)
        .writeShort(message.length)
        .writeBytes(message);
  }

  static ByteBuf errorAt(
      ByteBufAllocator allocator, long cookie, int error, String text, long offset) {
    byte[] message = text(text);
    int payload = Integer.BYTES + Short.BYTES + message.length + Long.BYTES;
    return chunk(allocator, /* done= */ false, Nbd.REPLY_ERROR_OFFSET, cookie, payload, payload)
        .writeInt(error)
        .writeShort(message.length)
        .writeBytes(message)
        .writeLong(offset);
  }

  /** UTF-8, cut between characters. */
  static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int end = Math.min(bytes.length, TEXT_BYTES_MAX);
    while (end < bytes.length && end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }

  /** Strictly decoded UTF-8, or null when the bytes are none, are too long or hold a NUL. */
  static String string(ByteBuf from, int length) {
    if (length < 0 || length > Nbd.STRING_BYTES_MAX || length > from.readableBytes()) {
      return null;
    }
    ByteBuf slice = from.readSlice(length);
    if (!ByteBufUtil.isText(slice, StandardCharsets.UTF_8)) {
      return null;
    }
    String text = slice.toString(StandardCharsets.UTF_8);
    return text.indexOf('\0') >= 0 ? null : text;
  }
}
