package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogSnapshotContract;
import io.aerie.cluster.messages.Messages;

/** Bounded logs, on Ratis. */
class RatisLogSnapshotTest extends LogSnapshotContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    return RatisLogs.start(identity, messages);
  }

  @Override
  protected int commandsPerSnapshot() {
    return RatisLogs.SNAPSHOT_EVERY_COMMANDS;
  }

  /** Two snapshots of ten registers, and the entries since the older one. */
  @Override
  protected long folderBytesMax() {
    return 96 << 10;
  }
}
