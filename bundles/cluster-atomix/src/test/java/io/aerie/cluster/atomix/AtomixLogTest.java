package io.aerie.cluster.atomix;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLogContract;
import io.aerie.cluster.messages.Messages;

/** The contract of replicated logs, on Atomix. */
class AtomixLogTest extends ReplicatedLogContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
  }
}
