package io.aerie.engine.member;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.Append;
import io.aerie.engine.protocol.Message.AppendAnswer;
import io.aerie.engine.protocol.Message.BaseAnswer;
import io.aerie.engine.protocol.Message.BaseRequest;
import io.aerie.engine.protocol.Message.BlockAnswer;
import io.aerie.engine.protocol.Message.BlockRequest;
import io.aerie.engine.protocol.Message.InventoryAnswer;
import io.aerie.engine.protocol.Message.InventoryRequest;
import io.aerie.engine.protocol.Message.LayerUnits;
import io.aerie.engine.protocol.Message.LayersAnswer;
import io.aerie.engine.protocol.Message.LayersRequest;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.protocol.Message.ReadRequest;
import io.aerie.engine.protocol.Message.Seal;
import io.aerie.engine.protocol.Message.SealAnswer;
import io.aerie.engine.protocol.Message.SealedDisk;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.protocol.Message.UnitsAnswer;
import io.aerie.engine.protocol.Message.UnitsRequest;
import io.aerie.engine.protocol.Message.VerifyAnswer;
import io.aerie.engine.protocol.Message.VerifyRequest;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The node's disks in the service of owners. What an owner's message must have to be obeyed: the
 * disk's present generation, and an epoch that is neither below RCD's nor below a seal. A seal is
 * only in memory: after a restart the disk's generation is another, and older messages miss it.
 */
public final class Member {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final TreeMap<UUID, MemberDisk> disks = new TreeMap<>();
  private final Map<Long, Long> sealed = new HashMap<>();

  /** A member without disks. */
  public Member(NodeContext context) {
    this.context = context;
  }

  /** Serves a disk. What RCD deleted while it was away is deleted now. */
  public void addStore(MemberStore store) {
    MemberDisk disk =
        new MemberDisk(context, store, new FailureReport(context, store.identity())::send);
    disks.put(store.identity().disk(), disk);
    List<Long> volumes = store.streams().stream().map(s -> s.stream().volume()).distinct().toList();
    for (long volume : volumes) {
      if (context.rcd().deletedVolumes().contains(volume)) {
        disk.deleteVolume(volume);
      } else if (!context.rcd().volumes().containsKey(volume)) {
        context.event(
            "keeps what disk " + disk.target().disk() + " has of unknown volume " + volume);
      }
    }
    restLater(store);
    disk.leftovers().look();
  }

  /** RCD changed a disk. */
  public void onDisk(UUID disk) {
    Optional.ofNullable(disks.get(disk)).ifPresent(of -> of.leftovers().look());
  }

  /** RCD changed a group: what disks of this node have of it, though they left it, is deleted. */
  public void onGroup(GroupRecord group) {
    group.former().forEach(this::onDisk);
  }

  private void restLater(MemberStore store) {
    context.later(
        Timing.REST,
        () -> {
          MemberDisk disk = disks.get(store.identity().disk());
          if (disk != null && disk.store() == store) {
            store.rest();
            restLater(store);
          }
        });
  }

  /** Serves a disk no more: no group has it. */
  public void removeStore(UUID disk) {
    disks.remove(disk);
  }

  /** Forgets what this node's disks hold of a volume, for a recorded deletion. */
  public void volumeDeleted(long volume) {
    sealed.remove(volume);
    disks.values().forEach(disk -> disk.deleteVolume(volume));
  }

  /**
   * What disks hold of volumes that RCD neither has nor deleted. It is kept until somebody decides
   * (rule 10): RCD may be the one that forgot.
   */
  public List<Quarantined> quarantined() {
    List<Quarantined> of = new ArrayList<>();
    for (MemberDisk disk : disks.values()) {
      for (long volume : disk.volumes()) {
        if (!context.rcd().volumes().containsKey(volume)
            && !context.rcd().deletedVolumes().contains(volume)) {
          of.add(disk.quarantined(volume));
        }
      }
    }
    return of;
  }

  private MemberDisk find(Target target) {
    MemberDisk disk = disks.get(target.disk());
    return disk == null || disk.failed() || !disk.target().equals(target) ? null : disk;
  }

  private boolean current(long volume, long epoch) {
    long known = context.rcd().volume(volume).map(v -> v.epoch()).orElse(0L);
    return epoch >= Math.max(known, sealed.getOrDefault(volume, 0L))
        && !context.rcd().deletedVolumes().contains(volume);
  }

  private MemberDisk find(Target target, StreamKey stream, long epoch) {
    return current(stream.volume(), epoch) ? find(target) : null;
  }

  /** Entries of a stream. */
  public void append(NodeId owner, Append message) {
    MemberDisk disk = find(message.target(), message.stream(), message.epoch());
    if (disk == null) {
      context.send(
          owner,
          new AppendAnswer(
              message.target(), message.stream(), message.epoch(), Status.REFUSED, 0, 0));
    } else {
      disk.append(owner, message);
    }
  }

  /** Begins an epoch of a stream. */
  public void base(NodeId owner, BaseRequest message) {
    MemberDisk disk = find(message.target(), message.base().stream(), message.base().epoch());
    if (disk == null || left(message.target(), message.base().stream(), message.groupEpoch())) {
      context.send(owner, new BaseAnswer(message.request(), Status.REFUSED, List.of()));
    } else {
      disk.base(owner, message);
    }
  }

  /** Refuses lower epochs from now on, and tells what is there. */
  public void seal(NodeId owner, Seal message) {
    long volume = message.volume();
    if (!current(volume, message.epoch())) {
      return;
    }
    sealed.merge(volume, message.epoch(), Math::max);
    sealNext(owner, message, 0, new ArrayList<>());
  }

  private void sealNext(NodeId owner, Seal message, int index, List<SealedDisk> done) {
    if (!current(message.volume(), message.epoch())) {
      return;
    }
    if (index == message.targets().size()) {
      context.send(
          owner, new SealAnswer(message.request(), message.volume(), message.epoch(), done));
      return;
    }
    Target target = message.targets().get(index);
    MemberDisk disk = find(target);
    if (disk == null) {
      done.add(new SealedDisk(target, Status.REFUSED, List.of()));
      sealNext(owner, message, index + 1, done);
      return;
    }
    disk.sealed(
        message.volume(),
        () -> {
          List<StreamState> states = disk.states(message.volume());
          done.add(new SealedDisk(target, Status.DONE, states));
          sealNext(owner, message, index + 1, done);
        });
  }

  /** Whether the disk is not in the group, and the owner knows nothing later. */
  private boolean left(Target target, StreamKey stream, long groupEpoch) {
    return context
        .rcd()
        .group(stream.group())
        .filter(group -> !group.disks().contains(target.disk()) && groupEpoch <= group.epoch())
        .isPresent();
  }

  /** Whether what was read is what was asked for: no other owner, and nothing deleted meanwhile. */
  private boolean holds(MemberDisk disk, StreamKey stream, MemberStream asked, Point watermark) {
    return disk.stream(stream) == asked && current(stream.volume(), watermark.epoch());
  }

  private MemberDisk reach(Target target, StreamKey stream, Point watermark) {
    MemberDisk disk = find(target, stream, watermark.epoch());
    return disk != null && disk.reach(stream, watermark) ? disk : null;
  }

  /** Pages at the watermark; the epoch is checked again when they are there. */
  public void read(NodeId owner, ReadRequest message) {
    MemberDisk disk = reach(message.target(), message.stream(), message.watermark());
    if (disk == null) {
      context.send(owner, new ReadAnswer(message.request(), Status.REFUSED, NO_DATA));
      return;
    }
    MemberStream asked = disk.stream(message.stream());
    disk.store()
        .read(
            message.block(),
            message.firstPage(),
            message.pageCount(),
            context.whileAlive(
                (data, failure) -> {
                  Status status = failure == null ? Status.DONE : disk.statusOf(failure);
                  if (!holds(disk, message.stream(), asked, message.watermark())) {
                    status = Status.REFUSED;
                  }
                  context.send(
                      owner,
                      new ReadAnswer(
                          message.request(), status, status == Status.DONE ? data : NO_DATA));
                }));
  }

  /** Pages at the watermark as they are seen through layers. */
  public void layers(NodeId owner, LayersRequest message) {
    MemberDisk disk = reach(message.target(), message.stream(), message.watermark());
    if (disk == null) {
      context.send(owner, new LayersAnswer(message.request(), Status.REFUSED, 0, 0, NO_DATA));
      return;
    }
    MemberStream asked = disk.stream(message.stream());
    new LayeredRead(
            context,
            disk.store(),
            message,
            (read, failure) -> {
              Status status = failure == null ? Status.DONE : disk.statusOf(failure);
              boolean fenced = !holds(disk, message.stream(), asked, message.watermark());
              status = fenced ? Status.REFUSED : status;
              boolean done = status == Status.DONE;
              context.send(
                  owner,
                  new LayersAnswer(
                      message.request(),
                      status,
                      done ? read.below() : 0,
                      done ? read.absent() : 0,
                      done ? read.pages() : NO_DATA));
            })
        .start();
  }

  /** What layers have of a block's place at the watermark. */
  public void units(NodeId owner, UnitsRequest message) {
    MemberDisk disk = reach(message.target(), message.stream(), message.watermark());
    if (disk == null) {
      context.send(owner, new UnitsAnswer(message.request(), Status.REFUSED, List.of()));
      return;
    }
    List<LayerUnits> layers = new ArrayList<>();
    for (long layer : message.layers()) {
      layers.add(
          disk.store()
              .version(new BlockKey(layer, message.index()))
              .map(block -> new LayerUnits(block.held(), block.present()))
              .orElse(LayerUnits.NOTHING));
    }
    context.send(owner, new UnitsAnswer(message.request(), Status.DONE, layers));
  }

  /** A whole block at the watermark. */
  public void block(NodeId owner, BlockRequest message) {
    MemberDisk disk = reach(message.target(), message.stream(), message.watermark());
    if (disk == null) {
      context.send(owner, new BlockAnswer(message.request(), Status.REFUSED, Optional.empty()));
      return;
    }
    MemberStream asked = disk.stream(message.stream());
    disk.store()
        .readBlock(
            message.block(),
            context.whileAlive(
                (image, failure) -> {
                  Status status = failure == null ? Status.DONE : disk.statusOf(failure);
                  if (!holds(disk, message.stream(), asked, message.watermark())) {
                    status = Status.REFUSED;
                  }
                  context.send(
                      owner,
                      new BlockAnswer(
                          message.request(),
                          status,
                          status == Status.DONE ? image : Optional.empty()));
                }));
  }

  /** Reads and verifies a block of its own; one of a disk at a time, so that clients go before. */
  public void verify(NodeId owner, VerifyRequest message) {
    MemberDisk disk = reach(message.target(), message.stream(), message.watermark());
    if (disk == null || !disk.beginVerifying()) {
      context.send(owner, new VerifyAnswer(message.request(), Status.REFUSED, Optional.empty()));
      return;
    }
    MemberStream asked = disk.stream(message.stream());
    disk.store()
        .verify(
            message.block(),
            message.withLastUnit(),
            context.whileAlive(
                (report, failure) -> {
                  disk.endVerifying();
                  Status status = failure == null ? Status.DONE : disk.statusOf(failure);
                  if (!holds(disk, message.stream(), asked, message.watermark())) {
                    status = Status.REFUSED;
                  }
                  context.send(
                      owner,
                      new VerifyAnswer(
                          message.request(),
                          status,
                          status == Status.DONE ? report : Optional.empty()));
                }));
  }

  /** What blocks are there at the watermark. */
  public void inventory(NodeId owner, InventoryRequest message) {
    MemberDisk disk = reach(message.target(), message.stream(), message.watermark());
    context.send(
        owner,
        disk == null
            ? new InventoryAnswer(message.request(), Status.REFUSED, List.of())
            : new InventoryAnswer(
                message.request(), Status.DONE, disk.store().inventory(message.stream())));
  }
}
