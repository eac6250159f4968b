package io.aerie.sim.scale;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Each operation some times more, on a cluster that has its full size. */
final class Operations {
  private static final int TIMES = 200;
  private static final int FEW_TIMES = 20;

  private final Metadata metadata;
  private final List<Long> volumes = new ArrayList<>();

  Operations(Metadata metadata) {
    this.metadata = metadata;
  }

  /** What happens every day: its cost must not grow with the cluster. */
  void daily() {
    nodesAndDisks();
    for (int i = 0; i < TIMES; i++) {
      long volume = metadata.apply("create a volume", metadata.createVolume(i)).number();
      volumes.add(volume);
      long attached = metadata.apply("attach", metadata.attach(volume, i)).number();
      metadata.apply("detach", new RcdCommand.Detach(attached));
      metadata.apply(
          "resize a volume",
          new RcdCommand.ResizeVolume(
              metadata.volume(volume).id(), 2 * Metadata.VOLUME_BYTES, false, -1));
    }
    volumes.forEach(this::layers);
    volumes.forEach(this::scrub);
    for (long volume : volumes) {
      metadata.apply(
          "delete a volume", new RcdCommand.DeleteVolume(metadata.volume(volume).id(), -1));
    }
  }

  private void nodesAndDisks() {
    int nodes = metadata.size.nodes();
    for (int node = nodes; node < nodes + FEW_TIMES; node++) {
      metadata.apply("join a node", metadata.join(node, 1));
      metadata.apply(
          "locate a node", new RcdCommand.LocateNode(Metadata.node(node), "r" + node, ""));
      RcdCommand.AddDisk disk = metadata.addDisk(node);
      metadata.apply("add a disk", disk);
      metadata.apply("measure a disk", new RcdCommand.MeasureDisk(disk.disk(), 90));
    }
    for (int node = nodes; node < nodes + FEW_TIMES; node++) {
      metadata.apply("leave", new RcdCommand.LeaveNode(Metadata.node(node), 1));
    }
  }

  private void layers(long volume) {
    RcdCommand.CreateSnapshot wanted = metadata.snapshot(volume);
    long snapshot = metadata.apply("want a snapshot", wanted).number();
    metadata.apply("freeze", metadata.freeze(volume, snapshot));
    UUID clone = metadata.id();
    metadata.apply(
        "clone",
        new RcdCommand.CloneSnapshot(
            clone, metadata.name(), wanted.id(), metadata.volume(volume).redundancy(), 1));
    metadata.apply(new RcdCommand.DeleteVolume(clone, -1));
    metadata.apply("delete a snapshot", new RcdCommand.DeleteSnapshot(wanted.id()));
    VolumeRecord record = metadata.volume(volume);
    metadata
        .cost("look for a layer to fold")
        .measure(() -> metadata.state().layerToFold(record).orElseThrow());
    metadata.apply(
        "fold a layer",
        new RcdCommand.LayerDone(
            volume, record.epoch(), record.layers().get(0).number(), record.live().number()));
  }

  private void scrub(long volume) {
    long job =
        metadata
            .apply(
                "scrub a volume",
                new RcdCommand.StartScrub(metadata.id(), ScrubJobRecord.Scope.VOLUME, volume, 1))
            .number();
    metadata.apply(
        "cancel a scrub", new RcdCommand.ControlScrub(job, RcdCommand.ControlScrub.Action.CANCEL));
  }

  /** Another node's death, up to the command that ends its life and grants what it owned. */
  void suspect(NodeId node) {
    metadata.apply("suspect a node", new RcdCommand.Suspect(node, 1));
    long suspicion = metadata.state().node(node).orElseThrow().suspicion();
    for (int voter = 0; voter <= metadata.state().nodes().size() / 2; voter++) {
      metadata.apply(
          "acknowledge a suspicion",
          new RcdCommand.SuspectAcknowledged(Metadata.node(voter), node, 1, suspicion, 1));
    }
  }

  void expire(NodeId node) {
    NodeRecord record = metadata.state().node(node).orElseThrow();
    metadata.apply("end a dead node", new RcdCommand.Expire(node, 1, record.suspicion()));
  }

  /** The dead node comes back. */
  void joinAgain(int node) {
    metadata.apply("join again", metadata.join(node, 2));
  }

  /** It brings one of its disks. */
  DiskRecord bringDisk(int node) {
    DiskRecord disk =
        metadata.state().disks().values().stream()
            .filter(d -> d.node().equals(Metadata.node(node)))
            .filter(d -> stale(d).findAny().isPresent())
            .findFirst()
            .orElseThrow();
    metadata.apply(
        "bring a stale disk",
        new RcdCommand.BringDisk(
            disk.id(), disk.node(), 2, disk.path(), disk.capacityBytes(), disk.generation() + 1));
    return disk;
  }

  /** The disk is resynchronised for some volumes of its first group. */
  void resynchronise(DiskRecord disk) {
    GroupRecord group =
        metadata.state().groups().values().stream()
            .filter(g -> g.rebuilding().contains(disk.id()))
            .findFirst()
            .orElseThrow();
    metadata.state().volumes().values().stream()
        .filter(group::serves)
        .limit(TIMES)
        .toList()
        .forEach(
            volume ->
                metadata.apply(
                    "one volume resynchronised",
                    new RcdCommand.ResynchronisationDone(
                        volume.number(),
                        volume.epoch(),
                        group.number(),
                        group.epoch(),
                        disk.id(),
                        1)));
  }

  private Stream<GroupRecord> stale(DiskRecord disk) {
    return metadata.state().groups().values().stream()
        .filter(group -> group.stale().containsKey(disk.id()));
  }

  /** A disk that has members is to be emptied: one group at a time begins to move. */
  void drain() {
    GroupRecord group = metadata.state().groups().values().iterator().next();
    UUID disk = group.inSync().first();
    metadata.apply("drain a disk", new RcdCommand.AssignDuty(List.of(disk), DiskDuty.DRAINING));
  }
}
