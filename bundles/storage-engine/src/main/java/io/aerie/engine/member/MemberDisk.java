package io.aerie.engine.member;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.aerie.engine.protocol.Message.Append;
import io.aerie.engine.protocol.Message.AppendAnswer;
import io.aerie.engine.protocol.Message.BaseAnswer;
import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import io.aerie.engine.store.UnitState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/** One disk: takes each stream's entries in order, and nothing else. */
final class MemberDisk {
  private final NodeContext context;
  private final MemberStore store;
  private final Target target;
  private final TreeMap<StreamKey, MemberStream> streams = new TreeMap<>();
  private final Runnable onFailed;
  private final Leftovers leftovers;
  private boolean failed;
  private boolean verifying;

  MemberDisk(NodeContext context, MemberStore store, Runnable onFailed) {
    this.context = context;
    this.store = store;
    this.onFailed = onFailed;
    target = new Target(store.identity().disk(), store.identity().generation());
    leftovers = new Leftovers(context, this);
    for (StreamState state : store.streams()) {
      streams.put(state.stream(), MemberStream.of(state));
    }
  }

  Leftovers leftovers() {
    return leftovers;
  }

  Target target() {
    return target;
  }

  MemberStore store() {
    return store;
  }

  boolean failed() {
    return failed;
  }

  /** Whether a block may be verified now: one at a time. */
  boolean beginVerifying() {
    boolean free = !verifying;
    verifying = true;
    return free;
  }

  void endVerifying() {
    verifying = false;
  }

  void fail(Throwable failure) {
    if (!failed) {
      failed = true;
      context.event("disk " + target.disk() + " failed: " + failure.getMessage());
      onFailed.run();
    }
  }

  /** What a failed read says; a failed disk is reported. */
  Status statusOf(Throwable failure) {
    if (failure instanceof AerieException aerie) {
      if (aerie.code() == ErrorCode.CORRUPT) {
        return Status.CORRUPT;
      }
      if (aerie.code() == ErrorCode.NO_SPACE) {
        return Status.NO_SPACE;
      }
      if (aerie.code() == ErrorCode.CONFLICT || aerie.code() == ErrorCode.UNAVAILABLE) {
        // Overtaken by a base or a deletion, or the disk is being closed: nothing is broken.
        return Status.REFUSED;
      }
    }
    fail(failure);
    return Status.FAILED;
  }

  void append(NodeId owner, Append message) {
    MemberStream stream = streams.get(message.stream());
    if (stream == null || stream.epoch != message.epoch() || stream.basing) {
      context.send(
          owner, new AppendAnswer(target, message.stream(), message.epoch(), Status.REFUSED, 0, 0));
      return;
    }
    stream.told = Math.max(stream.told, message.watermark());
    boolean gap = false;
    boolean repeated = false;
    for (Entry entry : message.entries()) {
      long sequence = entry.point().sequence();
      if (sequence == stream.accepted + 1) {
        stream.accepted++;
        stream.inFlight++;
        store.append(
            entry,
            context.whileAlive((nothing, failure) -> appended(owner, stream, entry, failure)));
      } else if (sequence <= stream.accepted) {
        repeated = true;
      } else {
        gap = true;
        break;
      }
    }
    settle(stream);
    if (gap || repeated) {
      answer(owner, stream, gap ? Status.GAP : Status.DONE);
    }
  }

  private void appended(NodeId owner, MemberStream stream, Entry entry, Throwable failure) {
    stream.inFlight--;
    if (failure != null) {
      Status status = statusOf(failure);
      if (stream.inFlight == 0) {
        stream.accepted = stream.held;
      }
      answer(owner, stream, status);
      return;
    }
    if (entry.point().epoch() == stream.epoch) {
      stream.held = Math.max(stream.held, entry.point().sequence());
      settle(stream);
      answer(owner, stream, Status.DONE);
    }
  }

  private void answer(NodeId owner, MemberStream stream, Status status) {
    context.send(
        owner,
        new AppendAnswer(
            target, stream.key, stream.epoch, status, stream.held, stream.accepted + 1));
  }

  private void settle(MemberStream stream) {
    long watermark = Math.min(stream.told, stream.held);
    if (watermark > stream.settled && !stream.basing) {
      stream.settled = watermark;
      store.advance(stream.key, new Point(stream.epoch, watermark));
    }
  }

  /**
   * Before a read: what the owner calls settled is shown. False when this disk is not there yet.
   */
  boolean reach(StreamKey key, Point watermark) {
    MemberStream stream = streams.get(key);
    if (stream == null
        || stream.basing
        || stream.epoch != watermark.epoch()
        || stream.held < watermark.sequence()) {
      return false;
    }
    stream.told = Math.max(stream.told, watermark.sequence());
    settle(stream);
    return true;
  }

  void base(NodeId owner, BaseRequest message) {
    Base base = message.base();
    MemberStream stream = streams.computeIfAbsent(base.stream(), MemberStream::new);
    boolean late = base.epoch() == stream.epoch && message.request() <= stream.baseRequest;
    if (late || stream.basing || base.epoch() < stream.epoch) {
      context.send(owner, new BaseAnswer(message.request(), Status.REFUSED, List.of()));
      return;
    }
    stream.baseRequest = message.request();
    stream.groupEpoch = Math.max(stream.groupEpoch, message.groupEpoch());
    if (!base.returning() && stream.epoch == base.epoch() && stream.accepted == base.first()) {
      answerBase(owner, message);
      return;
    }
    stream.basing = true;
    whenIdle(List.of(stream), () -> startBase(owner, stream, message));
  }

  /** It is in flight like an entry: a seal that overtook it would tell of what it replaces. */
  private void startBase(NodeId owner, MemberStream stream, BaseRequest message) {
    stream.inFlight++;
    store.base(
        message.base(),
        context.whileAlive(
            (nothing, failure) -> {
              stream.inFlight--;
              if (failure != null) {
                Status status = statusOf(failure);
                stream.basing = false;
                context.send(owner, new BaseAnswer(message.request(), status, List.of()));
                return;
              }
              based(stream, message.base());
              answerBase(owner, message);
            }));
  }

  private static void based(MemberStream stream, Base base) {
    stream.basing = false;
    stream.epoch = base.epoch();
    stream.accepted = base.first();
    stream.held = base.first();
    stream.told = 0;
    stream.settled = base.first();
  }

  private void answerBase(NodeId owner, BaseRequest message) {
    context.send(
        owner,
        new BaseAnswer(
            message.request(),
            Status.DONE,
            message.base().returning() ? store.inventory(message.base().stream()) : List.of()));
  }

  /** What this disk has of a volume, once nothing of it is on its way. */
  void sealed(long volume, Runnable whenKnown) {
    List<MemberStream> of = new ArrayList<>();
    for (MemberStream stream :
        streams.subMap(new StreamKey(volume, 0), new StreamKey(volume + 1, 0)).values()) {
      of.add(stream);
    }
    whenIdle(of, whenKnown);
  }

  private void whenIdle(List<MemberStream> of, Runnable task) {
    if (of.stream().allMatch(s -> s.inFlight == 0)) {
      task.run();
      return;
    }
    store.flush(
        context.whileAlive(
            (nothing, failure) -> {
              if (failure != null) {
                fail(failure);
              } else {
                whenIdle(of, task);
              }
            }));
  }

  List<StreamState> states(long volume) {
    List<StreamState> states = new ArrayList<>();
    for (StreamState state : store.streams()) {
      if (state.stream().volume() == volume) {
        states.add(state);
      }
    }
    return states;
  }

  /** Numbers of the volumes of which there is something here. */
  Set<Long> volumes() {
    Set<Long> of = new TreeSet<>();
    streams.keySet().forEach(key -> of.add(key.volume()));
    return of;
  }

  Quarantined quarantined(long volume) {
    int blocks = 0;
    int slots = 0;
    for (StreamKey key :
        streams.subMap(new StreamKey(volume, 0), new StreamKey(volume + 1, 0)).keySet()) {
      for (BlockVersion block : store.inventory(key)) {
        blocks++;
        slots += block.units().contains(UnitState.PRESENT) ? 1 : 0;
      }
    }
    return new Quarantined(target.disk(), volume, blocks, (long) slots * Geometry.BLOCK_BYTES);
  }

  /** What an owner's message is about; another after the disk left the group. Null: nothing. */
  MemberStream stream(StreamKey key) {
    return streams.get(key);
  }

  /**
   * Deletes what is here of a group; nobody is served of it from now on.
   *
   * @param epoch of the group, at which the disk was not in it; what an owner has begun since stays
   */
  void deleteGroup(long group, long epoch, LongPredicate ofVolume, Runnable whenDone) {
    List<StreamKey> of =
        streams.values().stream()
            .filter(stream -> stream.key.group() == group && stream.groupEpoch <= epoch)
            .map(stream -> stream.key)
            .filter(key -> ofVolume.test(key.volume()))
            .toList();
    of.forEach(streams::remove);
    for (StreamKey key : of) {
      store.deleteStream(key, context.whileAlive((nothing, failure) -> deleted(failure)));
    }
    store.flush(
        context.whileAlive(
            (nothing, failure) -> {
              if (failure != null) {
                fail(failure);
              } else {
                whenDone.run();
              }
            }));
  }

  private void deleted(Throwable failure) {
    if (failure != null) {
      fail(failure);
    }
  }

  void deleteVolume(long volume) {
    streams.keySet().removeIf(key -> key.volume() == volume);
    store.deleteVolume(volume, context.whileAlive((nothing, failure) -> deleted(failure)));
  }
}
