package io.aerie.cluster.atomix;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLogContract;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.messages.Messages;

/** The contract of replicated logs, on Atomix: whole nodes over loopback with mutual TLS. */
class AtomixLogTest extends ReplicatedLogContract {
  private static final int COMMANDS_PER_SNAPSHOT = 50;

  /** Covers Netty's two quiet seconds and a busy machine. */
  private static final int STOP_LIMIT_S = 20;

  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    ClusterNode node = new ClusterNode(identity, COMMANDS_PER_SNAPSHOT);
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

  @Override
  protected int commandsPerSnapshot() {
    return COMMANDS_PER_SNAPSHOT;
  }
}
