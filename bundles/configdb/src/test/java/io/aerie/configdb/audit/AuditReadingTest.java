package io.aerie.configdb.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Event;
import io.aerie.config.audit.AuditLog.Verification;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists and checks hold up no append, and bear what is appended and pruned under them. */
@Timeout(60)
class AuditReadingTest {
  private static final int FILE_BYTES_MAX = 1_000;
  private static final int FILES_MAX = 4;

  @TempDir private Path folder;

  /** Does something, once, before it reads; remembers which files it was asked for. */
  private static final class WatchedDisk implements FileAuditLog.Disk {
    private final List<Path> read = new ArrayList<>();
    private Runnable before = () -> {};

    @Override
    public void sync(FileChannel file) {
      // what is appended under a reading need not be durable here
    }

    @Override
    public byte[] read(Path file) throws IOException {
      Runnable now = before;
      before = () -> {};
      now.run();
      read.add(file);
      return FileAuditLog.Disk.super.read(file);
    }
  }

  private final WatchedDisk disk = new WatchedDisk();

  private FileAuditLog log() {
    return new FileAuditLog(() -> folder, Clock.systemUTC(), FILE_BYTES_MAX, FILES_MAX, disk);
  }

  /** By another thread, as requests do: a lock that the reader held would keep it out for good. */
  private static void append(FileAuditLog log, int count) {
    CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < count; i++) {
                log.append(
                    new Event(
                        "ada",
                        "192.0.2.1",
                        "volume:delete",
                        Map.of(),
                        "done",
                        OptionalLong.empty()));
              }
            },
            task -> new Thread(task).start())
        .join();
  }

  @Test
  void shouldCheckAndListWhatThereWasWhileOthersAppend() throws Exception {
    try (FileAuditLog log = log()) {
      append(log, 2);
      disk.before = () -> append(log, 1);
      Verification found = log.verify();
      assertThat(found.broken()).isEmpty();
      assertThat(found.lastSequence()).isEqualTo(2);
      disk.before = () -> append(log, 1);
      assertThat(log.list(OptionalLong.empty(), 10))
          .extracting(Entry::sequence)
          .containsExactly(3L, 2L, 1L);
      assertThat(log.verify().lastSequence()).isEqualTo(4);
    }
  }

  @Test
  void shouldCheckAnewWhenFilesArePrunedUnderIt() throws Exception {
    try (FileAuditLog log = log()) {
      append(log, 10);
      disk.before = () -> append(log, 30);
      Verification found = log.verify();
      assertThat(found.broken()).isEmpty();
      assertThat(found.firstSequence()).isGreaterThan(10);
      assertThat(found.lastSequence()).isGreaterThan(40);
    }
  }

  @Test
  void shouldListWhatIsLeftWhenFilesArePrunedUnderIt() throws Exception {
    try (FileAuditLog log = log()) {
      append(log, 10);
      List<Entry> all = log.list(OptionalLong.empty(), 100);
      int files = new AuditFolder(folder).files().size();
      assertThat(files).isGreaterThan(1);
      disk.before = () -> append(log, 4 * FILES_MAX);
      assertThat(log.list(OptionalLong.empty(), 100)).hasSizeLessThan(all.size());
    }
  }

  @Test
  void shouldReadOnlyFilesThatCanHaveWhatIsListed() throws Exception {
    try (FileAuditLog log = log()) {
      append(log, 10);
      List<Path> files = new AuditFolder(folder).files();
      assertThat(files).hasSizeGreaterThan(2);
      disk.read.clear();
      long second = AuditFolder.firstSequence(files.get(1));
      assertThat(log.list(OptionalLong.of(second), 1))
          .extracting(Entry::sequence)
          .containsExactly(second - 1);
      assertThat(disk.read).containsExactly(files.get(0));
    }
  }
}
