package io.aerie.engine.node;

import io.aerie.base.NodeId;
import io.aerie.engine.protocol.Message;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * This incarnation's lease (rule 6): the send time of the newest beat that a majority of the voters
 * answered, plus two seconds less what clocks may differ. All nodes that RCD knows are voters, but
 * for one that left.
 */
final class Lease {
  private final NodeContext context;
  private final TreeMap<NodeId, Long> answered = new TreeMap<>();
  private long until = Long.MIN_VALUE;

  Lease(NodeContext context) {
    this.context = context;
  }

  void start() {
    Message.Beat beat = new Message.Beat(context.incarnation(), context.now());
    for (NodeId voter : context.rcd().voters()) {
      context.send(voter, beat);
    }
    context.later(Timing.BEAT, this::start);
  }

  void onAnswer(NodeId voter, Message.BeatAnswer answer) {
    SortedSet<NodeId> voters = context.rcd().voters();
    if (answer.incarnation() != context.incarnation() || !voters.contains(voter)) {
      return;
    }
    // who was removed votes no more, also not by an answer from before
    answered.keySet().retainAll(voters);
    answered.merge(voter, answer.sentNanos(), Math::max);
    int majority = voters.size() / 2 + 1;
    if (answered.size() >= majority) {
      long[] times = answered.values().stream().mapToLong(Long::longValue).toArray();
      Arrays.sort(times);
      until = times[times.length - majority] + Timing.LEASE_OF_OWNER;
    }
  }

  boolean valid() {
    return until != Long.MIN_VALUE && context.now() - until < 0;
  }
}
