package io.aerie.sim;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.VolumeLimits;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.List;
import java.util.SplittableRandom;

/**
 * In some runs volumes get limits now and then, and lose them. It takes its chances from a source
 * of its own: all other runs are what they would be without it.
 */
final class RandomLimits {
  /** One run in so many has limits. */
  private static final int RUNS = 4;

  /** Low enough to hold much back, high enough for a run to come to its end. */
  private static final int OPERATIONS_MIN = 20;

  private static final int OPERATIONS_MAX = 300;
  private static final int BYTES_MIN = 1 << 20;
  private static final int BYTES_MAX = 16 << 20;

  private final Cluster cluster;
  private final SplittableRandom random;
  private final boolean limiting;

  RandomLimits(long seed, Cluster cluster) {
    this.cluster = cluster;
    random = new SplittableRandom(~seed);
    limiting = random.nextInt(RUNS) == 1;
  }

  /** Other limits for some volume, whether RCD can be reached or not. */
  void change() {
    List<VolumeRecord> volumes = List.copyOf(cluster.log().committed().volumes().values());
    if (limiting && !volumes.isEmpty()) {
      VolumeRecord volume = volumes.get(random.nextInt(volumes.size()));
      SimulatedNode from = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
      VolumeLimits change =
          new VolumeLimits(
              limit(OPERATIONS_MIN, OPERATIONS_MAX),
              limit(OPERATIONS_MIN, OPERATIONS_MAX),
              limit(BYTES_MIN, BYTES_MAX),
              limit(BYTES_MIN, BYTES_MAX));
      cluster.world().trace("limits", "of volume " + volume.number() + ": " + change);
      byte[] command = RcdCommands.encode(new RcdCommand.LimitVolume(volume.id(), change, -1));
      cluster.log().submit(from.id, command, (answer, failure) -> {});
    }
  }

  private long limit(int low, int high) {
    return switch (random.nextInt(3)) {
      case 0 -> 0;
      case 1 -> VolumeLimits.KEEP;
      default -> random.nextInt(low, high);
    };
  }

  /** The last round goes as fast as it can. */
  void remove() {
    for (VolumeRecord volume : List.copyOf(cluster.log().committed().volumes().values())) {
      if (!volume.limits().equals(VolumeLimits.NONE)) {
        cluster.apply(new RcdCommand.LimitVolume(volume.id(), VolumeLimits.NONE, -1)).orThrow();
      }
    }
  }
}
