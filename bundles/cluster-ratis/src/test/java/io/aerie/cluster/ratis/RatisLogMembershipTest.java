package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogMembershipContract;
import io.aerie.cluster.messages.Messages;

/** Changes of members under load, on Ratis. */
class RatisLogMembershipTest extends LogMembershipContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    return RatisLogs.start(identity, messages);
  }

  @Override
  protected int commandsPerSnapshot() {
    return RatisLogs.SNAPSHOT_EVERY_COMMANDS;
  }
}
