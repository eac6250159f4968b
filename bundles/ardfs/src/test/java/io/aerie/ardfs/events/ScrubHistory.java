package io.aerie.ardfs.events;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.ScrubJobRecord.Scope;
import io.aerie.engine.rcd.ScrubRecord;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Random commands about scrubs, as people and owners send them. */
final class ScrubHistory {
  private ScrubHistory() {}

  static RcdCommand next(RcdState rcd, Random random) {
    List<ScrubRecord> wanted = rcd.scrubs().values().stream().filter(s -> s.job() != 0).toList();
    if (wanted.isEmpty() || random.nextInt(8) == 0) {
      return start(rcd, random);
    }
    ScrubRecord record = wanted.get(random.nextInt(wanted.size()));
    if (random.nextInt(6) == 0) {
      RcdCommand.ControlScrub.Action[] actions = RcdCommand.ControlScrub.Action.values();
      return new RcdCommand.ControlScrub(record.job(), actions[random.nextInt(actions.length)]);
    }
    return new RcdCommand.ReportScrub(
        record.volume(),
        rcd.volume(record.volume()).map(VolumeRecord::epoch).orElse(0L),
        record.job(),
        new ScrubRecord.Counts(random.nextInt(100), random.nextInt(9), random.nextInt(5), 0),
        random.nextBoolean(),
        1);
  }

  private static RcdCommand start(RcdState rcd, Random random) {
    Scope scope = Scope.values()[random.nextInt(3)];
    List<Long> subjects =
        switch (scope) {
          case ALL -> List.of(0L);
          case POOL -> List.copyOf(rcd.pools().keySet());
          case VOLUME -> List.copyOf(rcd.volumes().keySet());
        };
    return subjects.isEmpty()
        ? new RcdCommand.Detach(1)
        : new RcdCommand.StartScrub(
            new UUID(random.nextLong(), 6),
            scope,
            subjects.get(random.nextInt(subjects.size())),
            random.nextInt(1000));
  }
}
