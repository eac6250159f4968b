package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.cluster.ratis.LogFolders.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The record that all logs of a node share. */
class LogFoldersTest {
  private static final int LOGS = 4;
  private static final int ROUNDS = 100;

  @TempDir private Path root;

  /** Writers that shared a file aside took it from each other: a log's start failed as CORRUPT. */
  @Test
  @Timeout(60)
  void shouldRecordLogsThatAreOpenedAtTheSameTime() throws Exception {
    LogFolders folders = new LogFolders(root);
    CyclicBarrier together = new CyclicBarrier(LOGS);
    List<CompletableFuture<Void>> openings = new ArrayList<>();
    for (int i = 0; i < LOGS; i++) {
      String log = "log" + i;
      openings.add(
          CompletableFuture.runAsync(
              () -> record(folders, together, log), task -> new Thread(task).start()));
    }
    openings.forEach(CompletableFuture::join);
    LogFolders again = new LogFolders(root);
    for (int i = 0; i < LOGS; i++) {
      assertThat(again.stage("log" + i)).contains(Stage.MEMBER);
    }
    assertThat(again.incarnation()).isEqualTo(folders.incarnation());
  }

  private static void record(LogFolders folders, CyclicBarrier together, String log) {
    try {
      for (int round = 0; round < ROUNDS; round++) {
        together.await(30, TimeUnit.SECONDS);
        folders.record(log, round < ROUNDS - 1 ? Stage.JOINING : Stage.MEMBER);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
