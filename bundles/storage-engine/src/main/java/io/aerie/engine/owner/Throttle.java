package io.aerie.engine.owner;

import io.aerie.engine.node.Environment;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.rcd.VolumeLimits;
import java.util.ArrayDeque;

/**
 * Holds back what a volume's clients ask beyond its limits: reads in one lane, what changes
 * something in another, each first come, first served. Only clients' requests go through it: what
 * the owner does by itself, and what owners of clones read here, does not.
 *
 * <p>As many wait as the sessions admit. Nothing in a lane has a number or a lock yet, so that it
 * is in nobody's way, and goes with its session.
 */
final class Throttle {
  private final NodeContext context;
  private final Lane reads = new Lane();
  private final Lane writes = new Lane();

  /** A request that waits. */
  interface Held {
    ClientRequest request();

    /** Whether somebody still waits for it. */
    boolean wanted();

    /** It may begin. */
    void begin();
  }

  Throttle(NodeContext context) {
    this.context = context;
  }

  /** These are the limits from now on, for what waits, too. */
  void limit(VolumeLimits limits) {
    reads.limit(limits.readOperations(), limits.readBytes());
    writes.limit(limits.writeOperations(), limits.writeBytes());
  }

  /** Whether a request may begin at once; it counts then. Else it is to {@link #hold}. */
  boolean admits(ClientRequest request) {
    return lane(request).admits(request);
  }

  /** Lets it begin when its turn comes. */
  void hold(Held held) {
    lane(held.request()).hold(held);
  }

  /** Nothing begins any more. */
  void stop() {
    reads.stop();
    writes.stop();
  }

  private Lane lane(ClientRequest request) {
    return request.operation() == Operation.READ ? reads : writes;
  }

  /** What goes one way. */
  private final class Lane {
    private final TokenBucket operations = new TokenBucket();
    private final TokenBucket bytes = new TokenBucket();
    private final ArrayDeque<Held> waiting = new ArrayDeque<>();
    private Environment.Cancellable timer;
    private boolean limited;

    void limit(long operationsPerSecond, long bytesPerSecond) {
      limited = operationsPerSecond != 0 || bytesPerSecond != 0;
      operations.rate(operationsPerSecond, context.now());
      bytes.rate(bytesPerSecond, context.now());
      release();
    }

    boolean admits(ClientRequest request) {
      return !limited || (waiting.isEmpty() && waitNanos(request) <= 0 && take(request));
    }

    void hold(Held held) {
      waiting.add(held);
      if (timer == null) {
        release();
      }
    }

    private void release() {
      cancel();
      while (!waiting.isEmpty()) {
        Held first = waiting.peek();
        if (first.wanted()) {
          long wait = waitNanos(first.request());
          if (wait > 0) {
            timer = context.later(Math.max(wait, Timing.THROTTLE), this::release);
            return;
          }
          take(first.request());
        }
        waiting.remove();
        first.begin();
      }
    }

    private long waitNanos(ClientRequest request) {
      long now = context.now();
      return Math.max(operations.waitNanos(1, now), bytes.waitNanos(moved(request), now));
    }

    private boolean take(ClientRequest request) {
      operations.take(1);
      bytes.take(moved(request));
      return true;
    }

    void stop() {
      cancel();
      waiting.clear();
    }

    private void cancel() {
      if (timer != null) {
        timer.cancel();
        timer = null;
      }
    }
  }

  /** Zeroes are told, not moved. */
  private static long moved(ClientRequest request) {
    return request.operation() == Operation.ZERO ? 0 : request.length();
  }
}
