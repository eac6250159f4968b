package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.node.Environment;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.SealAnswer;
import io.aerie.engine.protocol.Message.SealedDisk;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.StreamState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** A volume that RCD granted to this node: its streams, its locks, and its clients' sessions. */
final class OwnedVolume {
  private final NodeContext context;
  private final Credits credits;
  private final IdleWatermarks idleWatermarks;
  private final OwnerCounters counters;
  private final RangeLocks locks = new RangeLocks();
  private final Repairs repairs;
  private final Orphans orphans = new Orphans();
  private final List<GroupStream> streams = new ArrayList<>();
  private final TreeMap<Long, GroupStream> byGroup = new TreeMap<>();
  private final TreeMap<Long, Session> sessions = new TreeMap<>();
  private final Map<UUID, Sealed> sealed = new HashMap<>();
  private final StripeMap map;
  private final Map<BlockKey, RowWrite> lastWrites = new HashMap<>();
  private final LiveUnits liveUnits = new LiveUnits();
  private final Freezer freezer;
  private final LayerFolder folder;
  private final Discarder discarder;
  private final OriginFill fill;
  private final Throttle throttle;
  private VolumeRecord volume;
  private Environment.Cancellable sealTimer;
  private boolean stopped;

  /** What a disk said when it was sealed for the present epoch. */
  private record Sealed(Target target, Map<Long, StreamState> streams) {}

  OwnedVolume(
      NodeContext context,
      Credits credits,
      IdleWatermarks idleWatermarks,
      OwnerCounters counters,
      VolumeRecord volume) {
    this.context = context;
    this.credits = credits;
    this.idleWatermarks = idleWatermarks;
    this.counters = counters;
    this.volume = volume;
    repairs = new Repairs(context, this);
    map = volume.redundancy().striped() ? new StripeMap(volume.redundancy().scheme()) : null;
    freezer = new Freezer(context, this);
    folder = new LayerFolder(context, this);
    discarder = new Discarder(context, this);
    fill = new OriginFill(context, this);
    throttle = new Throttle(context);
    for (GroupRecord group : context.rcd().groupsOf(volume.pool(), volume.redundancy())) {
      GroupStream stream = new GroupStream(context, this, credits, group);
      streams.add(stream);
      byGroup.put(group.number(), stream);
    }
    begin(volume);
  }

  long number() {
    return volume.number();
  }

  VolumeRecord record() {
    return volume;
  }

  /** The write of a stripe that began to wait last; null when none waits. */
  RowWrite lastWrite(BlockKey stripe) {
    return lastWrites.get(stripe);
  }

  void lastWrite(BlockKey stripe, RowWrite write) {
    lastWrites.put(stripe, write);
  }

  /** It waits no longer. */
  void forget(RowWrite write, BlockKey stripe) {
    lastWrites.remove(stripe, write);
  }

  /** Of a volume of fragments; of a volume of copies there is none. */
  StripeMap map() {
    return map;
  }

  /** The fragment of a stripe that a disk of its group keeps. */
  int fragmentOf(UUID disk, BlockKey stripe) {
    return map.fragmentAt(streamOf(stripe.index()).group().place(disk), stripe.index());
  }

  RangeLocks locks() {
    return locks;
  }

  Repairs repairs() {
    return repairs;
  }

  Orphans orphans() {
    return orphans;
  }

  Credits credits() {
    return credits;
  }

  IdleWatermarks idleWatermarks() {
    return idleWatermarks;
  }

  OwnerCounters counters() {
    return counters;
  }

  boolean stopped() {
    return stopped;
  }

  Collection<GroupStream> streams() {
    return streams;
  }

  boolean settled() {
    return streams.stream().allMatch(GroupStream::readable);
  }

  /** The stream of a block, or a stripe, of the live layer. */
  GroupStream streamOf(int block) {
    return streams.get(Placement.group(volume.live().seed(), block, streams.size()));
  }

  /** A new epoch under this owner: everything is settled anew. */
  void begin(VolumeRecord granted) {
    take(granted);
    sealed.clear();
    for (GroupStream stream : streams) {
      stream.begin(granted.epoch());
    }
    seal();
    freezer.begin();
    look();
  }

  /** RCD changed the volume, under the same epoch. */
  void changed(VolumeRecord record) {
    take(record);
    if (record.conversion().isFormer()) {
      // Its clients' attachments are of another volume now: what waits here must not be done.
      endSessions();
    }
    freezer.look();
    look();
  }

  private void take(VolumeRecord record) {
    if (volume.discardBytes() != record.discardBytes()) {
      // Where it was cut whole blocks vanish.
      liveUnits.forget();
    }
    volume = record;
  }

  private void look() {
    throttle.limit(volume.limits());
    liveUnits.of(volume.live().number());
    folder.look();
    discarder.look();
    fill.look();
  }

  /** Whether nothing may be numbered now: a layer is about to be frozen. */
  boolean holdsBack() {
    return freezer.holdsBack();
  }

  Throttle throttle() {
    return throttle;
  }

  LiveUnits liveUnits() {
    return liveUnits;
  }

  void stop() {
    stopped = true;
    throttle.stop();
    endSessions();
    streams.forEach(GroupStream::stop);
    if (sealTimer != null) {
      sealTimer.cancel();
    }
  }

  private void endSessions() {
    sessions.values().forEach(Session::end);
    sessions.clear();
  }

  /**
   * Whether a stale copy takes the place of all who were complete: nobody who is complete now was
   * so before. That comes with a new epoch, under which nothing was numbered yet.
   */
  boolean rolledBack(GroupRecord now) {
    GroupStream stream = byGroup.get(now.number());
    return stream != null
        && streams.stream().allMatch(each -> each.state() == GroupStream.State.SEALING)
        && !now.complete().isEmpty()
        && Collections.disjoint(now.complete(), stream.group().complete());
  }

  /**
   * Whether no copy lacks anything, so that what all of them have now is in whichever is accepted
   * some time. Fragments never are.
   */
  boolean copiesAreWhole() {
    return map != null || streams.stream().allMatch(stream -> stream.group().whole());
  }

  void onGroup(GroupRecord group) {
    GroupStream stream = byGroup.get(group.number());
    if (stream != null) {
      boolean whole = stream.group().whole();
      stream.refresh(group);
      if (!whole && group.whole()) {
        folder.look();
      }
      if (stream.state() == GroupStream.State.SEALING && sealTimer == null) {
        seal();
      }
    }
  }

  /** Seals the in-sync members that have not answered yet, and again after a while. */
  private void seal() {
    sealTimer = null;
    TreeMap<NodeId, TreeMap<UUID, Target>> missing = new TreeMap<>();
    TreeSet<UUID> looked = new TreeSet<>();
    for (GroupStream stream : streams) {
      if (stream.state() != GroupStream.State.SEALING) {
        continue;
      }
      for (UUID disk : stream.group().inSync()) {
        if (looked.add(disk) && sealed(disk).isEmpty()) {
          DiskRecord record = context.rcd().disks().get(disk);
          missing
              .computeIfAbsent(record.node(), n -> new TreeMap<>())
              .put(disk, new Target(disk, record.generation()));
        }
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    long epoch = volume.epoch();
    for (var node : missing.entrySet()) {
      List<Target> targets = List.copyOf(node.getValue().values());
      context.ask(
          node.getKey(),
          Timing.ANSWER,
          request -> new Message.Seal(request, volume.number(), epoch, targets),
          (answer, failure) -> {
            if (!stopped && answer instanceof SealAnswer of && of.epoch() == volume.epoch()) {
              onSealed(of);
            }
          });
    }
    sealTimer = context.later(Timing.RETRY, this::seal);
  }

  private void onSealed(SealAnswer answer) {
    for (SealedDisk disk : answer.disks()) {
      if (disk.status() == Status.DONE) {
        Map<Long, StreamState> of = new HashMap<>();
        disk.streams().forEach(state -> of.put(state.stream().group(), state));
        sealed.putIfAbsent(disk.target().disk(), new Sealed(disk.target(), of));
      }
    }
    for (GroupStream stream : streams) {
      if (stream.state() == GroupStream.State.SEALING) {
        stream.advance();
      }
    }
  }

  /** What a disk's present opening said when sealed; empty when it has not answered. */
  Optional<Map<Long, StreamState>> sealed(UUID disk) {
    Sealed of = sealed.get(disk);
    long generation = context.rcd().disk(disk).map(DiskRecord::generation).orElse(0L);
    return of == null || of.target().generation() != generation
        ? Optional.empty()
        : Optional.of(of.streams());
  }

  void onRequest(NodeId from, ClientRequest request) {
    AttachmentRecord attachment = context.rcd().attachments().get(request.generation());
    if (request.epoch() != volume.epoch()
        || attachment == null
        || attachment.volume() != volume.number()
        || !attachment.node().equals(from)) {
      Session.refuse(context, from, request, volume.epoch());
      return;
    }
    sessions
        .computeIfAbsent(request.generation(), generation -> new Session(context, this, attachment))
        .onRequest(request);
  }

  /**
   * Whether nothing that reservations exclude as of an index is numbered any more: RCD's state here
   * is that new, and members take nothing of a former owner (H21). With it, whether what was
   * numbered for attachments that ended is settled.
   */
  void onReservation(NodeId from, Message.ReservationQuestion question) {
    long index = context.rcd().index();
    boolean known = index >= question.index() && context.leaseValid();
    // Who only asks how it is asks nothing of writes.
    boolean excluded = question.index() == 0 || settled();
    boolean done = known && excluded && (!question.settled() || orphans.isEmpty());
    context.send(
        from,
        new Message.ReservationAnswer(
            question.request(), done ? Status.DONE : Status.REFUSED, index));
  }

  void onExtents(NodeId from, Message.ExtentsRequest request) {
    new SnapshotExtents(context, this, from, request).start();
  }

  void onOrigin(NodeId from, Message.OriginRequest request) {
    OriginRead.answer(context, this, from, request);
  }

  void onAppendAnswer(Message.AppendAnswer answer) {
    GroupStream stream = byGroup.get(answer.stream().group());
    if (stream != null) {
      stream.onAppendAnswer(answer);
    }
  }

  void detached(long generation) {
    Session session = sessions.remove(generation);
    if (session != null) {
      session.end();
    }
  }
}
