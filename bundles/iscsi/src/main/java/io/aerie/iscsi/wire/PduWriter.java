package io.aerie.iscsi.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;

/** Puts units together. */
public final class PduWriter {
  /** Data up to this length are copied behind their header: cheaper than a piece of their own. */
  private static final int COPY_BYTES_MAX = 4096;

  private final Digest digest = new Digest();
  private boolean headerDigest;
  private boolean dataDigest;

  /** From the next unit on. */
  public void digests(boolean ofHeaders, boolean ofData) {
    headerDigest = ofHeaders;
    dataDigest = ofData;
  }

  /**
   * Writes without a flush.
   *
   * @param data of the unit, taken over; or null
   */
  public ChannelFuture write(ChannelHandlerContext ctx, Header header, ByteBuf data) {
    int length = data == null ? 0 : data.readableBytes();
    boolean copied = length <= COPY_BYTES_MAX;
    int padding = -length & 3;
    int tailBytes = length == 0 ? 0 : padding + (dataDigest ? Digest.BYTES : 0);
    header.dataLength(length);
    ByteBuf head =
        ctx.alloc().directBuffer(Header.BYTES + Digest.BYTES + (copied ? length + tailBytes : 0));
    head.writeBytes(header.array());
    if (headerDigest) {
      head.writeIntLE(digest.reset().add(header.array(), Header.BYTES).value());
    }
    int check = dataDigest && length > 0 ? dataDigest(data, length, padding) : 0;
    if (copied) {
      if (data != null) {
        head.writeBytes(data);
        data.release();
      }
      writeTail(head, length, padding, check);
      return ctx.write(head);
    }
    ChannelFuture unused = ctx.write(head);
    if (tailBytes == 0) {
      return ctx.write(data);
    }
    ChannelFuture unusedToo = ctx.write(data);
    ByteBuf tail = ctx.alloc().directBuffer(tailBytes);
    writeTail(tail, length, padding, check);
    return ctx.write(tail);
  }

  private int dataDigest(ByteBuf data, int length, int padding) {
    return digest
        .reset()
        .add(data, data.readerIndex(), length)
        .add(new byte[padding], padding)
        .value();
  }

  private void writeTail(ByteBuf tail, int length, int padding, int check) {
    if (length > 0) {
      tail.writeZero(padding);
      if (dataDigest) {
        tail.writeIntLE(check);
      }
    }
  }
}
