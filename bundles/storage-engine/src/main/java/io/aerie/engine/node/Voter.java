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
 *            -> heard again, or it leads the log itself: Trust, and all is as before
 *            -> majority, and all their last answers older than a lease -> Expire
 * </pre>
 *
 * Why the wait is enough: a lease stands on answers of a majority, which shares a voter with the
 * majority that acknowledged; that voter's last answer is not newer than what it reported, and it
 * answers again only after RCD ended the suspicion, after which its Expire has no effect.
 */
final class Voter {
  /** What this voter knows of another node's present incarnation. */
  private static final class Seen {
    final long incarnation;
    long silentNanos;
    long answeredNanos;
    Suspicion suspicion;

    /** What was said of it last: a node without RCD's majority asks again and again. */
    String said = "";

    /** A Suspect that was not answered yet: a leader without a majority must not pile them up. */
    boolean suspecting;

    Seen(long incarnation, long watchingSinceNanos) {
      this.incarnation = incarnation;
      answeredNanos = watchingSinceNanos;
    }
  }

  /** What this voter knows of one suspicion. */
  private static final class Suspicion {
    final long number;
    final TreeMap<NodeId, Long> leaseEnds = new TreeMap<>();
    boolean acknowledging;
    boolean heardAgain;

    Suspicion(long number) {
      this.number = number;
    }
  }

  private final NodeContext context;
  private final TreeMap<NodeId, Seen> seen = new TreeMap<>();
  private final long watchingSinceNanos;
  private long watchedNanos;
  private boolean leader;

  Voter(NodeContext context) {
    this.context = context;
    watchingSinceNanos = context.now();
    watchedNanos = watchingSinceNanos;
  }

  void start() {
    watch();
    context.later(Timing.WATCH, this::start);
  }

  void onBeat(NodeId from, Message.Beat beat) {
    NodeRecord node = context.rcd().nodes().get(from);
    if (node != null
        && (beat.incarnation() < node.incarnation()
            || (beat.incarnation() == node.incarnation() && node.state() == NodeState.DOWN))) {
      return;
    }
    if (node == null && beat.incarnation() <= context.rcd().lastIncarnation(from)) {
      return; // It was removed, and doesn't know it: what it owned is another's.
    }
    Seen of = seenOf(from, beat.incarnation());
    of.silentNanos = 0;
    if (node != null
        && beat.incarnation() == node.incarnation()
        && node.state() == NodeState.SUSPECT) {
      suspicionOf(node, of).heardAgain = true;
      return;
    }
    of.answeredNanos = context.now();
    context.send(from, new Message.BeatAnswer(beat.incarnation(), beat.sentNanos()));
  }

  private Seen seenOf(NodeId node, long incarnation) {
    Seen of = seen.get(node);
    if (of == null || of.incarnation < incarnation) {
      of = new Seen(incarnation, watchingSinceNanos);
      seen.put(node, of);
    }
    return of;
  }

  private static Suspicion suspicionOf(NodeRecord node, Seen of) {
    if (of.suspicion == null || of.suspicion.number != node.suspicion()) {
      of.suspicion = new Suspicion(node.suspicion());
    }
    return of.suspicion;
  }

  /** RCD changed a node's record. */
  void onNode(NodeRecord node) {
    if (node.state() != NodeState.SUSPECT) {
      return;
    }
    Seen of = seenOf(node.id(), node.incarnation());
    Suspicion suspicion = suspicionOf(node, of);
    for (var acknowledgement : node.acknowledgements().entrySet()) {
      suspicion.leaseEnds.computeIfAbsent(
          acknowledgement.getKey(),
          voter -> context.now() - acknowledgement.getValue() + Timing.LEASE_OF_VOTER);
    }
    acknowledge(node, of, suspicion);
  }

  private void acknowledge(NodeRecord node, Seen of, Suspicion suspicion) {
    if (suspicion.acknowledging || node.acknowledgements().containsKey(context.self())) {
      return;
    }
    suspicion.acknowledging = true;
    long age = Math.min(context.now() - of.answeredNanos, Timing.LEASE_OF_VOTER);
    context.submit(
        new RcdCommand.SuspectAcknowledged(
            context.self(), node.id(), node.incarnation(), suspicion.number, Math.max(0, age)),
        (answer, failure) -> suspicion.acknowledging = false);
  }

  private void watch() {
    long listenedNanos = listened();
    for (NodeRecord node : context.rcd().nodes().values()) {
      if (node.id().equals(context.self())) {
        trustMyself(node);
        continue;
      }
      Seen of = seenOf(node.id(), node.incarnation());
      if (of.incarnation != node.incarnation()) {
        continue;
      }
      of.silentNanos += listenedNanos;
      if (node.state() == NodeState.SUSPECT) {
        Suspicion suspicion = suspicionOf(node, of);
        acknowledge(node, of, suspicion);
        decide(node, of, suspicion);
      } else if (node.state() == NodeState.UP
          && leader
          && of.silentNanos > Timing.SILENCE
          && !of.suspecting) {
        say(of, "suspects " + node.id() + ", silent for more than a second");
        of.suspecting = true;
        context.submit(
            new RcdCommand.Suspect(node.id(), node.incarnation()),
            (answer, failure) -> of.suspecting = false);
      }
    }
  }

  /**
   * Who was suspected and then leads the log is heard by a majority, and nobody else decides about
   * it. It gains no lease by that, only answers to its beats; a former life gets no trust.
   */
  private void trustMyself(NodeRecord self) {
    if (leader
        && self.state() == NodeState.SUSPECT
        && self.incarnation() == context.incarnation()) {
      Seen of = seenOf(self.id(), self.incarnation());
      say(of, "leads RCD's log, and ends the suspicion of itself");
      context.submit(
          new RcdCommand.Trust(self.id(), self.incarnation(), self.suspicion()),
          (answer, failure) -> {});
    }
  }

  /**
   * For how long this node has listened since it last looked. While its own loop stood still, beats
   * waited unheard: that is no silence of others. A new leader begins to listen.
   */
  private long listened() {
    long now = context.now();
    long nanos = Math.min(now - watchedNanos, 2 * Timing.WATCH);
    watchedNanos = now;
    boolean leads = context.rcdLeader();
    if (leads && !leader) {
      seen.values().forEach(of -> of.silentNanos = 0);
    }
    leader = leads;
    return nanos;
  }

  private void say(Seen of, String what) {
    if (!of.said.equals(what)) {
      of.said = what;
      context.event(what);
    }
  }

  private void decide(NodeRecord node, Seen of, Suspicion suspicion) {
    if (!leader) {
      return;
    }
    if (suspicion.heardAgain) {
      say(of, "trusts " + node.id() + ", heard again");
      context.submit(
          new RcdCommand.Trust(node.id(), node.incarnation(), suspicion.number),
          (answer, failure) -> {});
    } else if (leasesAreOver(suspicion)) {
      say(of, "expires " + node.id());
      context.submit(
          new RcdCommand.Expire(node.id(), node.incarnation(), suspicion.number),
          (answer, failure) -> {});
    }
  }

  private boolean leasesAreOver(Suspicion suspicion) {
    int majority = context.rcd().voters().size() / 2 + 1;
    return suspicion.leaseEnds.size() >= majority
        && suspicion.leaseEnds.values().stream().allMatch(end -> context.now() - end > 0);
  }
}
