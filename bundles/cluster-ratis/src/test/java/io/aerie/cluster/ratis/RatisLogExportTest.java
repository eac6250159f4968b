package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogExportContract;
import io.aerie.cluster.messages.Messages;

/** Export and founding from a file, on Ratis. */
class RatisLogExportTest extends LogExportContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    return RatisLogs.start(identity, messages);
  }

  @Override
  protected int commandsPerSnapshot() {
    return RatisLogs.SNAPSHOT_EVERY_COMMANDS;
  }
}
