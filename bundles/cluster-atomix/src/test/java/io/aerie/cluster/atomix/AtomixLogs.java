package io.aerie.cluster.atomix;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.aerie.cluster.atomix.log.LogSettings;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogCluster.RunningProvider;
import io.aerie.cluster.log.ReplicatedLogProvider;

/** Starts whole nodes over loopback with mutual TLS, for the contract's tests. */
final class AtomixLogs {
  static final int COMMANDS_PER_SNAPSHOT = 50;

  /** Covers a busy machine. */
  private static final int STOP_LIMIT_S = 20;

  private AtomixLogs() {}

  static RunningProvider start(ClusterIdentity identity) throws Exception {
    LogSettings usual = LogSettings.USUAL;
    return start(
        identity,
        new LogSettings(
            usual.election(), usual.heartbeat(), COMMANDS_PER_SNAPSHOT, usual.segmentBytes()));
  }

  static RunningProvider start(ClusterIdentity identity, LogSettings settings) throws Exception {
    ClusterNode node = new ClusterNode(identity, settings);
    node.start().get(STOP_LIMIT_S, SECONDS);
    return new RunningProvider() {
      @Override
      public ReplicatedLogProvider logs() {
        return node.logs();
      }

      @Override
      public void close() throws Exception {
        node.stop().get(STOP_LIMIT_S, SECONDS);
      }
    };
  }
}
