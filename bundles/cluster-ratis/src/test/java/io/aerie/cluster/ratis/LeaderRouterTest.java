package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.testing.TestCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.ratis.protocol.RaftGroupId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request whose next attempt would come after the end gets its answer at the end. */
class LeaderRouterTest {
  @TempDir Path folder;

  @Test
  void shouldFailWhatWaitsForItsNextAttemptWhenItCloses() throws Exception {
    ScheduledExecutorService executor = RatisThreads.start();
    LogFolders folders = new LogFolders(folder.resolve("logs"));
    try (RaftNode node =
        new RaftNode(
            new TestCluster(folder, 1).identity(TestCluster.node(1), List.of()),
            RatisSettings.PRODUCT,
            folders,
            folder.resolve("logs"))) {
      LeaderRouter router = new LeaderRouter(node, RaftGroupId.randomId(), executor);
      CompletableFuture<byte[]> waiting = router.write(new byte[] {1});
      router.close();
      executor.shutdown();
      assertThat(waiting).isDone();
      AerieException refusal =
          (AerieException)
              catchThrowableOfType(CompletionException.class, waiting::join).getCause();
      assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }
  }
}
