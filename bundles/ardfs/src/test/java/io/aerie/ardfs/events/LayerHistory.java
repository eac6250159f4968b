package io.aerie.ardfs.events;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeLimits;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Random commands about snapshots, clones, sizes and limits, as people and owners send them. */
final class LayerHistory {
  private static final long GIB = 1L << 30;

  /** A time; ids of snapshots bear one. */
  private static final long EPOCH_MS = 1_760_000_000_000L;

  private LayerHistory() {}

  static RcdCommand next(RcdState rcd, Random random) {
    List<VolumeRecord> volumes = List.copyOf(rcd.volumes().values());
    List<SnapshotRecord> snapshots = List.copyOf(rcd.snapshots().values());
    if (volumes.isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    VolumeRecord volume = volumes.get(random.nextInt(volumes.size()));
    UUID id =
        new UUID((EPOCH_MS + random.nextInt()) << 16 | 7 << 12, 2L << 62 | random.nextInt(1 << 30));
    if (random.nextInt(10) == 0) {
      long limit = random.nextLong(4);
      return new RcdCommand.LimitVolume(
          volume.id(), new VolumeLimits(limit, limit, VolumeLimits.KEEP, GIB * limit), -1);
    }
    if (snapshots.isEmpty()) {
      return new RcdCommand.CreateSnapshot(id, "s" + random.nextInt(5), volume.id());
    }
    SnapshotRecord snapshot = snapshots.get(random.nextInt(snapshots.size()));
    return switch (random.nextInt(9)) {
      case 0, 1 -> new RcdCommand.CreateSnapshot(id, "s" + random.nextInt(5), volume.id());
      case 2, 3 -> freeze(rcd, snapshot);
      case 4 -> new RcdCommand.DeleteSnapshot(snapshot.id());
      case 5 ->
          new RcdCommand.CloneSnapshot(
              new UUID(random.nextLong(), 5),
              "c" + random.nextInt(20),
              snapshot.id(),
              volume.redundancy(),
              1);
      case 6 ->
          new RcdCommand.RevertVolume(
              rcd.volume(snapshot.volume()).orElseThrow().id(), snapshot.id(), -1);
      case 7 -> merged(rcd, volumes);
      default ->
          volume.discardBytes() > 0
              ? new RcdCommand.Discarded(volume.number(), volume.epoch())
              : new RcdCommand.ResizeVolume(
                  volume.id(), (1 + random.nextInt(3)) * GIB, random.nextBoolean(), -1);
    };
  }

  private static RcdCommand freeze(RcdState rcd, SnapshotRecord snapshot) {
    VolumeRecord volume = rcd.volume(snapshot.volume()).orElseThrow();
    return new RcdCommand.Freeze(
        volume.number(), volume.epoch(), snapshot.number(), volume.live().number());
  }

  /** An owner ends what it may end first. */
  private static RcdCommand merged(RcdState rcd, List<VolumeRecord> volumes) {
    for (VolumeRecord volume : volumes) {
      Optional<VolumeRecord.Layer> layer = rcd.layerToFold(volume);
      if (layer.isPresent()) {
        List<VolumeRecord.Layer> above = volume.children(layer.get().number());
        return new RcdCommand.LayerDone(
            volume.number(),
            volume.epoch(),
            layer.get().number(),
            above.isEmpty() ? 0 : above.get(0).number());
      }
    }
    return new RcdCommand.Detach(1);
  }
}
