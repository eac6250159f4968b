package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLogContract;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.messages.Messages;

/** The contract on Ratis, with snapshots and segments so small that compaction happens. */
class RatisLogTest extends ReplicatedLogContract {
  private static final int SNAPSHOT_EVERY_COMMANDS = 200;
  private static final int SEGMENT_BYTES_MAX = 8 << 10;

  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    RatisProvider provider =
        new RatisProvider(
            identity, messages, new RatisSettings(SNAPSHOT_EVERY_COMMANDS, SEGMENT_BYTES_MAX));
    return new RunningProvider() {
      @Override
      public ReplicatedLogProvider logs() {
        return provider;
      }

      @Override
      public void close() {
        provider.close();
      }
    };
  }

  @Override
  protected int commandsPerSnapshot() {
    return SNAPSHOT_EVERY_COMMANDS;
  }
}
