package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand.LimitVolume;
import io.aerie.engine.store.Geometry;

/** How much a volume's clients may ask of it. Its owner sees to it. */
final class LimitRules {
  /** A limit above that limits nothing that there is, and stays far from what a long can hold. */
  static final long LIMIT_MAX = 1L << 40;

  private final RcdTables tables;
  private final VolumeRules volumes;

  LimitRules(RcdTables tables, VolumeRules volumes) {
    this.tables = tables;
    this.volumes = volumes;
  }

  RcdAnswer limit(long index, LimitVolume command) {
    VolumeRecord volume = volumes.byId(command.id());
    VolumeLimits change = command.change();
    check(change.readOperations(), 1, "operations");
    check(change.writeOperations(), 1, "operations");
    check(change.readBytes(), Geometry.PAGE_BYTES, "bytes");
    check(change.writeBytes(), Geometry.PAGE_BYTES, "bytes");
    VolumeLimits limits = volume.limits().changed(change);
    if (limits.equals(volume.limits())) {
      return RcdAnswer.done(volume.number());
    }
    VolumeRules.requireRevision(volume, command.expectedRevision());
    tables.change(new RcdChange.Volume(volume.limited(limits, index)));
    return RcdAnswer.done(volume.number());
  }

  private static void check(long limit, long least, String of) {
    if (limit != VolumeLimits.KEEP && limit != 0 && (limit < least || limit > LIMIT_MAX)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          limit + " " + of + " a second can't be a limit",
          "A limit is from " + least + " to " + LIMIT_MAX + " " + of + " a second.",
          "0 takes it away.");
    }
  }
}
