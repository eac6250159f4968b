package io.aerie.cluster.atomix;

import io.aerie.cluster.atomix.log.LogSettings;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogSnapshotContract;
import io.aerie.cluster.messages.Messages;
import org.junit.jupiter.api.Timeout;

/**
 * Bounded logs, on Atomix, with small segments. It looks for what it may drop every ten seconds,
 * and drops it ten seconds later.
 */
@Timeout(300)
class AtomixLogSnapshotTest extends LogSnapshotContract {
  private static final int SEGMENT_BYTES = 32 << 10;

  static final LogSettings SMALL =
      new LogSettings(
          LogSettings.USUAL.election(),
          LogSettings.USUAL.heartbeat(),
          AtomixLogs.COMMANDS_PER_SNAPSHOT,
          SEGMENT_BYTES);

  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity, SMALL);
  }

  @Override
  protected int commandsPerSnapshot() {
    return 200;
  }

  /** The segment that is written, the one before it, and snapshots. */
  @Override
  protected long folderBytesMax() {
    return 3 * SEGMENT_BYTES;
  }
}
