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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block device or a file, read and written with O_DIRECT by a few threads of its own, so that a
 * slow disk holds up no other. A file system that knows no O_DIRECT (tmpfs) is used through the
 * page cache; {@code flush} is fdatasync(2) in both cases.
 *
 * <p>Small reads and writes of one turn of the loop go to the kernel together: done one by one,
 * waking threads and starting the disk for each was half of what a member did under random writes.
 *
 * <pre>
 *   read, write ---> gathered --end of the turn--> batches ---> 4 threads ---> completed on the loop
 *   writeAndFlush -----------------------------------------> its own thread ---^
 * </pre>
 */
public final class FileDevice implements BlockDevice, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FileDevice.class);

  /** Batches in flight that a disk can overlap. */
  private static final int THREADS = 4;

  /** The first of a batch waits for its last: large transfers gain nothing by it. */
  private static final int BATCH_BYTES_MAX = 512 * 1024;

  private static final long END_SECONDS_MAX = 10;

  private final Path path;
  private final Object claim;
  private final FileChannel channel;
  private final long capacityBytes;
  private final Executor loop;
  private final Optional<TransferQueues> queues;
  private final ExecutorService threads;

  /** A commit of the log waits for nothing but the disk. */
  private final ExecutorService commits;

  private final Object lock = new Object();
  private List<Transfer> gathered = new ArrayList<>();

  /** What one request does on a thread of the device. */
  private interface Request {
    void run() throws IOException;
  }

  private FileDevice(
      Path path, Object claim, FileChannel channel, Optional<TransferQueues> queues, Executor loop)
      throws IOException {
    this.path = path;
    this.claim = claim;
    this.channel = channel;
    this.queues = queues;
    this.capacityBytes = channel.size();
    this.loop = loop;
    this.threads = Executors.newFixedThreadPool(THREADS, threads("disk " + path.getFileName()));
    this.commits = Executors.newFixedThreadPool(1, threads("log " + path.getFileName()));
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + " " + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
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
      Object claim = OpenFiles.claim(path);
      try {
        return open(path, claim, loop);
      } catch (IOException | RuntimeException e) {
        OpenFiles.release(claim);
        throw e;
      }
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, path + " can't be opened", String.valueOf(e.getMessage()), "", e);
    }
  }

  private static FileDevice open(Path path, Object claim, Executor loop) throws IOException {
    Optional<FileChannel> direct = openDirect(path);
    FileChannel channel = direct.isPresent() ? direct.get() : openCached(path);
    // Before the lock: closing any descriptor of the file, as when the kernel has no queues,
    // would end it (fcntl(2)).
    Optional<TransferQueues> queues =
        direct.isPresent() ? TransferQueues.open(path, THREADS) : Optional.empty();
    try {
      lock(path, channel);
      return new FileDevice(path, claim, channel, queues, loop);
    } catch (IOException | AerieException e) {
      queues.ifPresent(TransferQueues::close);
      channel.close();
      throw e;
    }
  }

  private static Optional<FileChannel> openDirect(Path path) throws IOException {
    try {
      return Optional.of(
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.READ, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)));
    } catch (UnsupportedOperationException e) {
      log.info("{}: no O_DIRECT here, the page cache is used", path);
      return Optional.empty();
    }
  }

  private static FileChannel openCached(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
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
    throw OpenFiles.inUse(path);
  }

  @Override
  public long capacityBytes() {
    return capacityBytes;
  }

  @Override
  public void read(long offset, ByteBuffer buffer, Completion<Void> done) {
    gather(new Transfer(/* write= */ false, offset, buffer, done));
  }

  @Override
  public void write(long offset, ByteBuffer buffer, Completion<Void> done) {
    gather(new Transfer(/* write= */ true, offset, buffer, done));
  }

  private void gather(Transfer transfer) {
    boolean first;
    synchronized (lock) {
      first = gathered.isEmpty();
      gathered.add(transfer);
    }
    if (first) {
      onLoop(this::submitGathered);
    }
  }

  private void submitGathered() {
    List<Transfer> all;
    synchronized (lock) {
      all = gathered;
      gathered = new ArrayList<>();
    }
    int lengthMax = queues.isPresent() ? TransferQueue.LENGTH_MAX : 1;
    List<Transfer> batch = new ArrayList<>();
    int bytes = 0;
    for (Transfer transfer : all) {
      int more = transfer.buffer().remaining();
      if (!batch.isEmpty() && (batch.size() == lengthMax || bytes + more > BATCH_BYTES_MAX)) {
        submit(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(transfer);
      bytes += more;
    }
    submit(batch);
  }

  private void submit(List<Transfer> batch) {
    try {
      threads.execute(() -> perform(batch));
    } catch (RejectedExecutionException e) {
      batch.forEach(transfer -> complete(transfer.done(), closed(e)));
    }
  }

  private void perform(List<Transfer> batch) {
    long[] moved = new long[batch.size()];
    if (batch.size() > 1) {
      try {
        moved = queues.orElseThrow().run(batch);
      } catch (RuntimeException e) {
        batch.forEach(transfer -> complete(transfer.done(), e));
        return;
      }
    }
    for (int i = 0; i < moved.length; i++) {
      Transfer transfer = batch.get(i);
      int bytes = (int) moved[i];
      if (bytes < 0) {
        complete(transfer.done(), new IOException(path + ": error " + -bytes + " of the kernel"));
      } else if (bytes == transfer.buffer().remaining()) {
        complete(transfer.done(), null);
      } else {
        perform(() -> finish(transfer, bytes), transfer.done());
      }
    }
  }

  /** What is left of a transfer after some bytes. */
  private void finish(Transfer transfer, int bytes) throws IOException {
    ByteBuffer rest = transfer.buffer().duplicate();
    rest.position(rest.position() + bytes);
    if (transfer.write()) {
      write(transfer.offset() + bytes, rest);
    } else {
      read(transfer.offset() + bytes, rest);
    }
  }

  private void read(long offset, ByteBuffer target) throws IOException {
    long position = offset;
    while (target.hasRemaining()) {
      int count = channel.read(target, position);
      if (count < 0) {
        throw new EOFException(path + " ends before " + (position + target.remaining()));
      }
      position += count;
    }
  }

  private void write(long offset, ByteBuffer source) throws IOException {
    long position = offset;
    while (source.hasRemaining()) {
      position += channel.write(source, position);
    }
  }

  @Override
  public void writeAndFlush(long offset, ByteBuffer buffer, Completion<Void> done) {
    submit(
        commits,
        () -> {
          write(offset, buffer.duplicate());
          channel.force(false);
        },
        done);
  }

  @Override
  public void flush(Completion<Void> done) {
    submit(threads, () -> channel.force(false), done);
  }

  private void submit(Executor executor, Request request, Completion<Void> done) {
    try {
      executor.execute(() -> perform(request, done));
    } catch (RejectedExecutionException e) {
      complete(done, closed(e));
    }
  }

  private IOException closed(RejectedExecutionException cause) {
    return new IOException(path + " is closed", cause);
  }

  private void perform(Request request, Completion<Void> done) {
    Throwable failure = null;
    try {
      request.run();
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
    complete(done, failure);
  }

  private void complete(Completion<Void> done, Throwable failure) {
    onLoop(() -> done.accept(null, failure));
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("{}: the loop ended before a completion", path, e);
    }
  }

  /** Lets go of the device; requests that are still running end first. */
  @Override
  public void close() {
    threads.shutdown();
    commits.shutdown();
    try {
      if (ended(threads) && ended(commits)) {
        // Closing any descriptor of a file ends the lock that this process has on it (fcntl(2)):
        // not later than the channel, whose file may be opened again.
        queues.ifPresent(TransferQueues::close);
      } else {
        log.warn("{}: requests don't end; its descriptor stays open", path);
      }
      channel.close();
    } catch (IOException e) {
      log.warn("{} could not be closed: {}", path, e.toString());
    } finally {
      OpenFiles.release(claim);
    }
  }

  private static boolean ended(ExecutorService threads) {
    try {
      return threads.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
