package io.aerie.nbd.server;

import io.aerie.export.server.LoopQueue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.RejectedExecutionException;

/** Replies of one connection on their way to its event loop, in the order in which they come. */
final class ReplyQueue {
  private final ChannelHandlerContext ctx;
  private final Runnable hangUp;
  private final LoopQueue queue;

  /**
   * @param hangUp ends the session, on the event loop
   */
  ReplyQueue(ChannelHandlerContext ctx, Runnable hangUp) {
    this.ctx = ctx;
    this.hangUp = hangUp;
    this.queue = new LoopQueue(ctx);
  }

  /**
   * A message.
   *
   * @param head header, or all
   * @param data what follows it, or null
   * @param sent runs on the event loop when it has left or never will; or null
   */
  private record Message(ByteBuf head, ByteBuf data, Runnable sent) implements LoopQueue.Answer {
    @Override
    public void write(ChannelHandlerContext ctx) {
      ChannelFuture last = ctx.write(head);
      if (data != null) {
        last = ctx.write(data);
      }
      if (sent != null) {
        ChannelFuture unused = last.addListener(done -> sent.run());
      }
    }

    @Override
    public void discard() {
      head.release();
      if (data != null) {
        data.release();
      }
      if (sent != null) {
        sent.run();
      }
    }
  }

  /** Sends; takes over the buffers. Any thread. */
  void send(ByteBuf head, ByteBuf data, Runnable sent) {
    queue.add(new Message(head, data, sent));
  }

  /**
   * Ends the session instead of an answer. Any thread.
   *
   * @param ended runs on the event loop after that; or null
   */
  void end(Runnable ended) {
    Runnable then = ended == null ? () -> {} : ended;
    try {
      ctx.executor()
          .execute(
              () -> {
                hangUp.run();
                then.run();
              });
    } catch (RejectedExecutionException stopped) {
      then.run();
    }
  }
}
