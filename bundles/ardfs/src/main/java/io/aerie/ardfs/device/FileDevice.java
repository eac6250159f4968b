package io.aerie.ardfs.device;

import com.sun.nio.file.ExtendedOpenOption;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.disk.BlockDevice;
import io.aerie.engine.store.Completion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block device or a file, read and written with O_DIRECT by a few threads of its own, so that a
 * slow disk holds up no other. A file system that knows no O_DIRECT (tmpfs) is used through the
 * page cache; {@code flush} is fdatasync(2) in both cases.
 */
public final class FileDevice implements BlockDevice, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FileDevice.class);

  /** Reads in flight that a disk can overlap; writes come batched by the log anyway. */
  private static final int THREADS = 4;

  private final Path path;
  private final FileChannel channel;
  private final long capacityBytes;
  private final Executor loop;
  private final ExecutorService threads;

  /** What one request does on a thread of the device. */
  private interface Transfer {
    void run() throws IOException;
  }

  private FileDevice(Path path, FileChannel channel, Executor loop) throws IOException {
    this.path = path;
    this.channel = channel;
    this.capacityBytes = channel.size();
    this.loop = loop;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread =
                  new Thread(task, "disk " + path.getFileName() + " " + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Opens and locks.
   *
   * @param loop where completions are run
   * @throws AerieException NOT_FOUND, IN_USE (another process has it open), IO_ERROR
   */
  public static FileDevice open(Path path, Executor loop) {
    if (!Files.exists(path)) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no device or file " + path);
    }
    try {
      FileChannel channel = openDirect(path);
      lock(path, channel);
      return new FileDevice(path, channel, loop);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, path + " can't be opened", String.valueOf(e.getMessage()), "", e);
    }
  }

  private static FileChannel openDirect(Path path) throws IOException {
    try {
      return FileChannel.open(
          path,
          Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT));
    } catch (UnsupportedOperationException e) {
      log.info("{}: no O_DIRECT here, the page cache is used", path);
      return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
  }

  // The lock lives as long as the channel; nobody needs to hold it.
  private static void lock(Path path, FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return;
      }
    } catch (java.nio.channels.OverlappingFileLockException e) {
      log.debug("{} is open in this process", path, e);
    }
    channel.close();
    throw new AerieException(
        ErrorCode.IN_USE, path + " is in use by another process or opened twice");
  }

  @Override
  public long capacityBytes() {
    return capacityBytes;
  }

  @Override
  public void read(long offset, ByteBuffer buffer, Completion<Void> done) {
    submit(
        () -> {
          ByteBuffer target = buffer.duplicate();
          long position = offset;
          while (target.hasRemaining()) {
            int count = channel.read(target, position);
            if (count < 0) {
              throw new EOFException(path + " ends before " + (position + target.remaining()));
            }
            position += count;
          }
        },
        done);
  }

  @Override
  public void write(long offset, ByteBuffer buffer, Completion<Void> done) {
    submit(() -> write(offset, buffer), done);
  }

  private void write(long offset, ByteBuffer buffer) throws IOException {
    ByteBuffer source = buffer.duplicate();
    long position = offset;
    while (source.hasRemaining()) {
      position += channel.write(source, position);
    }
  }

  @Override
  public void writeAndFlush(long offset, ByteBuffer buffer, Completion<Void> done) {
    submit(
        () -> {
          write(offset, buffer);
          channel.force(false);
        },
        done);
  }

  @Override
  public void flush(Completion<Void> done) {
    submit(() -> channel.force(false), done);
  }

  private void submit(Transfer transfer, Completion<Void> done) {
    try {
      threads.execute(() -> perform(transfer, done));
    } catch (RejectedExecutionException e) {
      complete(done, new IOException(path + " is closed", e));
    }
  }

  private void perform(Transfer transfer, Completion<Void> done) {
    Throwable failure = null;
    try {
      transfer.run();
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
    complete(done, failure);
  }

  private void complete(Completion<Void> done, Throwable failure) {
    try {
      loop.execute(() -> done.accept(null, failure));
    } catch (RejectedExecutionException e) {
      log.debug("{}: the loop ended before a completion", path, e);
    }
  }

  /** Lets go of the device; requests that are still running end first. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      channel.close();
    } catch (IOException e) {
      log.warn("{} could not be closed: {}", path, e.toString());
    }
  }
}
