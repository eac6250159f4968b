package io.aerie.cluster.atomix;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogMembershipContract;
import io.aerie.cluster.messages.Messages;

/** Changes of members under load, on Atomix. */
class AtomixLogMembershipTest extends LogMembershipContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
  }
}
