package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationType;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Commands as they may come, sensible or not, one after the other on one state. */
final class RandomHistory {
  static final int NODES = 6;
  private static final long GIB = 1L << 30;
  private static final List<Redundancy> PROTECTIONS =
      List.of(Redundancy.copies(2), Redundancy.copies(3), Redundancy.erasure(2, 1));

  private final Random random;
  private final RcdState state;

  RandomHistory(long seed, RcdState state) {
    random = new Random(seed);
    this.state = state;
  }

  private static <T> T any(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** The next command. */
  RcdCommand next() {
    NodeId node = new NodeId("n" + (1 + random.nextInt(NODES)));
    long incarnation = state.lastIncarnation(node);
    return switch (random.nextInt(23)) {
      case 0 ->
          new RcdCommand.JoinNode(node, "here", incarnation + 1, new UUID(random.nextLong(), 1));
      case 1 -> departure(node, incarnation);
      case 2 -> new RcdCommand.Suspect(node, incarnation);
      case 3, 4 -> diskOf(node, incarnation);
      case 5 -> failed();
      case 6 -> new RcdCommand.CreatePool(new UUID(random.nextLong(), 3), pool());
      case 7, 8 ->
          new RcdCommand.CreateVolume(
              new UUID(random.nextLong(), 4),
              "v" + random.nextInt(20),
              GIB * (1 + random.nextInt(3)),
              pool(),
              any(random, PROTECTIONS),
              random.nextLong());
      case 9 -> deletion();
      case 10 -> attachment(node, incarnation);
      case 11 -> topology(node);
      case 12 -> duty();
      case 13, 14, 15 -> layers();
      case 16 -> limits();
      case 17, 18 -> reservation();
      case 19 -> accepted();
      default -> resynchronised();
    };
  }

  private RcdCommand departure(NodeId node, long incarnation) {
    if (state.node(node).filter(NodeRecord::leaving).isPresent() && random.nextBoolean()) {
      return random.nextBoolean()
          ? new RcdCommand.EndVote(node, incarnation)
          : new RcdCommand.ForgetNode(node, incarnation);
    }
    return random.nextInt(4) == 0
        ? new RcdCommand.RetireNode(node, incarnation)
        : new RcdCommand.LeaveNode(node, incarnation);
  }

  private String pool() {
    return random.nextInt(4) == 0 ? "other" : "default";
  }

  private RcdCommand diskOf(NodeId node, long incarnation) {
    List<UUID> known =
        state.disks().values().stream()
            .filter(disk -> disk.node().equals(node) && !disk.removed())
            .map(DiskRecord::id)
            .toList();
    if (known.size() < 2 || random.nextInt(20) == 0) {
      UUID id = new UUID(random.nextLong(), 2);
      long bytes = GIB * (10 + random.nextInt(10));
      return new RcdCommand.AddDisk(id, node, incarnation, "/d", bytes, 1, pool());
    }
    DiskRecord disk = state.disk(any(random, known)).orElseThrow();
    long generation = disk.generation() + random.nextInt(4);
    return new RcdCommand.BringDisk(
        disk.id(), node, incarnation, "/d", disk.capacityBytes(), generation);
  }

  private RcdCommand failed() {
    if (state.disks().isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    DiskRecord disk = any(random, List.copyOf(state.disks().values()));
    return new RcdCommand.DiskFailed(disk.id(), disk.node(), 1, disk.generation());
  }

  /** Whatever is not complete in groups that nobody can tell of; often there is a reason not to. */
  private RcdCommand accepted() {
    TreeMap<Long, RcdCommand.AcceptStale.Copy> copies = new TreeMap<>();
    for (GroupRecord group : state.groups().values()) {
      List<UUID> disks = List.copyOf(group.incomplete());
      if (!disks.isEmpty() && (group.unreadable() || random.nextInt(200) == 0)) {
        copies.put(
            group.number(), new RcdCommand.AcceptStale.Copy(group.epoch(), any(random, disks)));
      }
    }
    return new RcdCommand.AcceptStale(copies);
  }

  private RcdCommand deletion() {
    return state.volumes().isEmpty()
        ? new RcdCommand.Detach(1)
        : new RcdCommand.DeleteVolume(any(random, List.copyOf(state.volumes().values())).id(), -1);
  }

  private RcdCommand limits() {
    if (state.volumes().isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    VolumeLimits change = new VolumeLimits(random.nextInt(5) - 1, random.nextInt(2), 0, GIB);
    return new RcdCommand.LimitVolume(
        any(random, List.copyOf(state.volumes().values())).id(), change, -1);
  }

  private RcdCommand attachment(NodeId node, long incarnation) {
    SortedSet<Long> generations = new TreeSet<>(state.attachments().keySet());
    if (!generations.isEmpty() && random.nextBoolean()) {
      return new RcdCommand.Detach(any(random, List.copyOf(generations)));
    }
    if (state.volumes().isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    long volume = any(random, List.copyOf(state.volumes().keySet()));
    return new RcdCommand.Attach(
        volume,
        node,
        incarnation,
        new UUID(random.nextInt(30), 5),
        "client",
        random.nextInt(3) == 0 ? Optional.empty() : Optional.of(nexus()));
  }

  private Nexus nexus() {
    return new Nexus("iqn.2026-01.org.example:" + random.nextInt(4), 1 + random.nextInt(2));
  }

  private RcdCommand reservation() {
    if (state.attachments().isEmpty() || random.nextInt(20) == 0) {
      return new RcdCommand.ClearReservation(
          state.volumes().isEmpty()
              ? new UUID(0, 0)
              : any(random, List.copyOf(state.volumes().values())).id(),
          random.nextBoolean(),
          -1);
    }
    AttachmentRecord from = any(random, List.copyOf(state.attachments().values()));
    ReservationRequest request =
        new ReservationRequest(
            any(random, List.of(ReservationRequest.Action.values())),
            from.nexus().orElseGet(this::nexus),
            random.nextInt(3),
            random.nextInt(3),
            any(random, List.of(ReservationType.values())),
            random.nextBoolean(),
            new ReservationRequest.Move(nexus(), random.nextBoolean()));
    return new RcdCommand.ChangeReservation(from.generation(), random.nextInt(50), request);
  }

  private RcdCommand layers() {
    List<SnapshotRecord> snapshots = List.copyOf(state.snapshots().values());
    if (state.volumes().isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    VolumeRecord volume = any(random, List.copyOf(state.volumes().values()));
    if (random.nextInt(4) == 0) {
      return conversion(volume);
    }
    if (snapshots.isEmpty() || random.nextInt(3) == 0) {
      UUID id = new UUID(random.nextLong(), 6);
      return new RcdCommand.CreateSnapshot(id, "s" + random.nextInt(5), volume.id());
    }
    SnapshotRecord snapshot = any(random, snapshots);
    VolumeRecord of = state.volume(snapshot.volume()).orElseThrow();
    return switch (random.nextInt(6)) {
      case 0 -> new RcdCommand.DeleteSnapshot(snapshot.id());
      case 1 ->
          new RcdCommand.CloneSnapshot(
              new UUID(random.nextLong(), 4),
              "v" + random.nextInt(20),
              snapshot.id(),
              of.redundancy(),
              1);
      case 2 -> new RcdCommand.RevertVolume(of.id(), snapshot.id(), -1);
      case 3 -> folded(of);
      default ->
          new RcdCommand.Freeze(of.number(), of.epoch(), snapshot.number(), of.live().number());
    };
  }

  private RcdCommand conversion(VolumeRecord volume) {
    return switch (random.nextInt(6)) {
      case 0 -> new RcdCommand.CancelConversion(volume.id());
      case 1 -> new RcdCommand.ConversionFilled(volume.number(), volume.epoch(), 1);
      case 2 ->
          new RcdCommand.ConversionDone(volume.number(), volume.epoch(), volume.live().number());
      default ->
          new RcdCommand.ConvertVolume(
              volume.id(),
              any(random, List.of(Redundancy.copies(2), Redundancy.erasure(2, 1))),
              new UUID(random.nextLong(), 7),
              3,
              -1);
    };
  }

  private RcdCommand folded(VolumeRecord volume) {
    return state
        .layerToFold(volume)
        .<RcdCommand>map(
            layer ->
                new RcdCommand.LayerDone(
                    volume.number(),
                    volume.epoch(),
                    layer.number(),
                    volume.children(layer.number()).stream()
                        .mapToLong(VolumeRecord.Layer::number)
                        .findFirst()
                        .orElse(0)))
        .orElse(new RcdCommand.Detach(1));
  }

  private RcdCommand duty() {
    if (state.disks().isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    List<UUID> disks = List.copyOf(state.disks().keySet());
    List<UUID> empty =
        state.disks().values().stream()
            .filter(disk -> disk.duty() == DiskDuty.DRAINING || disk.duty() == DiskDuty.ABSENT)
            .map(DiskRecord::id)
            .filter(
                disk -> state.groups().values().stream().noneMatch(g -> g.disks().contains(disk)))
            .toList();
    if (!empty.isEmpty() && random.nextInt(3) == 0) {
      return new RcdCommand.AssignDuty(empty.subList(0, 1), DiskDuty.REMOVED);
    }
    return new RcdCommand.AssignDuty(
        List.of(any(random, disks), any(random, disks)), any(random, List.of(DiskDuty.values())));
  }

  private RcdCommand emptied() {
    for (GroupRecord group : state.groups().values()) {
      for (UUID left : group.former()) {
        long generation = state.disk(left).orElseThrow().generation();
        long epoch = group.epoch() - random.nextInt(2);
        return new RcdCommand.GroupEmptied(left, generation, group.number(), epoch);
      }
    }
    return new RcdCommand.Detach(1);
  }

  private RcdCommand topology(NodeId node) {
    int which = random.nextInt(4);
    if (which == 3 && !state.pools().isEmpty()) {
      PoolRecord pool = any(random, List.copyOf(state.pools().values()));
      return random.nextInt(4) > 0
          ? new RcdCommand.RebalancePool(pool.id(), random.nextInt(4) == 0)
          : new RcdCommand.AssignBalance(pool.id(), any(random, List.of(BalancePolicy.values())));
    }
    if (which == 0 && !state.pools().isEmpty()) {
      PoolRecord pool = any(random, List.copyOf(state.pools().values()));
      return new RcdCommand.SpreadPool(
          pool.id(), any(random, List.of(FailureDomain.NODE, FailureDomain.RACK)));
    }
    if (which == 1 && !state.disks().isEmpty()) {
      UUID disk = any(random, List.copyOf(state.disks().keySet()));
      return new RcdCommand.MeasureDisk(disk, random.nextInt(300));
    }
    String rack = random.nextInt(3) == 0 ? "" : "r" + random.nextInt(4);
    return new RcdCommand.LocateNode(node, rack, random.nextBoolean() ? "" : "s");
  }

  private RcdCommand resynchronised() {
    if (random.nextInt(3) == 0) {
      return emptied();
    }
    for (GroupRecord group : state.groups().values()) {
      for (UUID disk : group.rebuilding()) {
        for (VolumeRecord volume : state.volumes().values()) {
          if (state.pending(group.number(), disk, volume.number())) {
            return new RcdCommand.ResynchronisationDone(
                volume.number(), volume.epoch(), group.number(), group.epoch(), disk, 7);
          }
        }
      }
    }
    return new RcdCommand.Detach(1);
  }
}
