package io.aerie.ardfs.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.disk.PageBuffers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
    CompletableFuture<Void> completed = new CompletableFuture<>();
    call.start(
        (nothing, failure) -> {
          if (failure == null) {
            completed.complete(null);
          } else {
            completed.completeExceptionally(failure);
          }
        });
    completed.get(10, TimeUnit.SECONDS);
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

  @Test
  void shouldReportAReadBeyondTheEnd() throws Exception {
    try (FileDevice device = FileDevice.open(file, loop)) {
      ByteBuffer buffer = new PageBuffers().acquire(2 * PAGE);
      assertThatThrownBy(() -> run(done -> device.read(63 * PAGE, buffer, done)))
          .hasRootCauseInstanceOf(java.io.EOFException.class);
    }
  }

  @Test
  void shouldFailRequestsAfterTheEnd() throws Exception {
    FileDevice device = FileDevice.open(file, loop);
    device.close();
    assertThatThrownBy(() -> run(device::flush)).hasMessageContaining("closed");
  }

  @Test
  void shouldRefuseADiskThatIsOpenAlready() {
    try (FileDevice device = FileDevice.open(file, loop)) {
      assertThat(device.capacityBytes()).isPositive();
      assertThatThrownBy(() -> FileDevice.open(file, loop))
          .isInstanceOfSatisfying(
              AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
    }
  }

  @Test
  void shouldRefuseADiskThatIsNotThere() {
    assertThatThrownBy(() -> FileDevice.open(folder.resolve("nothing"), loop))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }
}
