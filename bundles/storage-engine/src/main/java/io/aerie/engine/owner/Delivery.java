package io.aerie.engine.owner;

import io.aerie.engine.node.Environment;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Entries of a stream on their way to its members: sent once when numbered, again after a gap or
 * when nothing moves, kept with their credits until all members hold them. Also tells members what
 * is settled when no entry does.
 */
final class Delivery {
  /** A member that tells of a gap gets the rest at most this often. */
  private static final long GAP_PAUSE = Timing.RETRY / 5;

  private final NodeContext context;
  private final GroupStream stream;
  private final Members members;
  private final Credits credits;
  private final Appender appender;
  private final ArrayDeque<Pending> entries = new ArrayDeque<>();
  private long watermarkSent;
  private Environment.Cancellable resendTimer;

  Delivery(NodeContext context, GroupStream stream, Members members, Credits credits) {
    this.context = context;
    this.stream = stream;
    this.members = members;
    this.credits = credits;
    appender = new Appender(context, stream.key());
  }

  /** A new entry, the last number. */
  void send(Pending entry) {
    entries.add(entry);
    long number = entry.point.sequence();
    for (Replica replica : members.all()) {
      if (replica.based && replica.sent == number - 1) {
        replica.sent = number;
        appender.append(replica, stream.watermark(), List.of(entry));
      }
    }
    armResend();
  }

  /** Sends everything after what a member holds, in batches. */
  void sendFrom(Replica replica, long after) {
    appender.appendAfter(replica, stream.watermark(), entries, after);
    replica.sent = Math.max(replica.sent, stream.numbered());
    armResend();
  }

  /** A member misses something before the entry that it got. */
  void gap(Replica replica, long next) {
    if (replica.gapAnsweredNanos == Long.MIN_VALUE
        || context.now() - replica.gapAnsweredNanos > GAP_PAUSE) {
      replica.gapAnsweredNanos = context.now();
      sendFrom(replica, next - 1);
    }
  }

  private void armResend() {
    if (resendTimer == null) {
      members.all().forEach(r -> r.heldBefore = r.held);
      resendTimer = context.later(Timing.ANSWER, this::resend);
    }
  }

  private void resend() {
    resendTimer = null;
    if (stream.state() != GroupStream.State.SERVING) {
      return;
    }
    boolean unanswered = false;
    for (Replica replica : members.all()) {
      if (replica.based && replica.held < stream.numbered()) {
        unanswered = true;
        if (replica.held == replica.heldBefore) {
          sendFrom(replica, replica.held);
        }
      }
    }
    if (unanswered) {
      armResend();
    }
  }

  /** Entries above a place. */
  List<Pending> after(long place) {
    List<Pending> of = new ArrayList<>();
    for (Pending entry : entries) {
      if (entry.point.sequence() > place) {
        of.add(entry);
      }
    }
    return of;
  }

  /** The watermark moved: what it passed is completed, and members learn of it soon. */
  void settled(long before, long watermark) {
    List<Runnable> done = new ArrayList<>();
    long bytes = 0;
    for (Pending entry : entries) {
      long sequence = entry.point.sequence();
      if (sequence > before && sequence <= watermark) {
        done.add(entry.settled);
        bytes += entry.bytes + Credits.ENTRY_BYTES;
      }
    }
    stream.volume().idleWatermarks().settled(this, bytes);
    done.forEach(Runnable::run);
  }

  /** All members hold everything up to here. */
  void forget(long upTo) {
    boolean released = false;
    while (!entries.isEmpty() && entries.peek().point.sequence() <= upTo) {
      Pending entry = entries.remove();
      members.all().forEach(replica -> release(replica, entry));
      released = true;
    }
    if (released) {
      credits.wake();
    }
  }

  /** Gives back what the entries take of a member's disk. */
  void release(Replica replica) {
    entries.forEach(entry -> release(replica, entry));
  }

  private void release(Replica replica, Pending entry) {
    if (entry.point.sequence() > replica.first) {
      credits.release(replica.target.disk(), entry.bytes + Credits.ENTRY_BYTES);
    }
  }

  /** The epoch is over. Before members are forgotten: the entries' credits are theirs. */
  void clear() {
    members.all().forEach(this::release);
    entries.clear();
    watermarkSent = 0;
    credits.wake();
  }

  /** Unless an entry is on its way: when that is settled, this comes again. */
  void sendIdleWatermark() {
    long watermark = stream.watermark().sequence();
    if (stream.state() != GroupStream.State.SERVING
        || watermark <= watermarkSent
        || watermark < stream.numbered()) {
      return;
    }
    watermarkSent = watermark;
    for (Replica replica : members.all()) {
      if (replica.based) {
        appender.append(replica, stream.watermark(), List.of());
      }
    }
  }
}
