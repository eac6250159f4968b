package io.aerie.ardfs.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.disk.PageBuffers;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files under the engine: what is written is read back, by the loop, and locks hold. */
class FileDeviceTest {
  private static final int PAGE = 4096;

  @TempDir private Path folder;
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private Path file;

  @BeforeEach
  void makeFile() throws Exception {
    file = folder.resolve("disk.img");
    Files.write(file, new byte[64 * PAGE]);
  }

  @AfterEach
  void stopLoop() {
    loop.shutdownNow();
  }

  private interface Call {
    void start(io.aerie.engine.store.Completion<Void> done);
  }

  private void run(Call call) throws Exception {
    start(call).get(10, TimeUnit.SECONDS);
  }

  /** What is called in one turn of the loop goes to the kernel together. */
  private void inOneTurn(Runnable calls) throws Exception {
    loop.submit(calls).get(10, TimeUnit.SECONDS);
  }

  private static CompletableFuture<Void> start(Call call) {
    CompletableFuture<Void> completed = new CompletableFuture<>();
    call.start(
        (nothing, failure) -> {
          if (failure == null) {
            completed.complete(null);
          } else {
            completed.completeExceptionally(failure);
          }
        });
    return completed;
  }

  @Test
  void shouldReadBackWhatWasWrittenAndFlushed() throws Exception {
    PageBuffers buffers = new PageBuffers();
    ByteBuffer written = buffers.acquire(2 * PAGE);
    for (int i = 0; i < written.limit(); i++) {
      written.put(i, (byte) (i * 31));
    }
    ByteBuffer read = buffers.acquire(2 * PAGE);
    try (FileDevice device = FileDevice.open(file, loop)) {
      assertThat(device.capacityBytes()).isEqualTo(64L * PAGE);
      run(done -> device.write(3 * PAGE, written, done));
      run(device::flush);
      run(done -> device.read(3 * PAGE, read, done));
    }
    assertThat(read.mismatch(written)).isEqualTo(-1);
    assertThat(
            ByteBuffer.wrap(Files.readAllBytes(file)).slice(3 * PAGE, 2 * PAGE).mismatch(written))
        .isEqualTo(-1);
  }

  /** All of one turn of the loop: more than one batch, and one that ends beyond the file. */
  @Test
  void shouldDoManyAtOnceAndTellEachWhatBecameOfIt() throws Exception {
    PageBuffers buffers = new PageBuffers();
    try (FileDevice device = FileDevice.open(file, loop)) {
      List<CompletableFuture<Void>> written = new ArrayList<>();
      inOneTurn(
          () -> {
            for (int i = 0; i < 40; i++) {
              ByteBuffer page = buffers.acquire(PAGE).putInt(0, i).putInt(PAGE - 4, -i);
              long offset = (long) PAGE * i;
              written.add(start(done -> device.write(offset, page, done)));
            }
          });
      CompletableFuture.allOf(written.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
      List<ByteBuffer> pages = new ArrayList<>();
      List<CompletableFuture<Void>> read = new ArrayList<>();
      ByteBuffer beyond = buffers.acquire(2 * PAGE);
      inOneTurn(
          () -> {
            for (int i = 0; i < 40; i++) {
              ByteBuffer page = buffers.acquire(PAGE);
              long offset = (long) PAGE * i;
              pages.add(page);
              read.add(start(done -> device.read(offset, page, done)));
            }
            read.add(start(done -> device.read(63L * PAGE, beyond, done)));
          });
      assertThat(read.remove(40))
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .withRootCauseInstanceOf(EOFException.class);
      CompletableFuture.allOf(read.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
      for (int i = 0; i < 40; i++) {
        assertThat(pages.get(i).getInt(0)).isEqualTo(i);
        assertThat(pages.get(i).getInt(PAGE - 4)).isEqualTo(-i);
      }
    }
  }

  /** An offset within a page is one that O_DIRECT refuses; the others of its batch are done. */
  @Test
  void shouldTellTheErrorOfOneAmongMany() throws Exception {
    Path onDisk = Files.createTempFile(Path.of("target"), "disk", ".img");
    try {
      Files.write(onDisk, new byte[64 * PAGE]);
      PageBuffers buffers = new PageBuffers();
      ByteBuffer page = buffers.acquire(PAGE).putInt(0, 7);
      ByteBuffer read = buffers.acquire(PAGE);
      try (FileDevice device = FileDevice.open(onDisk, loop)) {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        inOneTurn(
            () -> {
              done.add(start(each -> device.write(PAGE, page, each)));
              done.add(start(each -> device.write(2 * PAGE + 8, page, each)));
              done.add(start(each -> device.write(5 * PAGE, page, each)));
            });
        assertThat(done.get(1))
            .failsWithin(10, TimeUnit.SECONDS)
            .withThrowableThat()
            .withRootCauseInstanceOf(IOException.class);
        done.get(0).get(10, TimeUnit.SECONDS);
        done.get(2).get(10, TimeUnit.SECONDS);
        run(each -> device.read(5 * PAGE, read, each));
        assertThat(read.getInt(0)).isEqualTo(7);
      }
    } finally {
      Files.delete(onDisk);
    }
  }

  @Test
  void shouldReportAReadBeyondTheEnd() throws Exception {
    try (FileDevice device = FileDevice.open(file, loop)) {
      ByteBuffer buffer = new PageBuffers().acquire(2 * PAGE);
      assertThatThrownBy(() -> run(done -> device.read(63 * PAGE, buffer, done)))
          .hasRootCauseInstanceOf(EOFException.class);
    }
  }

  @Test
  void shouldFailRequestsAfterTheEnd() throws Exception {
    FileDevice device = FileDevice.open(file, loop);
    device.close();
    assertThatThrownBy(() -> run(device::flush)).hasMessageContaining("closed");
  }

  @Test
  void shouldRefuseADiskThatIsOpenAlreadyByWhateverNameAndKeepItsLock() throws Exception {
    Path alias = Files.createSymbolicLink(folder.resolve("alias"), file);
    try (FileDevice device = FileDevice.open(file, loop)) {
      assertThat(device.capacityBytes()).isPositive();
      for (Path name : List.of(file, alias)) {
        assertThatThrownBy(() -> FileDevice.open(name, loop))
            .isInstanceOfSatisfying(
                AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
        assertThat(isLocked(file)).isTrue();
      }
    }
    assertThat(isLocked(file)).isFalse();
    FileDevice.open(alias, loop).close();
  }

  /** Whether some process has a lock on the file, as the kernel lists them (proc_locks(5)). */
  private static boolean isLocked(Path file) throws IOException {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(lock -> lock.contains("POSIX") && lock.contains(inode));
  }

  @Test
  void shouldRefuseADiskThatIsNotThere() {
    assertThatThrownBy(() -> FileDevice.open(folder.resolve("nothing"), loop))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }
}
