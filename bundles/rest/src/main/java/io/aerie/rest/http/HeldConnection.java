package io.aerie.rest.http;

import io.aerie.rest.http.ConnectionGuard.Limits;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A connection, what is awaited on it, and how long that may take. */
final class HeldConnection {
  /** See {@link ConnectionGuard}. */
  enum State {
    WAITING,
    QUEUED,
    BODY,
    SERVING,
    ANSWERING,
    STREAMING
  }

  final String address;
  private final Limits limits;
  private State state = State.WAITING;
  private long sinceNs;
  private long lateNs;
  private boolean expectsFile;
  private boolean isClosed;
  private Runnable whenClosed = () -> {};

  HeldConnection(String address, Limits limits) {
    this.address = address;
    this.limits = limits;
    become(State.WAITING);
  }

  synchronized void become(State next) {
    state = next;
    expectsFile = false;
    sinceNs = System.nanoTime();
    lateIn(
        switch (next) {
          case WAITING -> limits.waitMs();
          case BODY -> limits.bodyMs();
          case ANSWERING -> limits.answerMs();
          case QUEUED, SERVING, STREAMING -> 0;
        });
  }

  private void lateIn(long ms) {
    lateNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
  }

  synchronized void bodyEnds() {
    if (state == State.BODY) {
      become(State.SERVING);
    }
  }

  synchronized void answers(long bytes) {
    if (state == State.STREAMING) {
      return;
    }
    if (state != State.ANSWERING) {
      become(State.ANSWERING);
    }
    lateNs += TimeUnit.SECONDS.toNanos(bytes) / limits.answerBytesPerSecond();
  }

  synchronized void expectFile() {
    expectsFile = state == State.BODY;
  }

  synchronized void bodyBrings(long bytes) {
    if (expectsFile) {
      lateNs += TimeUnit.SECONDS.toNanos(bytes) / limits.answerBytesPerSecond();
    }
  }

  synchronized void hurry() {
    expectsFile = false;
    if (state == State.BODY) {
      lateIn(limits.refusedBodyMs());
    }
  }

  synchronized boolean isLate(long now) {
    boolean ends = state == State.WAITING || state == State.BODY || state == State.ANSWERING;
    return ends && now - lateNs > 0;
  }

  /** For how long it has been waited for the client, with a thread; empty when it is not long. */
  synchronized OptionalLong slowForNs(long now) {
    boolean waits = state == State.BODY || state == State.ANSWERING;
    long forNs = now - sinceNs;
    return waits && forNs > TimeUnit.MILLISECONDS.toNanos(limits.shortMs())
        ? OptionalLong.of(forNs)
        : OptionalLong.empty();
  }

  /** Since when it is in its state, by the node's own clock. */
  synchronized long sinceNs() {
    return sinceNs;
  }

  /** Whether there is no request on it. */
  synchronized boolean isWaiting() {
    return state == State.WAITING;
  }

  /** Does it when the connection is closed, instead of what was told before; or now. */
  void whenClosed(Runnable action) {
    synchronized (this) {
      if (!isClosed) {
        whenClosed = action;
        return;
      }
    }
    action.run();
  }

  /** The connection is closed. */
  void close() {
    Runnable action;
    synchronized (this) {
      isClosed = true;
      action = whenClosed;
    }
    action.run();
  }
}
