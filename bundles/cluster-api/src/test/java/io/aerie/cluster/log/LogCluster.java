package io.aerie.cluster.log;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.testing.TestCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas of one log on up to five nodes in one JVM over loopback with mutual TLS, for the
 * contract's tests. A provider starts itself for an identity.
 */
public abstract class LogCluster {
  protected static final NodeId N1 = TestCluster.node(1);
  protected static final NodeId N2 = TestCluster.node(2);
  protected static final NodeId N3 = TestCluster.node(3);
  protected static final NodeId N4 = TestCluster.node(4);
  protected static final NodeId N5 = TestCluster.node(5);

  /** The three that most tests use. */
  protected static final List<NodeId> ALL = List.of(N1, N2, N3);

  @TempDir Path folder;
  private TestCluster cluster;
  final ConcurrentNavigableMap<NodeId, Replica> running = new ConcurrentSkipListMap<>();

  /**
   * Starts a node's provider.
   *
   * @param messages between the nodes of this test; a provider that brings messages of its own
   *     leaves them unused
   */
  protected abstract RunningProvider start(ClusterIdentity identity, Messages messages)
      throws Exception;

  /** So many commands of 100 bytes make the provider, as started here, write a snapshot. */
  protected abstract int commandsPerSnapshot();

  /** A provider that runs for one node; closing it stops all of it and leaves the data. */
  public interface RunningProvider extends AutoCloseable {
    ReplicatedLogProvider logs();
  }

  @BeforeEach
  void makeCluster() throws Exception {
    cluster = new TestCluster(folder, 5);
  }

  @AfterEach
  void closeAll() throws Exception {
    closeTogether(List.copyOf(running.keySet()));
  }

  protected final TestCluster cluster() {
    return cluster;
  }

  protected final Replica get(NodeId id) {
    return running.get(id);
  }

  /** Those that are in service. */
  final List<Replica> openReplicas() {
    return running.values().stream().filter(Replica::isOpen).toList();
  }

  protected final Replica open(NodeId id, boolean found, List<NodeId> seeds) throws Exception {
    Replica replica = begin(id, found, seeds);
    replica.log();
    return replica;
  }

  protected final Replica begin(NodeId id, boolean found, List<NodeId> seeds) throws Exception {
    RunningProvider provider = start(cluster.identity(id, seeds), cluster.network().of(id));
    Replica replica = new Replica(id, provider, found, seeds);
    running.put(id, replica);
    return replica;
  }

  protected final void openThree() throws Exception {
    open(N1, true, List.of());
    open(N2, false, List.of(N1));
    open(N3, false, List.of(N1, N2));
  }

  protected final Replica reopen(NodeId id) throws Exception {
    return open(id, id.equals(N1), others(id));
  }

  /** All at once: one alone has no majority, so its opening can't end. */
  final void reopenTogether(List<NodeId> ids) throws Exception {
    List<Replica> replicas = new ArrayList<>();
    for (NodeId id : ids) {
      replicas.add(begin(id, id.equals(N1), others(id)));
    }
    for (Replica replica : replicas) {
      replica.log();
    }
  }

  protected final void close(NodeId id) throws Exception {
    running.remove(id).close();
  }

  /** At the same time: connections to each other take seconds to close one after the other. */
  final void closeTogether(List<NodeId> ids) throws Exception {
    List<Callable<Void>> closings = new ArrayList<>();
    for (NodeId id : ids) {
      Replica replica = running.remove(id);
      closings.add(
          () -> {
            replica.close();
            return null;
          });
    }
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      for (Future<Void> closing : threads.invokeAll(closings)) {
        closing.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static List<NodeId> others(NodeId id) {
    return ALL.stream().filter(other -> !other.equals(id)).toList();
  }
}
