package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand.CancelConversion;
import io.aerie.engine.rcd.RcdCommand.ConversionDone;
import io.aerie.engine.rcd.RcdCommand.ConversionFilled;
import io.aerie.engine.rcd.RcdCommand.ConvertVolume;
import java.util.List;
import java.util.Optional;

/** Another protection of a volume, as drawn in {@link Conversion}. */
final class ConversionRules {
  private final RcdTables tables;
  private final VolumeRules volumes;
  private final ScrubRules scrubs;

  ConversionRules(RcdTables tables, VolumeRules volumes, ScrubRules scrubs) {
    this.tables = tables;
    this.volumes = volumes;
    this.scrubs = scrubs;
  }

  /** What a volume took the place of, and is still seen through it. */
  Optional<VolumeRecord> former(VolumeRecord volume) {
    return Optional.ofNullable(tables.snapshots.get(volume.origin()))
        .map(base -> tables.volumes.get(base.volume()))
        .filter(former -> former.conversion().successor() == volume.number());
  }

  /** Whether a volume has to be filled from what it took the place of. */
  boolean fills(VolumeRecord volume) {
    return !volume.conversion().isFormer() && former(volume).isPresent();
  }

  RcdAnswer convert(long index, ConvertVolume command) {
    VolumeRecord volume = volumes.byId(command.id());
    if (tables.index().snapshots.ofId(command.former()).isPresent()
        || volume.redundancy().equals(command.redundancy())) {
      return RcdAnswer.done(volume.number());
    }
    VolumeRules.requireRevision(volume, command.expectedRevision());
    VolumeRules.checkOffered(command.redundancy());
    LayerRules.requireSettledShape(volume);
    requireNoSnapshots(volume);
    if (former(volume).flatMap(this::former).isPresent()) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "Volume '" + volume.name() + "' is being converted, and was before",
          "What it was made of is still read through what that was made of.",
          "Wait until it is converted.");
    }
    PoolRecord pool = tables.pools.get(volume.pool());
    volumes.checkRoom(pool, command.redundancy(), volume.sizeBytes(), "Another protection");
    Conversion.Wish wish =
        new Conversion.Wish(command.redundancy(), command.former(), command.seed());
    long number = tables.takeNumber();
    tables.change(
        new RcdChange.Snapshot(
            new SnapshotRecord(
                number,
                command.former(),
                VolumeRecord.FORMER + number,
                volume.number(),
                0,
                volume.sizeBytes(),
                index)));
    tables.change(
        new RcdChange.Volume(
            volume.converting(Conversion.wishing(wish, volume.conversion()), number, index)));
    return RcdAnswer.done(volume.number());
  }

  private void requireNoSnapshots(VolumeRecord volume) {
    List<String> snapshots =
        tables.index().snapshots.ofVolume(volume.number()).stream()
            .map(number -> tables.snapshots.get(number).name())
            .toList();
    if (!snapshots.isEmpty()) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "Volume '" + volume.name() + "' has snapshots",
          "They are of the protection that it has: " + String.join(", ", snapshots) + ".",
          "Delete them first, or clone one with another protection.");
    }
  }

  /** Refuses what would change the shape of a volume that is being filled. */
  void requireWhole(VolumeRecord volume) {
    if (fills(volume)) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "Volume '" + volume.name() + "' is being converted to " + volume.redundancy(),
          "Until that is done it has neither snapshots nor a smaller size.",
          "Wait until it is converted.");
    }
  }

  /**
   * The owner has drained: another volume takes its place, under the same owner. So nobody serves
   * the former one while the new one is written: that node learns of both at once.
   */
  RcdAnswer begin(long index, VolumeRecord volume, SnapshotRecord base, GroupRules groups) {
    Conversion.Wish wish = volume.conversion().wish().orElseThrow();
    PoolRecord pool = tables.pools.get(volume.pool());
    try {
      volumes.prepare(index, pool, wish.redundancy(), volume.sizeBytes(), "Another protection");
    } catch (AerieException e) {
      // Others have taken the room, or nodes are away: writes must not wait for it.
      dropWish(index, volume);
      return RcdAnswer.done(0);
    }
    long number = tables.takeNumber();
    VolumeRecord successor =
        volume.successor(number, tables.takeNumber(), wish, base.number(), index);
    tables.change(new RcdChange.Snapshot(base.frozen(volume, index)));
    tables.change(new RcdChange.Volume(volume.former(wish.former(), number, index)));
    volumes.regrant(index, successor, groups);
    for (long generation : List.copyOf(tables.index().attachmentsOfVolume.of(volume.number()))) {
      AttachmentRecord attachment = tables.attachments.get(generation);
      tables.change(new RcdChange.Attached(attachment.moved(number, index)));
    }
    ReservationRecord reserved = tables.reservations.get(volume.number());
    if (reserved != null) {
      tables.change(RcdChange.Reservation.quiet(reserved.moved(number)));
      tables.change(RcdChange.Reservation.quiet(ReservationRecord.none(volume.number())));
    }
    return RcdAnswer.done(number);
  }

  RcdAnswer cancel(long index, CancelConversion command) {
    VolumeRecord volume = volumes.byId(command.id());
    if (volume.conversion().wish().isPresent()) {
      dropWish(index, volume);
    } else {
      requireWhole(volume);
    }
    return RcdAnswer.done(volume.number());
  }

  private void dropWish(long index, VolumeRecord volume) {
    tables.change(new RcdChange.SnapshotDeleted(volume.wanted()));
    tables.change(
        new RcdChange.Volume(volume.converting(volume.conversion().withoutWish(), 0, index)));
  }

  RcdAnswer filled(long index, ConversionFilled command) {
    VolumeRecord volume = tables.volumes.get(command.volume());
    if (volume != null && fills(volume) && volume.epoch() == command.volumeEpoch()) {
      Conversion further = volume.conversion().filled(command.places());
      tables.change(new RcdChange.Volume(volume.converting(further, volume.wanted(), index)));
    }
    return RcdAnswer.done(0);
  }

  RcdAnswer done(long index, ConversionDone command, GroupRules groups) {
    VolumeRecord volume = tables.volumes.get(command.volume());
    if (volume == null || !fills(volume)) {
      return RcdAnswer.done(0);
    }
    if (volume.epoch() != command.volumeEpoch()) {
      throw RcdRules.precondition("The volume has another owner", "Its epoch is another.");
    }
    if (volume.layers().size() != 1 || volume.live().number() != command.layer()) {
      throw RcdRules.precondition("The volume has other layers", "They may lack something.");
    }
    tables.change(new RcdChange.Volume(volume.whole(index)));
    dropFormer(index, volume, groups);
    return RcdAnswer.done(volume.number());
  }

  /** A volume was deleted, and was as told before: what it took the place of, or was to, goes. */
  void deleted(long index, VolumeRecord volume, GroupRules groups) {
    if (volume.conversion().wish().isPresent()) {
      tables.change(new RcdChange.SnapshotDeleted(volume.wanted()));
    }
    dropFormer(index, volume, groups);
  }

  private void dropFormer(long index, VolumeRecord volume, GroupRules groups) {
    Optional<VolumeRecord> found = former(volume);
    if (found.isPresent()) {
      VolumeRecord former = found.get();
      tables.change(new RcdChange.SnapshotDeleted(volume.origin()));
      tables.change(new RcdChange.VolumeDeleted(former.number()));
      groups.removePending(index, former);
      scrubs.deleted(index, former.number());
      dropFormer(index, former, groups);
    }
  }

  /** The volume that has a volume's place now. */
  long current(long number) {
    VolumeRecord volume = tables.volumes.get(number);
    return volume != null && volume.conversion().isFormer()
        ? current(volume.conversion().successor())
        : number;
  }
}
