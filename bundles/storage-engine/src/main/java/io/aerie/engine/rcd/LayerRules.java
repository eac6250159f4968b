package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.engine.rcd.RcdCommand.CloneSnapshot;
import io.aerie.engine.rcd.RcdCommand.CreateSnapshot;
import io.aerie.engine.rcd.RcdCommand.DeleteSnapshot;
import io.aerie.engine.rcd.RcdCommand.Freeze;
import io.aerie.engine.rcd.RcdCommand.LayerDone;
import io.aerie.engine.rcd.RcdCommand.RevertVolume;
import io.aerie.engine.rcd.VolumeRecord.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Snapshots, clones, and what becomes of layers. */
final class LayerRules {
  /** What a read that finds nothing looks through at a member; microseconds each. */
  private static final int LAYERS_MAX = 256;

  private final RcdTables tables;
  private final RcdRules rules;
  private final VolumeRules volumes;
  private final ConversionRules conversions;

  LayerRules(RcdTables tables, RcdRules rules, VolumeRules volumes, ConversionRules conversions) {
    this.tables = tables;
    this.rules = rules;
    this.volumes = volumes;
    this.conversions = conversions;
  }

  private SnapshotRecord snapshot(UUID id) {
    return tables
        .index()
        .snapshots
        .ofId(id)
        .map(tables.snapshots::get)
        .filter(snapshot -> !snapshot.name().startsWith(VolumeRecord.FORMER))
        .orElseThrow(() -> RcdRules.notFound("snapshot", id));
  }

  RcdAnswer create(long index, CreateSnapshot command) {
    Names.check("snapshot", command.name());
    VolumeRecord volume = volumes.byId(command.volume());
    Optional<Long> made = tables.index().snapshots.ofId(command.id());
    if (made.isPresent()) {
      return RcdAnswer.done(made.get());
    }
    for (long number : tables.index().snapshots.ofVolume(volume.number())) {
      if (tables.snapshots.get(number).name().equals(command.name())) {
        throw new AerieException(
            ErrorCode.ALREADY_EXISTS,
            "Volume '" + volume.name() + "' has a snapshot '" + command.name() + "' already");
      }
    }
    requireSettledShape(volume);
    conversions.requireWhole(volume);
    if (volume.layers().size() >= LAYERS_MAX) {
      throw new AerieException(
          ErrorCode.LIMIT_REACHED,
          "Volume '" + volume.name() + "' has " + LAYERS_MAX + " layers",
          "A read may have to look into all of them.",
          "Delete snapshots of it.");
    }
    VolumeRecord wanting = volume.wanting(tables.nextNumber, index);
    requireRoom(volume, wanting, "A snapshot");
    long number = tables.takeNumber();
    tables.change(
        new RcdChange.Snapshot(
            new SnapshotRecord(
                number,
                command.id(),
                command.name(),
                volume.number(),
                0,
                volume.sizeBytes(),
                index)));
    tables.change(new RcdChange.Volume(wanting));
    return RcdAnswer.done(number);
  }

  /** Neither a snapshot nor the end of a cut is under way. */
  static void requireSettledShape(VolumeRecord volume) {
    if (volume.wanted() != 0) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          volume.conversion().wish().isPresent()
              ? "Volume '" + volume.name() + "' is about to be converted"
              : "A snapshot of volume '" + volume.name() + "' is being made",
          "Its owner waits until all writes that are under way are done.",
          "Try again a moment later.");
    }
    if (volume.discardBytes() != 0) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "Volume '" + volume.name() + "' is still being made smaller",
          "Its owner empties what was cut off.",
          "Try again a moment later.");
    }
  }

  /** What the volume promises more must fit into its pool. */
  void requireRoom(VolumeRecord before, VolumeRecord after, String what) {
    long more = after.promisedBlocks() - before.promisedBlocks();
    if (more > 0) {
      long bytes = more * after.redundancy().spanBytes();
      rules.requireRoom(tables.pools.get(after.pool()), after.redundancy(), bytes, what);
    }
  }

  RcdAnswer freeze(long index, Freeze command, GroupRules groups) {
    SnapshotRecord snapshot = tables.snapshots.get(command.snapshot());
    VolumeRecord volume = tables.volumes.get(command.volume());
    if (snapshot == null || volume == null) {
      throw RcdRules.notFound("snapshot", command.snapshot());
    }
    if (snapshot.ready()) {
      return RcdAnswer.done(snapshot.number());
    }
    requireEpoch(volume, command.volumeEpoch());
    Layer live = volume.live();
    if (live.number() != command.layer()) {
      throw RcdRules.precondition("The volume has another live layer", "It was frozen.");
    }
    if (volume.conversion().wish().isPresent()) {
      return conversions.begin(index, volume, snapshot, groups);
    }
    tables.change(new RcdChange.Snapshot(snapshot.frozen(volume, index)));
    List<Layer> layers = frozen(volume);
    layers.add(new Layer(tables.takeNumber(), live.seed(), live.number(), 0, volume.sizeBytes()));
    tables.change(new RcdChange.Volume(volume.withLayers(layers, index).wanting(0, index)));
    return RcdAnswer.done(snapshot.number());
  }

  private static void requireEpoch(VolumeRecord volume, long epoch) {
    if (volume.epoch() != epoch) {
      throw RcdRules.precondition("The volume has another owner", "Its epoch is another.");
    }
  }

  /** The volume's layers, all of them frozen. */
  private static List<Layer> frozen(VolumeRecord volume) {
    List<Layer> layers = new ArrayList<>(volume.layers());
    long bytes = Math.max(volume.sizeBytes(), volume.discardBytes());
    layers.set(layers.size() - 1, volume.live().frozen(bytes));
    return layers;
  }

  /** A snapshot that is wanted is given up; clones hold on to one that is there. */
  RcdAnswer delete(long index, DeleteSnapshot command) {
    SnapshotRecord snapshot = snapshot(command.id());
    List<String> clones =
        tables.index().snapshots.clones(snapshot.number()).stream()
            .map(clone -> tables.volumes.get(clone).name())
            .toList();
    if (!clones.isEmpty()) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "Snapshot '" + snapshot.name() + "' has clones",
          "Volumes that read it: " + String.join(", ", clones) + ".",
          "Delete these volumes first.");
    }
    tables.change(new RcdChange.SnapshotDeleted(snapshot.number()));
    VolumeRecord volume = tables.volumes.get(snapshot.volume());
    if (volume != null) {
      // Its owner learns by this that a layer is to be folded, or that nothing is wanted any more.
      boolean wanted = volume.wanted() == snapshot.number();
      tables.change(new RcdChange.Volume(volume.wanting(wanted ? 0 : volume.wanted(), index)));
    }
    return RcdAnswer.done(snapshot.number());
  }

  Optional<Layer> layerToFold(VolumeRecord volume) {
    for (Layer layer : volume.layers()) {
      if (folds(volume, layer)) {
        return Optional.of(layer);
      }
    }
    return Optional.empty();
  }

  private boolean folds(VolumeRecord volume, Layer layer) {
    return layer.number() != volume.live().number()
        && volume.children(layer.number()).size() <= 1
        && !tables.index().snapshots.names(layer.number());
  }

  RcdAnswer layerDone(long index, LayerDone command) {
    VolumeRecord volume = tables.volumes.get(command.volume());
    Optional<Layer> found = volume == null ? Optional.empty() : volume.layer(command.layer());
    if (found.isEmpty()) {
      return RcdAnswer.done(0);
    }
    requireEpoch(volume, command.volumeEpoch());
    Layer done = found.get();
    List<Layer> children = volume.children(done.number());
    long into = children.isEmpty() ? 0 : children.get(0).number();
    if (!folds(volume, done) || into != command.into()) {
      throw RcdRules.precondition("The layer is needed", "What stands on it has changed.");
    }
    List<Layer> layers = new ArrayList<>();
    for (Layer layer : volume.layers()) {
      if (layer.number() == into) {
        long below = Math.min(layer.belowBytes(), done.belowBytes());
        layers.add(layer.over(done.parent(), below));
      } else if (layer.number() != done.number()) {
        layers.add(layer);
      }
    }
    tables.change(new RcdChange.Volume(volume.withLayers(layers, index)));
    return RcdAnswer.done(0);
  }

  /** What was written since is dropped: the former live layer has nothing that stands on it. */
  RcdAnswer revert(long index, RevertVolume command, GroupRules groups) {
    VolumeRecord volume = volumes.byId(command.volume());
    SnapshotRecord snapshot = snapshot(command.snapshot());
    if (snapshot.volume() != volume.number() || !snapshot.ready()) {
      throw RcdRules.notFound("finished snapshot of volume " + volume.name(), command.snapshot());
    }
    VolumeRules.requireRevision(volume, command.expectedRevision());
    volumes.requireClosed(volume);
    if (volume.wanted() != 0) {
      requireSettledShape(volume);
    }
    List<Layer> layers = frozen(volume);
    layers.add(
        new Layer(
            tables.nextNumber, volume.live().seed(), snapshot.layer(), 0, snapshot.sizeBytes()));
    VolumeRecord reverted = volume.with(layers, snapshot.sizeBytes(), 0, 0, index);
    requireRoom(volume, reverted, "Another live layer");
    tables.takeNumber();
    volumes.regrant(index, reverted, groups);
    return RcdAnswer.done(volume.number());
  }

  RcdAnswer clone(long index, CloneSnapshot command, GroupRules groups) {
    Names.check("volume", command.name());
    Optional<VolumeRecord> made = volumes.made(command.id(), command.name());
    if (made.isPresent()) {
      return RcdAnswer.done(made.get().number());
    }
    SnapshotRecord snapshot = snapshot(command.snapshot());
    if (!snapshot.ready()) {
      throw new AerieException(
          ErrorCode.CONFLICT, "Snapshot '" + snapshot.name() + "' is still being made");
    }
    VolumeRecord parent = tables.volumes.get(snapshot.volume());
    VolumeRules.checkOffered(command.redundancy());
    volumes.prepare(
        index,
        tables.pools.get(parent.pool()),
        command.redundancy(),
        snapshot.sizeBytes(),
        "A clone");
    long number = tables.takeNumber();
    VolumeRecord clone =
        new VolumeRecord(
            number,
            command.id(),
            command.name(),
            snapshot.sizeBytes(),
            parent.pool(),
            command.redundancy(),
            List.of(new Layer(tables.takeNumber(), command.seed(), 0, 0, snapshot.sizeBytes())),
            snapshot.number(),
            0,
            0,
            VolumeLimits.NONE,
            Conversion.NONE,
            Optional.empty(),
            0,
            0,
            index);
    volumes.grant(index, clone, groups);
    return RcdAnswer.done(number);
  }
}
