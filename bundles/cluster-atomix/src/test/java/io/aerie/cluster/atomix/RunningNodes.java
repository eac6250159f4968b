package io.aerie.cluster.atomix;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.aerie.base.NodeId;
import io.aerie.cluster.testing.TestCluster;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whole nodes in one JVM, on real ports with real certificates. */
final class RunningNodes implements AutoCloseable {
  /** Covers Netty's two quiet seconds and a busy machine. */
  private static final int LIMIT_S = 20;

  private final TestCluster cluster;
  private final Map<NodeId, ClusterNode> running = new LinkedHashMap<>();

  RunningNodes(Path folder, int count) throws Exception {
    cluster = new TestCluster(folder, count);
  }

  ClusterNode start(NodeId id, List<NodeId> seeds) throws Exception {
    ClusterNode node = new ClusterNode(cluster.identity(id, seeds));
    running.put(id, node);
    node.start().get(LIMIT_S, SECONDS);
    return node;
  }

  void stop(NodeId id) throws Exception {
    running.remove(id).stop().get(LIMIT_S, SECONDS);
  }

  @Override
  public void close() throws Exception {
    for (NodeId id : List.copyOf(running.keySet())) {
      stop(id);
    }
  }
}
