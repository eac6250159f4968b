package io.aerie.cluster.atomix;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogExportContract;
import io.aerie.cluster.messages.Messages;

/** Export and founding from a file, on Atomix. */
class AtomixLogExportTest extends LogExportContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
  }
}
