package io.aerie.cluster.atomix.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.cluster.atomix.ClusterNode;
import io.aerie.cluster.log.RegisterMachine;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.testing.TestCluster;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.impl.RaftServiceManager;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica whose reader stands at the wrong entry applies what is committed all the same. */
class ApplyWatchTest {
  private static final int LIMIT_S = 60;

  @TempDir Path folder;

  @Test
  void shouldApplyWhatWasLeftOut() throws Exception {
    ClusterNode node =
        new ClusterNode(new TestCluster(folder, 1).identity(TestCluster.node(1), List.of()));
    node.start().get(LIMIT_S, SECONDS);
    RegisterMachine machine = new RegisterMachine();
    try (ReplicatedLog log =
        node.logs()
            .open(new LogSpecification("left", machine, true, List.of()))
            .get(LIMIT_S, SECONDS)) {
      log.submit("a=1".getBytes(UTF_8)).get(LIMIT_S, SECONDS);
      misplaceReader((RaftContext) field(AtomixLog.class, "raft").get(log));
      assertThat(log.submit("b=2".getBytes(UTF_8)).get(LIMIT_S, SECONDS))
          .isEqualTo("b=2".getBytes(UTF_8));
      log.submit("c=3".getBytes(UTF_8)).get(LIMIT_S, SECONDS);
      for (String register : List.of("a=1", "b=2", "c=3")) {
        String[] parts = register.split("=", 2);
        assertThat(new String(log.queryLocal(parts[0].getBytes(UTF_8)), UTF_8)).isEqualTo(parts[1]);
      }
    }
    node.stop().get(LIMIT_S, SECONDS);
  }

  /** As it was seen: before an entry that was applied long ago. */
  private static void misplaceReader(RaftContext raft) throws Exception {
    RaftLogReader reader =
        (RaftLogReader) field(RaftServiceManager.class, "reader").get(raft.getServiceManager());
    CompletableFuture<Void> done = new CompletableFuture<>();
    raft.getThreadContext()
        .execute(
            () -> {
              reader.reset(1);
              done.complete(null);
            });
    done.get(LIMIT_S, SECONDS);
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
