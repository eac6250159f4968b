package io.aerie.engine.node;

import io.aerie.base.NodeId;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import io.aerie.engine.rcd.RcdCommand;
import java.util.TreeMap;

/**
 * Answers beats until RCD suspects the sender, and drives the end of those that fell silent where
 * this node leads RCD's log.
 *
 * <pre>
 * silent 1 s -> Suspect -> each voter: no more answers, SuspectAcknowledged(age of its last answer)
 *            -> majority, and all their last answers older than a lease -> Expire
 * </pre>
 *
 * Why the wait is enough: a lease stands on answers of a majority, which shares a voter with the
 * majority that acknowledged; that voter's last answer is not newer than what it reported.
 */
final class Voter {
  /** What this voter knows of another node's present incarnation. */
  private static final class Seen {
    final long incarnation;
    long heardNanos;
    long answeredNanos;
    boolean acknowledging;
    final TreeMap<NodeId, Long> leaseEnds = new TreeMap<>();

    Seen(long incarnation, long nowNanos, long watchingSinceNanos) {
      this.incarnation = incarnation;
      heardNanos = nowNanos;
      answeredNanos = watchingSinceNanos;
    }
  }

  private final NodeContext context;
  private final TreeMap<NodeId, Seen> seen = new TreeMap<>();
  private final long watchingSinceNanos;
  private long leaderSinceNanos;
  private boolean leader;

  Voter(NodeContext context) {
    this.context = context;
    watchingSinceNanos = context.now();
  }

  void start() {
    watch();
    context.later(Timing.WATCH, this::start);
  }

  void onBeat(NodeId from, Message.Beat beat) {
    NodeRecord node = context.rcd().nodes().get(from);
    if (node != null
        && (beat.incarnation() < node.incarnation()
            || (beat.incarnation() == node.incarnation() && node.state() != NodeState.UP))) {
      return;
    }
    Seen of = seenOf(from, beat.incarnation());
    of.heardNanos = context.now();
    of.answeredNanos = of.heardNanos;
    context.send(from, new Message.BeatAnswer(beat.incarnation(), beat.sentNanos()));
  }

  private Seen seenOf(NodeId node, long incarnation) {
    Seen of = seen.get(node);
    if (of == null || of.incarnation < incarnation) {
      of = new Seen(incarnation, context.now(), watchingSinceNanos);
      seen.put(node, of);
    }
    return of;
  }

  /** RCD changed a node's record. */
  void onNode(NodeRecord node) {
    if (node.state() != NodeState.SUSPECT) {
      return;
    }
    Seen of = seenOf(node.id(), node.incarnation());
    for (var acknowledgement : node.acknowledgements().entrySet()) {
      of.leaseEnds.computeIfAbsent(
          acknowledgement.getKey(),
          voter -> context.now() - acknowledgement.getValue() + Timing.LEASE_OF_VOTER);
    }
    acknowledge(node, of);
  }

  private void acknowledge(NodeRecord node, Seen of) {
    if (of.acknowledging || node.acknowledgements().containsKey(context.self())) {
      return;
    }
    of.acknowledging = true;
    long age = Math.min(context.now() - of.answeredNanos, Timing.LEASE_OF_VOTER);
    context.submit(
        new RcdCommand.SuspectAcknowledged(
            context.self(), node.id(), node.incarnation(), Math.max(0, age)),
        (answer, failure) -> of.acknowledging = false);
  }

  private void watch() {
    boolean leads = context.rcdLeader();
    if (leads && !leader) {
      leaderSinceNanos = context.now();
    }
    leader = leads;
    for (NodeRecord node : context.rcd().nodes().values()) {
      if (node.id().equals(context.self())) {
        continue;
      }
      Seen of = seenOf(node.id(), node.incarnation());
      if (of.incarnation != node.incarnation()) {
        continue;
      }
      if (node.state() == NodeState.SUSPECT) {
        acknowledge(node, of);
        expireWhenOver(node, of);
      } else if (node.state() == NodeState.UP && leader) {
        suspectWhenSilent(node, of);
      }
    }
  }

  private void suspectWhenSilent(NodeRecord node, Seen of) {
    long now = context.now();
    if (now - of.heardNanos > Timing.SILENCE && now - leaderSinceNanos > Timing.SILENCE) {
      context.event("suspects " + node.id() + ", silent for more than a second");
      context.submit(
          new RcdCommand.Suspect(node.id(), node.incarnation()), (answer, failure) -> {});
    }
  }

  private void expireWhenOver(NodeRecord node, Seen of) {
    int majority = context.rcd().nodes().size() / 2 + 1;
    if (!leader || of.leaseEnds.size() < majority) {
      return;
    }
    for (long leaseEnd : of.leaseEnds.values()) {
      if (context.now() - leaseEnd <= 0) {
        return;
      }
    }
    context.event("expires " + node.id());
    context.submit(new RcdCommand.Expire(node.id(), node.incarnation()), (answer, failure) -> {});
  }
}
