package io.aerie.export.server;

import io.netty.channel.ChannelHandlerContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Brings answers from storage's threads to the connection's event loop. Those that come close
 * together leave in one flush. Bounded by the requests that the connection admits.
 */
public final class LoopQueue {
  private final ChannelHandlerContext ctx;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  public LoopQueue(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  /** One answer; exactly one of the two is called, once. */
  public interface Answer {
    /** Writes, without a flush. On the event loop. */
    void write(ChannelHandlerContext ctx);

    /** The event loop has ended, and with it the connection: let go of what is held. Any thread. */
    void discard();
  }

  /** Hands over an answer. Any thread. */
  public void add(Answer answer) {
    answers.add(answer);
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

  private void drain() {
    scheduled.set(false);
    boolean any = false;
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      any = true;
      answer.write(ctx);
    }
    if (any) {
      ctx.flush();
    }
  }

  private void discard() {
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.discard();
    }
  }
}
