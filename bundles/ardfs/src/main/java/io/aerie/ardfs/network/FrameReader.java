package io.aerie.ardfs.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.ByteBuffer;

/**
 * Puts the frames of a connection together: each body is copied once, from the pieces that arrive
 * straight into a buffer of its own length, and passed on as a {@link ByteBuffer} that nobody else
 * uses. (Netty's decoders gather a frame in a buffer that grows, which for a body of megabytes
 * copies it several times.)
 */
final class FrameReader extends ChannelInboundHandlerAdapter {
  private final ByteBuffer length = ByteBuffer.allocate(Frames.LENGTH_BYTES);
  private ByteBuffer body;
  private boolean broken;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable() && !broken) {
        if (body == null) {
          readLength(context, in);
        } else {
          fill(body, in);
        }
        if (body != null && !body.hasRemaining()) {
          ByteBuffer complete = body.flip();
          body = null;
          context.fireChannelRead(complete);
        }
      }
    } finally {
      in.release();
    }
  }

  private void readLength(ChannelHandlerContext context, ByteBuf in) {
    fill(length, in);
    if (length.hasRemaining()) {
      return;
    }
    int bytes = length.getInt(0);
    length.clear();
    if (bytes < 0 || bytes > Frames.BODY_BYTES_MAX) {
      broken = true;
      context.fireExceptionCaught(new TooLongFrameException("a frame of " + bytes + " bytes"));
    } else {
      body = ByteBuffer.allocate(bytes);
    }
  }

  private static void fill(ByteBuffer target, ByteBuf in) {
    int count = Math.min(target.remaining(), in.readableBytes());
    int end = target.limit();
    in.readBytes(target.limit(target.position() + count));
    target.limit(end);
  }
}
