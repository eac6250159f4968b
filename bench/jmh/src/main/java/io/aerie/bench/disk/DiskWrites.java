package io.aerie.bench.disk;

import io.aerie.ardfs.device.FileDevice;
import io.aerie.engine.disk.DiskEngine;
import io.aerie.engine.disk.FormatOptions;
import io.aerie.engine.disk.PageBuffers;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Writes to fresh space, so many at a time, each durable when it is answered: by the engine with
 * and without the direct path, and bare to the same file (written side by side, then one flush).
 * Prints a line of tab-separated values each: what, bytes of a write, MB/s, bytes written to the
 * device for a byte of data (when all is in its place), flushes for a MiB.
 */
public final class DiskWrites {
  private static final UUID CLUSTER = new UUID(1, 1);
  private static final StreamKey STREAM = new StreamKey(1, 1);
  private static final int AT_ONCE = 4;
  private static final int MIB = 1024 * 1024;

  private final PageBuffers buffers = new PageBuffers();
  private final ExecutorService loop;
  private final CountingDevice device;
  private final ByteBuffer data;
  private final long totalBytes;

  private DiskWrites(ExecutorService loop, FileDevice device, int bytes, long totalBytes) {
    this.loop = loop;
    this.device = new CountingDevice(device);
    this.totalBytes = totalBytes;
    data = buffers.acquire(bytes);
    byte[] content = new byte[bytes];
    new Random(1).nextBytes(content);
    data.put(0, content);
  }

  /**
   * Runs.
   *
   * @param arguments a file, which is written over; MiB of data; rounds
   */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    long totalBytes = Long.parseLong(arguments[1]) * MIB;
    int rounds = Integer.parseInt(arguments[2]);
    fill(file, totalBytes + totalBytes / 4 + 256L * MIB);
    ExecutorService loop = Executors.newSingleThreadExecutor();
    try (FileDevice device = FileDevice.open(file, loop)) {
      for (int round = 0; round < rounds; round++) {
        for (int bytes : new int[] {MIB, 256 * 1024, Geometry.UNIT_BYTES}) {
          new DiskWrites(loop, device, bytes, totalBytes).bare();
          new DiskWrites(loop, device, bytes, totalBytes).engine("direct", Geometry.UNIT_BYTES);
          new DiskWrites(loop, device, bytes, totalBytes).engine("log", Long.MAX_VALUE);
        }
      }
    } finally {
      loop.shutdown();
    }
  }

  /** Its blocks are all there: a file system that must find some first is another measurement. */
  private static void fill(Path file, long bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer zeroes = ByteBuffer.allocateDirect(MIB);
      for (long at = 0; at < bytes; at += MIB) {
        channel.write(zeroes.clear(), at);
      }
      channel.force(true);
    }
  }

  private <T> T call(Consumer<Completion<T>> action) {
    CompletableFuture<T> future = new CompletableFuture<>();
    loop.execute(
        () ->
            action.accept(
                (value, error) -> {
                  if (error == null) {
                    future.complete(value);
                  } else {
                    future.completeExceptionally(error);
                  }
                }));
    return future.join();
  }

  private void print(String what, long nanos, long writtenBytes, long flushes) {
    System.out.printf(
        "%s\t%d\t%.0f\t%.3f\t%.2f%n",
        what,
        data.remaining(),
        totalBytes * 1e3 / nanos,
        (double) writtenBytes / totalBytes,
        (double) flushes * MIB / totalBytes);
  }

  private void bare() {
    long begin = System.nanoTime();
    call((Completion<Void> done) -> bareNext(0, done));
    print("file", System.nanoTime() - begin, device.writtenBytes, device.flushes);
  }

  private void bareNext(long offset, Completion<Void> done) {
    if (offset >= totalBytes) {
      done.accept(null, null);
      return;
    }
    int[] open = {AT_ONCE};
    for (int i = 0; i < AT_ONCE; i++) {
      device.write(
          offset + (long) i * data.remaining(),
          data,
          (nothing, error) -> {
            if (error != null) {
              done.accept(null, error);
            } else if (--open[0] == 0) {
              device.flush((flushed, failure) -> flushed(offset, failure, done));
            }
          });
    }
  }

  private void flushed(long offset, Throwable failure, Completion<Void> done) {
    if (failure != null) {
      done.accept(null, failure);
    } else {
      bareNext(offset + (long) AT_ONCE * data.remaining(), done);
    }
  }

  private void engine(String what, long directBytesMin) {
    FormatOptions options = new FormatOptions(64L * MIB);
    call(done -> DiskEngine.format(device, buffers, CLUSTER, CLUSTER, options, done));
    DiskEngine engine =
        call(done -> DiskEngine.open(device, buffers, loop, CLUSTER, directBytesMin, done));
    call((Completion<Void> done) -> engine.base(new Base(STREAM, 1, Point.NONE, 0, false), done));
    long written = device.writtenBytes;
    long flushes = device.flushes;
    long begin = System.nanoTime();
    call((Completion<Void> done) -> new Writer(engine, done).begin());
    long nanos = System.nanoTime() - begin;
    long flushed = device.flushes - flushes;
    call((Completion<Void> done) -> engine.close(done));
    print(what, nanos, device.writtenBytes - written, flushed);
  }

  /** Appends so many at once, and settles what is held. */
  private final class Writer {
    private final DiskEngine engine;
    private final Completion<Void> done;
    private final long count = totalBytes / data.remaining();
    private long submitted;
    private long held;

    Writer(DiskEngine engine, Completion<Void> done) {
      this.engine = engine;
      this.done = done;
    }

    void begin() {
      for (int i = 0; i < AT_ONCE; i++) {
        next();
      }
    }

    private void next() {
      if (submitted == count) {
        return;
      }
      long offset = submitted * data.remaining();
      BlockKey block = new BlockKey(1, (int) (offset / Geometry.BLOCK_BYTES));
      int page = (int) (offset % Geometry.BLOCK_BYTES / Geometry.PAGE_BYTES);
      submitted++;
      Entry entry =
          new Entry(
              STREAM, new Point(1, submitted), 1, new Change.Write(block, page, data.duplicate()));
      engine.append(entry, (nothing, error) -> appended(error));
    }

    private void appended(Throwable error) {
      if (error != null) {
        done.accept(null, error);
        return;
      }
      held++;
      engine.advance(STREAM, new Point(1, held));
      if (held == count) {
        done.accept(null, null);
      } else {
        next();
      }
    }
  }
}
