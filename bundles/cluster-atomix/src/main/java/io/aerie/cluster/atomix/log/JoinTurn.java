package io.aerie.cluster.atomix.log;

import io.aerie.base.NodeId;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lets one node join a log at a time. Atomix' leader refuses to promote a learner when the members
 * changed after it had joined, which two nodes that join at once would run into; and a refused
 * replica can't begin again, since its state machine has applied the log already.
 */
final class JoinTurn {
  static final byte[] TAKE = {1};
  static final byte[] GIVE_BACK = {0};
  private static final byte[] GRANTED = {1};
  private static final byte[] WAIT = {0};

  /** A joiner that died keeps others waiting no longer than this. */
  private static final long HELD_NANOS_MAX = Duration.ofSeconds(15).toNanos();

  private final Supplier<Set<NodeId>> leaving;
  private NodeId holder;
  private long sinceNanos;

  /**
   * @param leaving nodes that are being removed: their turn never comes
   */
  JoinTurn(Supplier<Set<NodeId>> leaving) {
    this.leaving = leaving;
  }

  /** Answers a node that asks for its turn or gives it back. */
  synchronized byte[] answer(NodeId from, byte[] wish) {
    if (wish.length == 1 && wish[0] == GIVE_BACK[0]) {
      if (from.equals(holder)) {
        holder = null;
      }
      return GRANTED;
    }
    if (leaving.get().contains(from)) {
      return WAIT;
    }
    long now = System.nanoTime();
    if (holder == null || holder.equals(from) || now - sinceNanos > HELD_NANOS_MAX) {
      holder = from;
      sinceNanos = now;
      return GRANTED;
    }
    return WAIT;
  }

  static boolean granted(byte[] answer) {
    return answer.length == 1 && answer[0] == GRANTED[0];
  }
}
