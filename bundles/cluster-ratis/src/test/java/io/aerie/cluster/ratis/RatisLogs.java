package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogCluster.RunningProvider;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.messages.Messages;

/**
 * Starts providers for the contract's tests, with snapshots and segments so small that compaction
 * happens.
 */
final class RatisLogs {
  static final int SNAPSHOT_EVERY_COMMANDS = 200;
  private static final int SEGMENT_BYTES_MAX = 8 << 10;

  private RatisLogs() {}

  static RunningProvider start(ClusterIdentity identity, Messages messages) {
    return start(identity, messages, RatisSettings.PRODUCT.electionMillisMin());
  }

  static RunningProvider start(
      ClusterIdentity identity, Messages messages, long electionMillisMin) {
    RatisProvider provider =
        new RatisProvider(
            identity,
            new RatisSettings(SNAPSHOT_EVERY_COMMANDS, SEGMENT_BYTES_MAX, electionMillisMin));
    provider.setMessages(messages);
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
}
