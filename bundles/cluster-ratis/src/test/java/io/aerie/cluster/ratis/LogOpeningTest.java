package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.cluster.log.RegisterMachine;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An opening that nobody wants any more. */
class LogOpeningTest {
  private static final LogSpecification LOG =
      new LogSpecification("log", new RegisterMachine(), true, List.of());

  private final ScheduledExecutorService executor = RatisThreads.start();
  private final CountDownLatch starting = new CountDownLatch(1);
  private final CountDownLatch mayStart = new CountDownLatch(1);
  private final CompletableFuture<LogOpening> ended = new CompletableFuture<>();

  @TempDir private Path root;

  @AfterEach
  void stop() {
    executor.shutdown();
  }

  /** Who removed the files of a log at once met the step that was still writing them. */
  @Test
  @Timeout(30)
  void shouldEndAfterTheStepThatIsUnderWay() throws Exception {
    LogOpening opening =
        new LogOpening(LOG, List.of(), new PresentMessages(), executor, new Slow());
    CompletableFuture<ReplicatedLog> result = opening.start();
    starting.await();
    assertThat(result.cancel(false)).isTrue();
    assertThat(ended).isNotDone();
    mayStart.countDown();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isSameAs(opening);
  }

  /** Starts replicas when it may, and fails. */
  private final class Slow implements LogOpening.Provider {
    @Override
    public LogFolders folders() throws IOException {
      return new LogFolders(root);
    }

    @Override
    public RatisLog start(LogSpecification specification, boolean self) throws IOException {
      starting.countDown();
      try {
        mayStart.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      throw new IOException("it was only to be seen");
    }

    @Override
    public void ended(LogOpening opening) {
      ended.complete(opening);
    }
  }
}
