package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand.Discarded;
import io.aerie.engine.rcd.RcdCommand.ResizeVolume;
import io.aerie.engine.rcd.VolumeRecord.Layer;
import java.util.ArrayList;
import java.util.List;

/** Another size of a volume. */
final class SizeRules {
  private final RcdTables tables;
  private final VolumeRules volumes;
  private final LayerRules layers;
  private final ConversionRules conversions;

  SizeRules(RcdTables tables, VolumeRules volumes, LayerRules layers, ConversionRules conversions) {
    this.tables = tables;
    this.volumes = volumes;
    this.layers = layers;
    this.conversions = conversions;
  }

  RcdAnswer resize(long index, ResizeVolume command, GroupRules groups) {
    VolumeRecord volume = volumes.byId(command.id());
    VolumeRules.checkSize(command.sizeBytes());
    if (command.sizeBytes() == volume.sizeBytes()) {
      return RcdAnswer.done(volume.number());
    }
    VolumeRules.requireRevision(volume, command.expectedRevision());
    // What was cut off must be empty before the volume may reach there again.
    LayerRules.requireSettledShape(volume);
    if (command.sizeBytes() < volume.sizeBytes()) {
      shrink(index, volume, command, groups);
    } else {
      VolumeRecord grown =
          volume.with(volume.layers(), command.sizeBytes(), 0, volume.wanted(), index);
      layers.requireRoom(volume, grown, "What the volume is to grow by");
      tables.change(new RcdChange.Volume(grown));
    }
    return RcdAnswer.done(volume.number());
  }

  /**
   * Nobody may have it open: a write under way to what is cut off could else be done after it was
   * emptied. A new epoch settles what an ended attachment left.
   */
  private void shrink(long index, VolumeRecord volume, ResizeVolume command, GroupRules groups) {
    if (!command.force()) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "Volume '" + volume.name() + "' would become smaller",
          "What lies beyond " + new ByteSize(command.sizeBytes()) + " would be lost.",
          "Say that you want it by force.");
    }
    conversions.requireWhole(volume);
    volumes.requireClosed(volume);
    Layer live = volume.live();
    List<Layer> cut = new ArrayList<>(volume.layers());
    cut.set(
        cut.size() - 1, live.over(live.parent(), Math.min(live.belowBytes(), command.sizeBytes())));
    volumes.regrant(
        index,
        volume.with(cut, command.sizeBytes(), volume.sizeBytes(), volume.wanted(), index),
        groups);
  }

  RcdAnswer discarded(long index, Discarded command) {
    VolumeRecord volume = tables.volumes.get(command.volume());
    if (volume == null || volume.discardBytes() == 0) {
      return RcdAnswer.done(0);
    }
    if (volume.epoch() != command.volumeEpoch()) {
      throw RcdRules.precondition("The volume has another owner", "Its epoch is another.");
    }
    tables.change(
        new RcdChange.Volume(
            volume.with(volume.layers(), volume.sizeBytes(), 0, volume.wanted(), index)));
    return RcdAnswer.done(0);
  }
}
