package io.aerie.engine.owner;

import io.aerie.engine.node.Environment;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.AppendAnswer;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The owner's side of one stream: all entries of a volume that fall to one group, under one epoch.
 *
 * <pre>
 *            all in-sync members sealed,           first write,
 *            the group not frozen                  or a member returns
 *  SEALING ------------------------------> EMPTY ---------------------> BASING
 *     |    no member has the stream                                       |  all in-sync
 *     +-----------------------------------------------------------------> |  members have the base
 *     |    kept = longest common prefix                                   v
 *     +--> BROKEN (something settled is missing)                       SERVING
 *
 *  a new epoch leads from anywhere to SEALING
 * </pre>
 */
final class GroupStream {
  /** See the drawing. */
  enum State {
    SEALING,
    EMPTY,
    BASING,
    SERVING,
    BROKEN
  }

  /** A member that tells of a gap gets the rest at most this often. */
  private static final long GAP_PAUSE = Timing.RETRY / 5;

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Credits credits;
  private final StreamKey key;
  private final Appender appender;
  private final TreeMap<UUID, Replica> replicas = new TreeMap<>();
  private final TreeMap<UUID, Returner> returners = new TreeMap<>();
  private final ArrayDeque<Pending> entries = new ArrayDeque<>();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private List<Pending> formerEntries = new ArrayList<>();
  private GroupRecord group;
  private State state = State.SEALING;
  private long epoch;
  private Point kept = Point.NONE;
  private long numbered;
  private long watermark;
  private long watermarkSent;
  private Environment.Cancellable resendTimer;
  private Environment.Cancellable idleTimer;

  GroupStream(NodeContext context, OwnedVolume volume, Credits credits, GroupRecord group) {
    this.context = context;
    this.volume = volume;
    this.credits = credits;
    this.group = group;
    key = new StreamKey(volume.number(), group.number());
    appender = new Appender(context, key);
  }

  StreamKey key() {
    return key;
  }

  State state() {
    return state;
  }

  GroupRecord group() {
    return group;
  }

  long epoch() {
    return epoch;
  }

  Point watermark() {
    return new Point(epoch, watermark);
  }

  long numbered() {
    return numbered;
  }

  OwnedVolume volume() {
    return volume;
  }

  Collection<Returner> returners() {
    return returners.values();
  }

  /** In-sync members, by disk. */
  List<Replica> inSync() {
    List<Replica> of = new ArrayList<>();
    for (Replica replica : replicas.values()) {
      if (!replica.rebuilding) {
        of.add(replica);
      }
    }
    return of;
  }

  /** A new epoch: what is numbered and not settled waits for the settle. */
  void begin(long newEpoch) {
    state = State.SEALING;
    epoch = newEpoch;
    for (Pending entry : entries) {
      if (entry.point.sequence() > watermark) {
        formerEntries.add(entry);
      }
    }
    releaseAll();
    stopReturners();
    replicas.clear();
    numbered = 0;
    watermark = 0;
    watermarkSent = 0;
  }

  void stop() {
    state = State.BROKEN;
    releaseAll();
    stopReturners();
    waiting.clear();
    replicas.clear();
  }

  private void stopReturners() {
    returners.values().forEach(Returner::stop);
    returners.clear();
  }

  private void releaseAll() {
    for (Replica replica : replicas.values()) {
      release(replica);
    }
    entries.clear();
    credits.wake();
  }

  /** Gives back what the entries take of a member's disk. */
  private void release(Replica replica) {
    for (Pending entry : entries) {
      if (entry.point.sequence() > replica.first) {
        credits.release(replica.target.disk(), entry.bytes + Credits.ENTRY_BYTES);
      }
    }
  }

  /** RCD changed the group, or the answers to a seal came in. */
  void refresh(GroupRecord record) {
    group = record;
    if (state == State.SERVING || state == State.BASING || state == State.EMPTY) {
      followMembers();
    }
    advance();
  }

  private void followMembers() {
    for (Replica replica : List.copyOf(replicas.values())) {
      UUID disk = replica.target.disk();
      boolean in = group.inSync().contains(disk);
      boolean rebuilding = group.rebuilding().contains(disk);
      long generation = context.rcd().disk(disk).map(DiskRecord::generation).orElse(0L);
      if ((!in && !rebuilding) || generation != replica.target.generation()) {
        release(replica);
        replicas.remove(disk);
        Returner returner = returners.remove(disk);
        if (returner != null) {
          returner.stop();
        }
        credits.wake();
      } else if (in && replica.rebuilding) {
        admit(replica);
      }
    }
    for (UUID disk : group.inSync()) {
      if (!replicas.containsKey(disk)) {
        replicas.put(disk, replica(disk, false, 0));
      }
    }
  }

  /** What was rebuilding is in sync: RCD agreed to what was proposed. */
  private void admit(Replica former) {
    Replica replica = new Replica(former.target, former.node, false, former.first);
    replica.based = former.based;
    replica.held = former.held;
    replica.sent = former.sent;
    replicas.put(former.target.disk(), replica);
    Returner returner = returners.remove(former.target.disk());
    if (returner != null) {
      returner.stop();
    }
  }

  private Replica replica(UUID disk, boolean rebuilding, long first) {
    DiskRecord record = context.rcd().disks().get(disk);
    return new Replica(new Target(disk, record.generation()), record.node(), rebuilding, first);
  }

  /** Goes on as far as the state of things allows. */
  void advance() {
    if (state == State.SEALING) {
      settle();
    }
    if (state == State.BASING) {
      base();
    }
    if (state == State.SERVING) {
      progress();
      beginReturns();
    } else if (state == State.EMPTY && !group.rebuilding().isEmpty() && anyPendingReturn()) {
      startBasing();
    }
  }

  private boolean anyPendingReturn() {
    return group.rebuilding().stream()
        .anyMatch(disk -> context.rcd().pending(key.group(), disk, key.volume()));
  }

  /** Frozen groups are not settled: an eligible member may yet bring what it holds. */
  private void settle() {
    if (group.frozen()) {
      return;
    }
    List<StreamState> states = new ArrayList<>();
    boolean any = false;
    for (UUID disk : group.inSync()) {
      Optional<Map<Long, StreamState>> sealed = volume.sealed(disk);
      if (sealed.isEmpty()) {
        return;
      }
      StreamState of = sealed.get().get(key.group());
      any |= of != null;
      states.add(of);
    }
    Optional<Point> common = Settlement.kept(states);
    if (common.isEmpty()) {
      state = State.BROKEN;
      context.defect("settled entries of " + key + " are missing on a member: " + states);
      return;
    }
    kept = common.get();
    judge();
    followMembers();
    if (any) {
      startBasing();
    } else {
      state = State.EMPTY;
      runWaiting();
    }
  }

  /**
   * Which own entries were kept is decided once, by the first settle after they were numbered:
   * later epochs' bases compare as higher than entries that an earlier one dropped.
   */
  private void judge() {
    for (Pending entry : formerEntries) {
      if (!entry.judged) {
        entry.judged = true;
        entry.kept = entry.point.compareTo(kept) <= 0;
      }
    }
  }

  private void startBasing() {
    state = State.BASING;
    base();
  }

  private void base() {
    boolean all = true;
    for (Replica replica : inSync()) {
      all &= replica.based;
      if (!replica.based && !replica.basing) {
        askBase(replica, new Base(key, epoch, kept, 0, false));
      }
    }
    if (all && !group.frozen() && !group.inSync().isEmpty()) {
      state = State.SERVING;
      reissue();
      runWaiting();
    }
  }

  private void askBase(Replica replica, Base base) {
    replica.basing = true;
    long ofEpoch = epoch;
    context.ask(
        replica.node,
        Timing.ANSWER,
        request -> new Message.BaseRequest(request, replica.target, base),
        (answer, failure) -> {
          replica.basing = false;
          if (epoch != ofEpoch || replicas.get(replica.target.disk()) != replica) {
            return;
          }
          if (answer instanceof Message.BaseAnswer based && based.status() == Status.DONE) {
            replica.based = true;
            advance();
          } else {
            context.later(Timing.RETRY, this::advance);
          }
        });
  }

  /** Own operations that the settle kept are done; the others are numbered again, in order. */
  private void reissue() {
    List<Pending> former = formerEntries;
    formerEntries = new ArrayList<>();
    for (Pending entry : former) {
      if (entry.copy) {
        continue;
      }
      if (entry.kept) {
        entry.settled.run();
      } else {
        force(entry.block, entry.change, entry.settled);
      }
    }
  }

  private void runWaiting() {
    for (int i = waiting.size(); i > 0; i--) {
      waiting.remove().run();
    }
  }

  /** Runs a task when entries can be numbered or, for reading, when the group has been settled. */
  void whenServing(Runnable task) {
    waiting.add(task);
  }

  boolean readable() {
    return state == State.SERVING || state == State.EMPTY;
  }

  /** Whether a change could be numbered now; an empty stream is begun by asking. */
  boolean writable() {
    if (state == State.EMPTY) {
      startBasing();
    }
    return state == State.SERVING && !group.frozen();
  }

  /**
   * Numbers a change and sends it. False when the members' credits don't allow it now: then the
   * caller waits for them.
   */
  boolean number(BlockKey block, Change change, Runnable settled) {
    if (!credits.take(replicas.keySet(), Pending.bytes(change) + Credits.ENTRY_BYTES)) {
      return false;
    }
    send(block, change, Map.of(), false, settled);
    return true;
  }

  private void force(BlockKey block, Change change, Runnable settled) {
    int bytes = Pending.bytes(change) + Credits.ENTRY_BYTES;
    if (!credits.take(replicas.keySet(), bytes)) {
      // Its credits were given back a moment ago, and it must keep its place in the order.
      replicas.keySet().forEach(disk -> credits.release(disk, -bytes));
    }
    send(block, change, Map.of(), false, settled);
  }

  /** Numbers a change for one member only; the others get nothing. */
  boolean numberFor(UUID disk, Change change, Runnable settled) {
    if (!credits.take(replicas.keySet(), Pending.bytes(change) + Credits.ENTRY_BYTES)) {
      return false;
    }
    send(null, new Change.Nothing(), Map.of(disk, change), true, settled);
    return true;
  }

  private void send(
      BlockKey block, Change change, Map<UUID, Change> only, boolean copy, Runnable settled) {
    numbered++;
    Map<UUID, Change> instead = only;
    if (block != null) {
      for (Returner returner : returners.values()) {
        if (!returner.takes(block)) {
          instead = instead.isEmpty() ? new HashMap<>() : instead;
          instead.put(returner.disk(), new Change.Nothing());
        }
      }
    }
    Pending entry =
        new Pending(
            new Point(epoch, numbered), group.epoch(), block, change, instead, copy, settled);
    entries.add(entry);
    for (Replica replica : replicas.values()) {
      if (replica.based && replica.sent == numbered - 1) {
        replica.sent = numbered;
        appender.append(replica, watermark(), List.of(entry));
      }
    }
    armResend();
  }

  /** Sends everything after what a member holds, in batches. */
  void sendFrom(Replica replica, long after) {
    appender.appendAfter(replica, watermark(), entries, after);
    replica.sent = Math.max(replica.sent, numbered);
    armResend();
  }

  private void armResend() {
    if (resendTimer == null) {
      replicas.values().forEach(r -> r.heldBefore = r.held);
      resendTimer = context.later(Timing.ANSWER, this::resend);
    }
  }

  private void resend() {
    resendTimer = null;
    if (state != State.SERVING) {
      return;
    }
    boolean unanswered = false;
    for (Replica replica : replicas.values()) {
      if (replica.based && replica.held < numbered) {
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

  void onAppendAnswer(AppendAnswer answer) {
    Replica replica = replicas.get(answer.target().disk());
    if (replica == null
        || answer.epoch() != epoch
        || !replica.target.equals(answer.target())
        || !replica.based
        || state != State.SERVING) {
      return;
    }
    if (answer.status() == Status.DONE || answer.status() == Status.GAP) {
      if (answer.held() > replica.held) {
        replica.held = answer.held();
        progress();
      }
      if (answer.status() == Status.GAP
          && (replica.gapAnsweredNanos == Long.MIN_VALUE
              || context.now() - replica.gapAnsweredNanos > GAP_PAUSE)) {
        replica.gapAnsweredNanos = context.now();
        sendFrom(replica, answer.next() - 1);
      }
    }
  }

  /** Members that are waited for: in sync, and rebuilding ones that were proposed (H3). */
  boolean acknowledges(Replica replica) {
    return !replica.rebuilding || replica.awaited;
  }

  /** Moves the watermark, completes what is settled, forgets what everybody holds. */
  void progress() {
    long heldByAcknowledging = Long.MAX_VALUE;
    long heldByAll = Long.MAX_VALUE;
    for (Replica replica : replicas.values()) {
      heldByAll = Math.min(heldByAll, replica.held);
      if (acknowledges(replica)) {
        heldByAcknowledging = Math.min(heldByAcknowledging, replica.held);
      }
    }
    if (!group.frozen()
        && !group.inSync().isEmpty()
        && heldByAcknowledging != Long.MAX_VALUE
        && heldByAcknowledging > watermark) {
      long before = watermark;
      watermark = heldByAcknowledging;
      armIdleWatermark();
      complete(before);
    }
    forget(Math.min(heldByAll, watermark));
    for (Returner returner : List.copyOf(returners.values())) {
      returner.advance();
    }
  }

  private void complete(long before) {
    List<Runnable> done = new ArrayList<>();
    for (Pending entry : entries) {
      long sequence = entry.point.sequence();
      if (sequence > before && sequence <= watermark) {
        done.add(entry.settled);
      }
    }
    done.forEach(Runnable::run);
  }

  private void forget(long upTo) {
    boolean released = false;
    while (!entries.isEmpty() && entries.peek().point.sequence() <= upTo) {
      Pending entry = entries.remove();
      for (Replica replica : replicas.values()) {
        if (entry.point.sequence() > replica.first) {
          credits.release(replica.target.disk(), entry.bytes + Credits.ENTRY_BYTES);
        }
      }
      released = true;
    }
    if (released) {
      credits.wake();
    }
  }

  private void armIdleWatermark() {
    if (idleTimer == null) {
      idleTimer = context.later(Timing.IDLE_WATERMARK, this::sendIdleWatermark);
    }
  }

  private void sendIdleWatermark() {
    idleTimer = null;
    if (state != State.SERVING) {
      return;
    }
    if (watermark > watermarkSent && watermark == numbered) {
      watermarkSent = watermark;
      for (Replica replica : replicas.values()) {
        if (replica.based) {
          appender.append(replica, watermark(), List.of());
        }
      }
    } else if (watermark > watermarkSent) {
      armIdleWatermark();
    }
  }

  private void beginReturns() {
    for (UUID disk : group.rebuilding()) {
      if (!replicas.containsKey(disk) && context.rcd().pending(key.group(), disk, key.volume())) {
        Replica replica = replica(disk, true, numbered);
        Returner returner = new Returner(context, this, replica);
        for (Pending entry : entries) {
          if (entry.block != null && entry.point.sequence() > watermark) {
            returner.touch(entry.block);
          }
        }
        replicas.put(disk, replica);
        returners.put(disk, returner);
        returner.start();
      }
    }
  }
}
