package io.aerie.history;

import java.util.concurrent.locks.LockSupport;

/** One client: an operation after the other through one node, until it is told to stop. */
abstract class Worker extends Thread {
  private final String kind;
  private final int node;
  private final long thinkingNanos;
  private final Progress progress;

  /** Anything that a client did not expect; the history is void then. */
  private volatile RuntimeException failure;

  private volatile boolean stopping;

  Worker(String kind, int node, long thinkingNanos, Progress progress) {
    this.kind = kind;
    this.node = node;
    this.thinkingNanos = thinkingNanos;
    this.progress = progress;
    setDaemon(true);
  }

  /**
   * One operation.
   *
   * @return whether it was a change that was acknowledged
   */
  abstract boolean step(int i);

  /** Gives up what must be given back. */
  void end() {}

  final void stopSoon() {
    stopping = true;
  }

  final RuntimeException failure() {
    return failure;
  }

  @Override
  public final void run() {
    try {
      for (int i = 0; !stopping; i++) {
        if (step(i)) {
          progress.acknowledged(kind, node);
        }
        LockSupport.parkNanos(thinkingNanos);
      }
    } catch (RuntimeException e) {
      failure = e;
      e.printStackTrace(System.out);
    } finally {
      end();
    }
  }
}
