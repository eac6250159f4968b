package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/**
 * A disk in memory, and the loop of the engine on it, driven step by step. One seed gives one run.
 *
 * <p>Fault model:
 *
 * <ul>
 *   <li>Operations complete in random order. A write takes effect at its completion; reads see
 *       whatever was completed.
 *   <li>{@link #crash}: nothing that is queued completes any more. Of every page written since the
 *       last flush, and of every write in flight, each sector of 512 bytes survives or not on its
 *       own. What was completed before a completed flush's call survives.
 *   <li>{@link #flip}: a bit rots, in what is durable and what is not.
 *   <li>{@link #failReads}, {@link #failWrites}, {@link #failFlushes}: the next operations fail. A
 *       failed write or flush leaves any subset, as a crash does, if a crash follows.
 *   <li>{@link #snapshot} and {@link #restore}: an old image comes back.
 * </ul>
 */
public final class SimulatedDevice implements BlockDevice, Executor {
  private static final int PAGE_BYTES = 4096;
  private static final int SECTOR_BYTES = 512;
  private static final byte[] ZERO = new byte[PAGE_BYTES];
  private static final ByteBuffer ZERO_PAGE = ByteBuffer.wrap(ZERO).asReadOnlyBuffer();

  private interface Operation {
    void complete();

    /** What a crash leaves of it. */
    default void crash() {}
  }

  private final long capacityBytes;
  private final Random random;
  private final Map<Long, byte[]> durable = new HashMap<>();
  private final Map<Long, byte[]> unsynced = new HashMap<>();
  private final List<Operation> operations = new ArrayList<>();
  private final List<Operation> late = new ArrayList<>();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private int failReads;
  private int failWrites;
  private int failFlushes;
  private long bytesWritten;
  private long flushes;

  public SimulatedDevice(long capacityBytes, long seed) {
    this.capacityBytes = capacityBytes;
    this.random = new Random(seed);
  }

  @Override
  public long capacityBytes() {
    return capacityBytes;
  }

  /** The engine's loop: tasks run in order, each in a step of its own. */
  @Override
  public void execute(Runnable task) {
    tasks.addLast(task);
  }

  @Override
  public void read(long offset, ByteBuffer buffer, Completion<Void> done) {
    check(offset, buffer);
    operations.add(
        () -> {
          if (failReads > 0) {
            failReads--;
            done.accept(null, new IOException("simulated read error at " + offset));
            return;
          }
          int bytes = buffer.remaining();
          for (int i = 0; i < bytes; i += PAGE_BYTES) {
            buffer.put(page((offset + i) / PAGE_BYTES));
          }
          done.accept(null, null);
        });
  }

  @Override
  public void write(long offset, ByteBuffer buffer, Completion<Void> done) {
    check(offset, buffer);
    operations.add(
        new Operation() {
          @Override
          public void complete() {
            if (failWrites > 0) {
              failWrites--;
              done.accept(null, new IOException("simulated write error at " + offset));
              return;
            }
            bytesWritten += buffer.remaining();
            for (int i = 0; i < buffer.remaining(); i += PAGE_BYTES) {
              unsynced.put((offset + i) / PAGE_BYTES, content(i));
            }
            done.accept(null, null);
          }

          /** Formatting writes zeroes by the megabyte: they are kept once. */
          private byte[] content(int index) {
            ByteBuffer source = buffer.slice(buffer.position() + index, PAGE_BYTES);
            if (source.getLong(0) == 0 && ZERO_PAGE.equals(source)) {
              return ZERO;
            }
            byte[] page = new byte[PAGE_BYTES];
            source.get(page);
            return page;
          }

          @Override
          public void crash() {
            for (int i = 0; i < buffer.remaining(); i += PAGE_BYTES) {
              tear((offset + i) / PAGE_BYTES, content(i));
            }
          }
        });
  }

  @Override
  public void flush(Completion<Void> done) {
    Map<Long, byte[]> covered = new HashMap<>(unsynced);
    operations.add(
        () -> {
          if (failFlushes > 0) {
            failFlushes--;
            done.accept(null, new IOException("simulated flush error"));
            return;
          }
          flushes++;
          covered.forEach(
              (page, content) -> {
                durable.put(page, content);
                unsynced.remove(page, content);
              });
          done.accept(null, null);
        });
  }

  private void check(long offset, ByteBuffer buffer) {
    if (offset < 0
        || offset % PAGE_BYTES != 0
        || buffer.remaining() == 0
        || buffer.remaining() % PAGE_BYTES != 0
        || offset + buffer.remaining() > capacityBytes
        || !buffer.isDirect()
        || buffer.alignmentOffset(buffer.position(), PAGE_BYTES) != 0) {
      throw new IllegalArgumentException("Not direct I/O: " + offset + " " + buffer);
    }
  }

  private byte[] page(long number) {
    byte[] newest = unsynced.get(number);
    return newest != null ? newest : durable.getOrDefault(number, ZERO);
  }

  /** Does one thing that is due, chosen at random. False when nothing is. */
  public boolean step() {
    int due = operations.size() + (tasks.isEmpty() ? 0 : 1);
    if (due == 0) {
      return false;
    }
    int choice = random.nextInt(due);
    if (choice == operations.size()) {
      tasks.removeFirst().run();
    } else {
      operations.remove(choice).complete();
    }
    return true;
  }

  /** Steps until nothing is due. */
  public void run() {
    boolean more = true;
    while (more) {
      more = step();
    }
  }

  /** The operations that are due now take longer than all others, until {@link #putOn}. */
  public void putOff() {
    late.addAll(operations);
    operations.clear();
  }

  /** What was put off is due again. */
  public void putOn() {
    operations.addAll(late);
    late.clear();
  }

  /** Power fails; the same device can be opened again by a new engine. */
  public void crash() {
    tasks.clear();
    putOn();
    List<Operation> lost = new ArrayList<>(operations);
    operations.clear();
    new TreeMap<>(unsynced).forEach(this::tear);
    unsynced.clear();
    lost.forEach(Operation::crash);
  }

  /** Each sector of the page becomes the new one or stays. */
  private void tear(long number, byte[] content) {
    byte[] mixed = durable.getOrDefault(number, ZERO).clone();
    int fate = random.nextInt(4);
    for (int sector = 0; sector < PAGE_BYTES; sector += SECTOR_BYTES) {
      if (fate == 0 || (fate == 1 && random.nextBoolean())) {
        System.arraycopy(content, sector, mixed, sector, SECTOR_BYTES);
      }
    }
    durable.put(number, mixed);
  }

  /** One bit of the byte at an offset rots. */
  public void flip(long offset, int bit) {
    long number = offset / PAGE_BYTES;
    for (Map<Long, byte[]> place : List.of(durable, unsynced)) {
      byte[] page = place.get(number);
      if (page != null) {
        byte[] rotten = page.clone();
        rotten[(int) (offset % PAGE_BYTES)] ^= (byte) (1 << bit);
        place.put(number, rotten);
      }
    }
  }

  public void failReads(int count) {
    failReads = count;
  }

  public void failWrites(int count) {
    failWrites = count;
  }

  public void failFlushes(int count) {
    failFlushes = count;
  }

  /** What is durable now. */
  public Map<Long, byte[]> snapshot() {
    return new HashMap<>(durable);
  }

  /** Replaces all content by an old image. Only when nothing is queued. */
  public void restore(Map<Long, byte[]> image) {
    durable.clear();
    durable.putAll(image);
    unsynced.clear();
  }

  /** Bytes of completed writes, for tests of how much is written. */
  public long bytesWritten() {
    return bytesWritten;
  }

  /** Completed flushes, for tests of group commit. */
  public long flushes() {
    return flushes;
  }

  /** Bytes as they read now. */
  public byte[] peek(long offset, int bytes) {
    byte[] result = new byte[bytes];
    int done = 0;
    while (done < bytes) {
      int within = (int) ((offset + done) % PAGE_BYTES);
      int length = Math.min(bytes - done, PAGE_BYTES - within);
      System.arraycopy(page((offset + done) / PAGE_BYTES), within, result, done, length);
      done += length;
    }
    return result;
  }

  /** Offsets of the pages of a range that have content, durable or not, ascending. */
  public List<Long> written(long from, long to) {
    TreeSet<Long> offsets = new TreeSet<>();
    for (Map<Long, byte[]> place : List.of(durable, unsynced)) {
      place.forEach(
          (number, page) -> {
            long offset = number * PAGE_BYTES;
            if (page != ZERO && offset >= from && offset < to) {
              offsets.add(offset);
            }
          });
    }
    return List.copyOf(offsets);
  }

  /** Writes bytes past all queues, durable at once. */
  public void poke(long offset, byte[] content) {
    for (int i = 0; i < content.length; i++) {
      long number = (offset + i) / PAGE_BYTES;
      byte[] page = page(number).clone();
      page[(int) ((offset + i) % PAGE_BYTES)] = content[i];
      unsynced.remove(number);
      durable.put(number, page);
    }
  }
}
