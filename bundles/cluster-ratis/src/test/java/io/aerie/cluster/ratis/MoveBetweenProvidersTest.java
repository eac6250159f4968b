package io.aerie.cluster.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.atomix.ClusterNode;
import io.aerie.cluster.log.RegisterMachine;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.testing.TestCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log moves from Atomix to Ratis and back, by its exported state. */
class MoveBetweenProvidersTest {
  private static final int LIMIT_S = 60;
  private static final String LOG = "moving";

  @TempDir Path folder;

  @Test
  void shouldMoveALogToTheOtherProviderAndBack() throws Exception {
    TestCluster cluster = new TestCluster(folder, 2);
    NodeId first = TestCluster.node(1);
    NodeId second = TestCluster.node(2);
    Path toRatis = folder.resolve("to-ratis");
    Path toAtomix = folder.resolve("to-atomix");

    ClusterNode before = new ClusterNode(cluster.identity(first, List.of()));
    before.start().get(LIMIT_S, SECONDS);
    putAndExport(before.logs(), Optional.empty(), "a", toRatis);

    RatisProvider ratis = new RatisProvider(cluster.identity(first, List.of()));
    ratis.setMessages(before.messages());
    putAndExport(ratis, Optional.of(toRatis), "b", toAtomix);
    ratis.close();
    before.stop().get(LIMIT_S, SECONDS);

    ClusterNode after = new ClusterNode(cluster.identity(second, List.of()));
    after.start().get(LIMIT_S, SECONDS);
    try (ReplicatedLog log = open(after.logs(), Optional.of(toAtomix))) {
      assertThat(read(log, "a")).isEqualTo("1");
      assertThat(read(log, "b")).isEqualTo("1");
    }
    after.stop().get(LIMIT_S, SECONDS);
  }

  private static void putAndExport(
      ReplicatedLogProvider provider, Optional<Path> initialState, String name, Path file)
      throws Exception {
    try (ReplicatedLog log = open(provider, initialState)) {
      log.submit((name + "=1").getBytes(UTF_8)).get(LIMIT_S, SECONDS);
      log.exportState().get(LIMIT_S, SECONDS).write(file);
    }
  }

  private static ReplicatedLog open(ReplicatedLogProvider provider, Optional<Path> initialState)
      throws Exception {
    return provider
        .open(new LogSpecification(LOG, new RegisterMachine(), true, List.of(), initialState))
        .get(LIMIT_S, SECONDS);
  }

  private static String read(ReplicatedLog log, String name) throws Exception {
    return new String(log.queryLinearizable(name.getBytes(UTF_8)).get(LIMIT_S, SECONDS), UTF_8);
  }
}
