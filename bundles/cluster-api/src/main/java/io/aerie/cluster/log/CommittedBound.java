package io.aerie.cluster.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How far a replica is known to have come, kept beside its log: a log that ends before has lost
 * entries that were acknowledged, while one that is damaged only after may have been torn by a
 * crash. Providers need it because a log's last records say by themselves only that they are
 * unreadable.
 *
 * <pre>
 *  0  u64 index        16  u64 index
 *  8  u64 ~index       24  u64 ~index     written in turn, so that one is always whole
 * </pre>
 *
 * <p>Raising it costs one write to the page cache and no sync: it is exact after a killed process,
 * and as old as the kernel's write-back (30 s) after a power cut. An index may only be reported
 * once its entry is on stable storage, so that the bound never runs ahead of the log.
 */
public final class CommittedBound implements AutoCloseable {
  private static final int SLOT_BYTES = 2 * Long.BYTES;

  private final FileChannel channel;
  private long index;
  private int slot;

  /** Opens the file, or makes it. */
  public CommittedBound(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    for (int i = 0; i < 2; i++) {
      ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
      if (channel.read(bytes, (long) i * SLOT_BYTES) == SLOT_BYTES) {
        long value = bytes.getLong(0);
        if (value == ~bytes.getLong(Long.BYTES) && value > index) {
          index = value;
          slot = 1 - i;
        }
      }
    }
  }

  /** The highest index that was reported. */
  public synchronized long index() {
    return index;
  }

  /** Reports an entry that is committed and on this replica's stable storage. */
  public synchronized void raise(long committed) throws IOException {
    if (committed <= index || !channel.isOpen()) {
      return;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(SLOT_BYTES).putLong(committed).putLong(~committed).flip();
    long position = (long) slot * SLOT_BYTES;
    try {
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
    } catch (ClosedByInterruptException e) {
      // the replica is being stopped, and its bound stays a little lower
      return;
    }
    index = committed;
    slot = 1 - slot;
  }

  /** Makes it durable, too. */
  @Override
  public synchronized void close() throws IOException {
    if (channel.isOpen()) {
      channel.force(true);
      channel.close();
    }
  }
}
