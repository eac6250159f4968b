package io.aerie.engine.node;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.client.Clients;
import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.member.Member;
import io.aerie.engine.owner.Owner;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.MemberStore;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One incarnation of a node's storage. The order of a life: submit JoinNode and wait until it is
 * applied; construct with a copy of RCD's state as of then or later; {@link #start}; open each
 * disk, submit AddDisk or BringDisk, and {@link #addStore}. All calls on the node's one loop.
 */
public final class StorageNode {
  private final NodeContext context;
  private final NodeListener listener;
  private final Lease lease;
  private final Voter voter;
  private final ScrubDriver scrubDriver;
  private final List<LeaderWatch<?, ?>> leaderWatches;
  private final Member member;
  private final Owner owner;
  private final Clients clients;
  private boolean started;

  /**
   * Makes a node that does nothing yet.
   *
   * @param incarnation the one that JoinNode gave to this life
   * @param rcd a copy that from now on belongs to this node, in which the incarnation has joined
   */
  public StorageNode(
      Environment environment, NodeId self, long incarnation, RcdState rcd, NodeListener listener) {
    this.listener = listener;
    context = new NodeContext(environment, self, incarnation, rcd);
    lease = new Lease(context);
    voter = new Voter(context);
    scrubDriver = new ScrubDriver(context);
    leaderWatches =
        List.of(new Absences(context), new UnbalancedPools(context), new FrozenGroups(context));
    member = new Member(context);
    owner = new Owner(context);
    clients = new Clients(context);
    context.wire(message -> onMessage(self, message), lease::valid);
  }

  /** Begins: beats, watching, taking over what RCD granted. */
  public void start() {
    started = true;
    lease.start();
    voter.start();
    scrubDriver.start();
    owner.start();
    leaderWatches.forEach(LeaderWatch::start);
    everything();
  }

  /** Serves a disk of this node; RCD learns of it by the environment, before or after. */
  public void addStore(MemberStore store) {
    member.addStore(store);
  }

  /** Serves a disk no more: the cluster removed it. Who added it closes it. */
  public void removeStore(UUID disk) {
    member.removeStore(disk);
  }

  /** A message from another node. */
  public void onMessage(NodeId from, Message message) {
    if (context.over() || !started) {
      return;
    }
    if (message instanceof Message.Append m) {
      member.append(from, m);
    } else if (message instanceof Message.AppendAnswer m) {
      owner.onAppendAnswer(m);
    } else if (message instanceof Message.ClientRequest m) {
      owner.onRequest(from, m);
    } else if (message instanceof Message.ClientAnswer m) {
      clients.onAnswer(m);
    } else if (message instanceof Message.ReadRequest m) {
      member.read(from, m);
    } else if (message instanceof Message.Answer m) {
      context.answered(m);
    } else if (message instanceof Message.Beat m) {
      voter.onBeat(from, m);
    } else if (message instanceof Message.BeatAnswer m) {
      lease.onAnswer(from, m);
    } else {
      onRareMessage(from, message);
    }
  }

  private void onRareMessage(NodeId from, Message message) {
    if (message instanceof Message.Seal m) {
      member.seal(from, m);
    } else if (message instanceof Message.BaseRequest m) {
      member.base(from, m);
    } else if (message instanceof Message.BlockRequest m) {
      member.block(from, m);
    } else if (message instanceof Message.LayersRequest m) {
      member.layers(from, m);
    } else if (message instanceof Message.UnitsRequest m) {
      member.units(from, m);
    } else if (message instanceof Message.OriginRequest m) {
      owner.onOrigin(from, m);
    } else if (message instanceof ExtentsRequest m) {
      owner.onExtents(from, m);
    } else if (message instanceof Message.InventoryRequest m) {
      member.inventory(from, m);
    } else if (message instanceof Message.VerifyRequest m) {
      member.verify(from, m);
    } else if (message instanceof Message.ReservationQuestion m) {
      owner.onReservation(from, m);
    }
  }

  /** RCD applied a command; every index once, in order. */
  public void onRcdApplied(long index, List<RcdChange> changes) {
    if (context.over()) {
      return;
    }
    context.rcd().mirror(index, changes);
    if (!started) {
      return;
    }
    // All records first: what follows from one may look at the others.
    for (RcdChange change : changes) {
      if (context.over()) {
        return;
      }
      follow(change);
    }
  }

  private void follow(RcdChange change) {
    if (change instanceof RcdChange.Node c) {
      onNode(c.node());
    } else if (change instanceof RcdChange.Disk c) {
      member.onDisk(c.disk().id());
    } else if (change instanceof RcdChange.Volume c) {
      onVolume(c.volume().number());
    } else if (change instanceof RcdChange.Group c) {
      onGroup(c.group().number());
    } else if (change instanceof RcdChange.Pending c) {
      // A group that is begun has one of these for each of its volumes: each looks at its own.
      context.rcd().group(c.group()).ifPresent(group -> owner.onPending(group, c.volume()));
    } else if (change instanceof RcdChange.VolumeDeleted c) {
      owner.drop(c.volume());
      clients.onDeleted(c.volume());
      member.volumeDeleted(c.volume());
    } else if (change instanceof RcdChange.Reservation c) {
      clients.onReservation(c);
    } else if (change instanceof RcdChange.Attached c) {
      clients.onAttached(c.attachment());
    } else if (change instanceof RcdChange.Detached c) {
      owner.onDetached(c.attachment());
      clients.onDetached(c.attachment());
    }
  }

  private void onNode(NodeRecord node) {
    boolean self = node.id().equals(context.self());
    // Suspected is not over: without answers the lease runs out by itself, and one beat that is
    // heard in time ends the suspicion.
    if (self && node.leaving()) {
      fence("the node is to leave the cluster");
    } else if (self
        && (node.incarnation() != context.incarnation() || node.state() == NodeState.DOWN)) {
      fence("RCD has incarnation " + node.incarnation() + " as " + node.state());
    } else if (!self) {
      voter.onNode(node);
    }
  }

  private void onVolume(long number) {
    Optional<VolumeRecord> volume = context.rcd().volume(number);
    volume.ifPresent(owner::onVolume);
    volume.ifPresent(clients::onVolume);
  }

  private void onGroup(long number) {
    Optional<GroupRecord> group = context.rcd().group(number);
    group.ifPresent(owner::onGroup);
    group.ifPresent(member::onGroup);
  }

  /** RCD's replica took over a snapshot: the whole state, a copy that belongs to this node. */
  public void onRcdReplaced(RcdState state) {
    if (context.over()) {
      return;
    }
    RcdState former = context.rcd();
    context.replaceRcd(state);
    if (!started) {
      return;
    }
    former.attachments().values().stream()
        .filter(a -> !state.attachments().containsKey(a.generation()))
        .map(RcdChange.Detached::new)
        .forEach(this::follow);
    // Before volumes go: what they left may have followed others.
    List.copyOf(state.attachments().values()).forEach(clients::onAttached);
    TreeSet<Long> deleted = new TreeSet<>(former.volumes().keySet());
    deleted.addAll(state.deletedVolumes());
    deleted.removeAll(former.deletedVolumes());
    deleted.removeAll(state.volumes().keySet());
    deleted.forEach(volume -> follow(new RcdChange.VolumeDeleted(volume)));
    everything();
  }

  /** Looks at every record as if it had just changed. */
  private void everything() {
    for (NodeRecord node : List.copyOf(context.rcd().nodes().values())) {
      onNode(node);
      if (context.over()) {
        return;
      }
    }
    List.copyOf(context.rcd().volumes().keySet()).forEach(this::onVolume);
    List.copyOf(context.rcd().groups().keySet()).forEach(this::onGroup);
  }

  private void fence(String why) {
    context.event("incarnation " + context.incarnation() + " is over: " + why);
    end(why);
    listener.incarnationOver(why);
  }

  private void end(String why) {
    clients.fence(why);
    owner.stop();
    context.end();
  }

  /** Attaches a client on this node to a volume. NOT_FOUND, FENCED, UNAVAILABLE. */
  public void open(long volume, String client, Completion<VolumeClient> done) {
    open(volume, client, Optional.empty(), ReservationListener.NONE, done);
  }

  /**
   * Attaches a client on this node to a volume, an initiator's by its nexus.
   *
   * @param listener told what reservations do to the attachment
   */
  public void open(
      long volume,
      String client,
      Optional<Nexus> nexus,
      ReservationListener listener,
      Completion<VolumeClient> done) {
    if (context.over()) {
      done.accept(null, new AerieException(ErrorCode.FENCED, "This node's storage has ended"));
    } else {
      clients.open(volume, client, nexus, listener, done);
    }
  }

  /**
   * Clears a volume's reservations. Complete when the volume's owner knows: what comes after that
   * is not shut out. NOT_FOUND, IN_USE (not by force), PRECONDITION_FAILED, FENCED, TIMED_OUT (it
   * may have happened).
   */
  public void clearReservation(ClearReservation command, Completion<Void> done) {
    Optional<VolumeRecord> volume = context.rcd().volume(command.volume().toString());
    if (context.over()) {
      done.accept(null, new AerieException(ErrorCode.FENCED, "This node's storage has ended"));
    } else if (volume.isEmpty()) {
      done.accept(null, new AerieException(ErrorCode.NOT_FOUND, "There is no such volume"));
    } else {
      clients.clearReservation(volume.get().number(), command, done);
    }
  }

  /**
   * What places of a snapshot read as, or how they differ from those of another one of the same
   * volume. NOT_FOUND, FENCED, TIMED_OUT.
   *
   * @param what its request number means nothing
   * @param done given numbers of {@link io.aerie.engine.store.UnitContent}, place after place
   */
  public void extents(ExtentsRequest what, Completion<ByteBuffer> done) {
    if (context.over()) {
      done.accept(null, new AerieException(ErrorCode.FENCED, "This node's storage has ended"));
    } else {
      clients.extents(what, done);
    }
  }

  /** What this node sees and did, for lists and metrics. */
  public NodeStatus status() {
    return new NodeStatus(
        context.leaseValid(),
        owner.owned(),
        owner.settling(),
        owner.counters().blocksCopied(),
        owner.counters().bytesCopied(),
        owner.counters().blocksRemoved(),
        owner.counters().damage(),
        owner.resynchronisations(),
        member.quarantined());
  }

  /** RCD's state as this node knows it; live, for this loop only. */
  public RcdState rcd() {
    return context.rcd();
  }

  /**
   * Stops: nothing is sent, scheduled or completed from then on; pending operations fail FENCED.
   */
  public void stop() {
    if (!context.over()) {
      end("stopped");
    }
  }
}
