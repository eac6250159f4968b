package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogDamageContract;
import io.aerie.cluster.messages.Messages;

/** Damaged files, on Ratis. */
class RatisLogDamageTest extends LogDamageContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    return RatisLogs.start(identity, messages);
  }

  @Override
  protected int commandsPerSnapshot() {
    return RatisLogs.SNAPSHOT_EVERY_COMMANDS;
  }
}
