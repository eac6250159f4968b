package io.aerie.cluster.atomix;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogDamageContract;
import io.aerie.cluster.messages.Messages;

/** Damaged files, on Atomix. */
class AtomixLogDamageTest extends LogDamageContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
  }
}
