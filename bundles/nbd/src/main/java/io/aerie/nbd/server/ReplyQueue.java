package io.aerie.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Brings replies from storage's threads to the connection's event loop. Those that complete close
 * together leave in one flush. Bounded by the requests that the connection admits.
 */
final class ReplyQueue {
  private final ChannelHandlerContext ctx;
  private final Runnable hangUp;
  private final Queue<Item> items = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /**
   * @param hangUp ends the session, on the event loop
   */
  ReplyQueue(ChannelHandlerContext ctx, Runnable hangUp) {
    this.ctx = ctx;
    this.hangUp = hangUp;
  }

  /**
   * A message.
   *
   * @param head header, or all
   * @param data what follows it, or null
   * @param sent runs on the event loop when it has left or never will; or null
   */
  private record Item(ByteBuf head, ByteBuf data, Runnable sent) {}

  /** Sends; takes over the buffers. Any thread. */
  void send(ByteBuf head, ByteBuf data, Runnable sent) {
    items.add(new Item(head, data, sent));
    if (!scheduled.compareAndSet(/* expectedValue= */ false, /* newValue= */ true)) {
      return;
    }
    try {
      ctx.executor().execute(this::drain);
    } catch (RejectedExecutionException stopped) {
      // The server's threads have ended, and with them the connection: nobody is left to tell.
      discard();
    }
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

  private void drain() {
    scheduled.set(false);
    boolean any = false;
    for (Item item = items.poll(); item != null; item = items.poll()) {
      any = true;
      ChannelFuture last = ctx.write(item.head());
      if (item.data() != null) {
        last = ctx.write(item.data());
      }
      if (item.sent() != null) {
        Runnable sent = item.sent();
        ChannelFuture unused = last.addListener(done -> sent.run());
      }
    }
    if (any) {
      ctx.flush();
    }
  }

  private void discard() {
    for (Item item = items.poll(); item != null; item = items.poll()) {
      item.head().release();
      if (item.data() != null) {
        item.data().release();
      }
      if (item.sent() != null) {
        item.sent().run();
      }
    }
  }
}
