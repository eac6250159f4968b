package io.aerie.engine.node;

import io.aerie.base.NodeId;
import io.aerie.engine.code.GaloisKernel;
import io.aerie.engine.code.SwarKernel;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.store.Completion;

/**
 * Everything the engine gets from outside. All calls come from the node's one loop, and everything
 * handed in (tasks, completions) is run on that loop, never from within the call that handed it in.
 */
public interface Environment {
  /**
   * A monotonic clock that goes on while the machine is suspended (CLOCK_BOOTTIME): leases depend
   * on it. Nanoseconds since an arbitrary origin.
   */
  long nowNanos();

  /** Milliseconds since 1970 by this node's clock, for people and for spans of days. */
  long wallMillis();

  /** Runs a task later. */
  Cancellable schedule(long delayNanos, Runnable task);

  /**
   * Sends and forgets. The message may be lost, delayed, doubled or overtaken. Never called for the
   * own node. Payload buffers must not be changed; the transport encodes or copies them at its
   * leisure.
   */
  void send(NodeId to, Message message);

  /**
   * Submits a command to RCD. Completed with the answer ({@link io.aerie.engine.rcd.RcdAnswer}), or
   * with a failure: then it may still happen later, or may have happened.
   */
  void submitToRcd(byte[] command, Completion<byte[]> done);

  /** Whether this node is the leader of RCD's log now, as far as it knows. */
  boolean rcdLeader();

  /** A disk that is away for so long is no longer waited for: others take its place. */
  default long absenceNanos() {
    return Timing.ABSENCE;
  }

  /** 64 random bits. */
  long random();

  /** Computes erasure codes for this loop; asked once in a life, before the first is needed. */
  default GaloisKernel galoisKernel() {
    return new SwarKernel();
  }

  /** Notes what happened, for the log. */
  void event(String text);

  /** Notes something that can't happen unless the engine is wrong: the environment shouts. */
  void defect(String text);

  /** Something that can be called off. */
  interface Cancellable {
    /** The task will not run; no effect when it ran. */
    void cancel();
  }
}
