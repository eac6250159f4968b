package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.AppendAnswer;
import io.aerie.engine.protocol.Message.Status;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The owner's side of one stream: all entries of a volume that fall to one group, under one epoch.
 *
 * <pre>
 *            all in-sync members sealed,           first write,
 *            nobody else may bring anything        or a member returns
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

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Credits credits;
  private final StreamKey key;
  private final Members members;
  private final Delivery delivery;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private List<Pending> formerEntries = new ArrayList<>();
  private GroupRecord group;
  private State state = State.SEALING;
  private long epoch;
  private Point kept = Point.NONE;
  private long numbered;
  private long watermark;

  GroupStream(NodeContext context, OwnedVolume volume, Credits credits, GroupRecord group) {
    this.context = context;
    this.volume = volume;
    this.credits = credits;
    this.group = group;
    key = new StreamKey(volume.number(), group.number());
    members = new Members(context, this);
    delivery = new Delivery(context, this, members, credits);
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
    return members.returners();
  }

  /** In-sync members, by disk. */
  List<Replica> inSync() {
    return members.inSync();
  }

  /** A member in sync to ask: this node's own first, at further attempts others by turns. */
  Optional<Replica> source(int attempt) {
    return source(attempt, Set.of());
  }

  /** The same, but none of these. */
  Optional<Replica> source(int attempt, Set<UUID> avoided) {
    List<Replica> inSync = members.inSync();
    inSync.removeIf(replica -> avoided.contains(replica.target.disk()));
    for (Replica candidate : inSync) {
      if (attempt == 0 && candidate.node.equals(context.self())) {
        return Optional.of(candidate);
      }
    }
    return inSync.isEmpty() ? Optional.empty() : Optional.of(inSync.get(attempt % inSync.size()));
  }

  /** Members that have all that was settled, by disk. */
  List<Replica> acknowledging() {
    return members.acknowledging();
  }

  /** Whether a change of the block may be made for that member: it lacks nothing of before. */
  boolean takes(UUID disk, BlockKey block) {
    return members.takes(disk, block);
  }

  /** Whether the change was made for all whose acknowledgement it needs. */
  boolean covered(MemberChanges changes) {
    for (Replica replica : members.acknowledging()) {
      if (changes.of(replica.target.disk()) == null) {
        return false;
      }
    }
    return true;
  }

  /** A new epoch: what is numbered and not settled waits for the settle. */
  void begin(long newEpoch) {
    state = State.SEALING;
    epoch = newEpoch;
    formerEntries.addAll(delivery.after(watermark));
    delivery.clear();
    members.clear();
    numbered = 0;
    watermark = 0;
  }

  void stop() {
    state = State.BROKEN;
    delivery.clear();
    members.clear();
    waiting.clear();
  }

  /** RCD changed the group, or the answers to a seal came in. */
  void refresh(GroupRecord record) {
    boolean servesAgain = group.frozen() && !record.frozen();
    group = record;
    if (state == State.SERVING || state == State.BASING || state == State.EMPTY) {
      followMembers();
    }
    advance();
    if (servesAgain && readable()) {
      serve();
    }
  }

  private void followMembers() {
    List<Replica> gone = members.follow(group);
    if (!gone.isEmpty()) {
      gone.forEach(delivery::release);
      credits.wake();
    }
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
      members.beginReturns(group, numbered, delivery.after(watermark));
    } else if (state == State.EMPTY && members.anyPendingReturn(group)) {
      startBasing();
    }
  }

  /** A frozen group waits: an eligible member may yet bring what it holds. */
  private void settle() {
    if (!group.settles()) {
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
    for (Replica replica : members.inSync()) {
      all &= replica.based;
      if (!replica.based && !replica.basing) {
        askBase(replica, new Base(key, epoch, kept, 0, false));
      }
    }
    if (all && group.settles() && !group.inSync().isEmpty()) {
      state = State.SERVING;
      serve();
    }
  }

  /**
   * Those that wait go on. In a group that goes on alone reads do; changes stay as they are, and
   * what the settle kept of them is not acknowledged, until there are enough in sync.
   */
  private void serve() {
    if (state == State.SERVING && !group.frozen()) {
      reissue();
    }
    runWaiting();
  }

  private void askBase(Replica replica, Base base) {
    replica.basing = true;
    long ofEpoch = epoch;
    long groupEpoch = group.epoch();
    context.ask(
        replica.node,
        Timing.ANSWER,
        request -> new Message.BaseRequest(request, replica.target, groupEpoch, base),
        (answer, failure) -> {
          replica.basing = false;
          if (epoch != ofEpoch || !members.has(replica)) {
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
        force(entry.block, entry.changes, entry.settled);
      }
    }
  }

  /** Whether all that was numbered is held by all whose acknowledgement counts. */
  boolean drained() {
    return formerEntries.isEmpty()
        && (state == State.EMPTY || (state == State.SERVING && watermark == numbered));
  }

  /** Lets those that wait look again. */
  void runWaiting() {
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
    return copyable() && !group.frozen();
  }

  /** Whether a member that lacks something can be given it now. */
  boolean copyable() {
    if (volume.holdsBack()) {
      return false;
    }
    if (state == State.EMPTY) {
      startBasing();
    }
    return state == State.SERVING && group.settles();
  }

  /**
   * Numbers a change and sends it. False when the members' credits don't allow it now: then the
   * caller waits for them.
   */
  boolean number(BlockKey block, MemberChanges changes, Runnable settled) {
    if (!credits.take(members.disks(), changes.bytes() + Credits.ENTRY_BYTES)) {
      return false;
    }
    send(block, changes, false, settled);
    return true;
  }

  private void force(BlockKey block, MemberChanges changes, Runnable settled) {
    if (!covered(changes)) {
      context.defect("a member of " + key + " is in sync without " + block);
    }
    int bytes = changes.bytes() + Credits.ENTRY_BYTES;
    if (!credits.take(members.disks(), bytes)) {
      // Its credits were given back a moment ago, and it must keep its place in the order.
      members.disks().forEach(disk -> credits.release(disk, -bytes));
    }
    send(block, changes, false, settled);
  }

  /** Numbers a change for one member only; the others get nothing. */
  boolean numberFor(UUID disk, Change change, Runnable settled) {
    if (!credits.take(members.disks(), change.dataBytes() + Credits.ENTRY_BYTES)) {
      return false;
    }
    send(null, MemberChanges.only(disk, change), true, settled);
    return true;
  }

  private void send(BlockKey block, MemberChanges changes, boolean copy, Runnable settled) {
    numbered++;
    Set<UUID> withheld = block == null ? Set.of() : members.withhold(block, changes);
    delivery.send(
        new Pending(
            new Point(epoch, numbered), group.epoch(), block, changes, withheld, copy, settled));
  }

  /** Sends everything after what a member holds, in batches. */
  void sendFrom(Replica replica, long after) {
    delivery.sendFrom(replica, after);
  }

  void onAppendAnswer(AppendAnswer answer) {
    Replica replica = members.of(answer.target().disk());
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
      if (answer.status() == Status.GAP) {
        delivery.gap(replica, answer.next());
      }
    }
  }

  /** Moves the watermark, completes what is settled, forgets what everybody holds. */
  void progress() {
    long heldByAcknowledging = Long.MAX_VALUE;
    long heldByAll = Long.MAX_VALUE;
    for (Replica replica : members.all()) {
      heldByAll = Math.min(heldByAll, replica.held);
      if (replica.acknowledges()) {
        heldByAcknowledging = Math.min(heldByAcknowledging, replica.held);
      }
    }
    if (group.settles()
        && !group.inSync().isEmpty()
        && heldByAcknowledging != Long.MAX_VALUE
        && heldByAcknowledging > watermark) {
      long before = watermark;
      watermark = heldByAcknowledging;
      delivery.settled(before, watermark);
    }
    delivery.forget(Math.min(heldByAll, watermark));
    members.returners().forEach(Returner::advance);
  }
}
