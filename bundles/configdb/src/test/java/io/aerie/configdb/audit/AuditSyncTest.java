package io.aerie.configdb.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Event;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Appends at the same time share a sync, and none returns before one that began after it. */
@Timeout(60)
class AuditSyncTest {
  private static final int FILES_MAX = 64;

  @TempDir private Path folder;

  private FileAuditLog log(long fileBytesMax, FileAuditLog.Disk disk) {
    return new FileAuditLog(() -> folder, Clock.systemUTC(), fileBytesMax, FILES_MAX, disk);
  }

  private static Event event(int number) {
    return new Event(
        "ada",
        "192.0.2.1",
        "PUT /api/v1/config/a" + number,
        Map.of(),
        "begun",
        OptionalLong.empty());
  }

  private static CompletableFuture<Entry> appended(FileAuditLog log, int number) {
    return CompletableFuture.supplyAsync(
        () -> log.append(event(number)), task -> new Thread(task).start());
  }

  private long lines() throws IOException {
    long lines = 0;
    for (Path file : new AuditFolder(folder).files()) {
      lines += Files.readString(file).lines().count();
    }
    return lines;
  }

  private void awaitLines(long wanted) throws IOException {
    while (lines() < wanted) {
      Thread.onSpinWait();
    }
  }

  /** Its first sync waits for {@link #release}, and then does what the test wants. */
  private static final class SlowDisk implements FileAuditLog.Disk {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final AtomicInteger syncs = new AtomicInteger();
    final boolean fails;

    SlowDisk(boolean fails) {
      this.fails = fails;
    }

    @Override
    public void sync(FileChannel file) throws IOException {
      if (syncs.incrementAndGet() == 1) {
        entered.countDown();
        try {
          assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        if (fails) {
          throw new IOException("the disk is broken");
        }
      }
      file.force(false);
    }
  }

  @Test
  void shouldSyncOnceForAllThatCameWhileItSynced() throws Exception {
    SlowDisk disk = new SlowDisk(false);
    FileAuditLog log = log(1 << 20, disk);
    List<CompletableFuture<Entry>> all = new ArrayList<>();
    all.add(appended(log, 0));
    assertThat(disk.entered.await(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 1; i <= 8; i++) {
      all.add(appended(log, i));
    }
    awaitLines(9);
    assertThat(all).noneMatch(CompletableFuture::isDone);
    disk.release.countDown();
    assertThat(all.stream().map(entry -> entry.join().sequence()))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 9).boxed().toList());
    assertThat(disk.syncs).hasValue(2);
    assertThat(log.verify().broken()).isEmpty();
    log.close();
  }

  @Test
  void shouldTellAllWhoWaitWhenTheDiskFailsAndGoOn() throws Exception {
    SlowDisk disk = new SlowDisk(true);
    FileAuditLog log = log(1 << 20, disk);
    CompletableFuture<Entry> first = appended(log, 0);
    assertThat(disk.entered.await(30, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Entry> second = appended(log, 1);
    awaitLines(2);
    disk.release.countDown();
    assertThatThrownBy(first::join).hasCauseInstanceOf(AerieException.class);
    assertThatThrownBy(second::join).hasCauseInstanceOf(AerieException.class);
    assertThat(log.append(event(2)).sequence()).isEqualTo(3);
    assertThat(log.verify().broken()).isEmpty();
    log.close();
  }

  @Test
  void shouldKeepOneChainWhenManyAppendOverManyFiles() throws Exception {
    FileAuditLog log = log(4_000, file -> file.force(false));
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      threads.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 40; i++) {
                  log.append(event(i));
                }
              },
              task -> new Thread(task).start()));
    }
    threads.forEach(CompletableFuture::join);
    assertThat(new AuditFolder(folder).files()).hasSizeGreaterThan(5);
    assertThat(log.verify().broken()).isEmpty();
    assertThat(log.verify().lastSequence()).isEqualTo(320);
    log.close();
  }
}
