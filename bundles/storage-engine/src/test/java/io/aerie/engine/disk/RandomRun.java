package io.aerie.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** One seed of the model test: an engine, a history per stream, and the comparison. */
final class RandomRun {
  private static final int SLOTS = 14;
  private static final int BLOCKS_PER_STREAM = 3;

  private final Random random;

  /** More would fit into no record, should they have to go through the log. */
  private final int unitsMax;

  private final SimulatedDevice device;
  private final TreeMap<StreamKey, StreamHistory> histories = new TreeMap<>();
  private final List<Disks.Result<ByteBuffer>> begun = new ArrayList<>();
  private DiskEngine engine;
  private long generation;
  private long volumes;
  private long tags;
  private long crashes;
  private long checkpoints;
  private long directs;
  private long seconds;

  RandomRun(long seed, long ringBytes) {
    unitsMax = (int) (ringBytes / 6 / Geometry.UNIT_BYTES);
    random = new Random(seed);
    device = Disks.formatted(seed, SLOTS, ringBytes);
    engine = Disks.open(device);
    generation = 1;
  }

  long crashes() {
    return crashes;
  }

  long checkpoints() {
    return checkpoints;
  }

  /** Blocks found in two slots after restarts. */
  long seconds() {
    return seconds;
  }

  /** Slots found after restarts that only entries in doubt had data in. */
  long directs() {
    return directs;
  }

  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      act();
      letTheDeviceWork(12);
      if (random.nextInt(30) == 0) {
        restart(random.nextInt(4) > 0);
      }
    }
    restart(true);
  }

  /** It catches up a little: less than so many steps. */
  private void letTheDeviceWork(int bound) {
    for (int quiet = random.nextInt(bound); quiet > 0; quiet--) {
      device.step();
    }
  }

  private void act() {
    int choice = random.nextInt(100);
    if (histories.size() < 3 || choice < 3) {
      if (histories.size() < 4) {
        makeStream();
      }
    } else if (choice < 55) {
      append(pick());
    } else if (choice < 78) {
      advance(pick());
    } else if (choice < 84) {
      rebase(pick());
    } else if (choice < 86) {
      flush();
    } else if (choice < 91) {
      read(pick());
    } else if (choice < 95) {
      readBesideWrites(pick());
    } else if (choice < 96) {
      delete(pick());
    } else {
      readBesideACheckpoint();
    }
  }

  private StreamKey pick() {
    List<StreamKey> keys = new ArrayList<>(histories.keySet());
    return keys.get(random.nextInt(keys.size()));
  }

  private void makeStream() {
    StreamKey key = new StreamKey(++volumes, 7);
    StreamHistory history = new StreamHistory();
    histories.put(key, history);
    Base base = Disks.fresh(key, 1);
    engine.base(base, history.submit(new StreamHistory.Begin(base)));
  }

  private void append(StreamKey key) {
    StreamHistory history = histories.get(key);
    Point before = history.submitted();
    if (before == null) {
      return;
    }
    Point point = new Point(before.epoch(), before.sequence() + 1);
    BlockKey block = new BlockKey(key.volume(), random.nextInt(BLOCKS_PER_STREAM));
    Entry entry = new Entry(key, point, random.nextInt(5), change(block));
    engine.append(entry, history.submit(new StreamHistory.Append(entry)));
  }

  private Change change(BlockKey block) {
    int choice = random.nextInt(20);
    if (choice < 5) {
      int units = 1 + random.nextInt(unitsMax);
      int unit = random.nextInt(random.nextBoolean() ? 8 : Geometry.UNITS_PER_BLOCK - units);
      ByteBuffer data = Disks.pages(++tags, units * Geometry.PAGES_PER_UNIT);
      return new Change.Write(block, unit * Geometry.PAGES_PER_UNIT, data);
    } else if (choice < 13) {
      int count = 1 + random.nextInt(random.nextInt(4) == 0 ? 10 : 2);
      int page = random.nextInt(random.nextBoolean() ? 40 : 1024 - count);
      return new Change.Write(block, page, Disks.pages(++tags, count));
    } else if (choice < 16) {
      int page = random.nextInt(60);
      return new Change.Zero(block, page, 1 + random.nextInt(random.nextBoolean() ? 964 : 30));
    } else if (choice < 17) {
      return other(block);
    } else if (choice < 19) {
      return copy(block);
    }
    return new Change.Remove(block);
  }

  private Change other(BlockKey block) {
    return switch (random.nextInt(3)) {
      case 0 -> new Change.Nothing();
      case 1 -> Change.touch(block);
      default -> {
        int count = 1 + random.nextInt(3);
        ByteBuffer data = Disks.pages(++tags, count);
        yield new Change.Parity(block, random.nextInt(500), data, 1008, Disks.pages(++tags, 1));
      }
    };
  }

  private Change copy(BlockKey block) {
    List<UnitState> units = new ArrayList<>();
    int present = 0;
    for (int i = 0; i < Geometry.UNITS_PER_BLOCK; i++) {
      UnitState state =
          present == 0 && random.nextInt(40) == 0
              ? UnitState.PRESENT
              : random.nextBoolean() ? UnitState.ZERO : UnitState.ABSENT;
      present += state == UnitState.PRESENT ? 1 : 0;
      units.add(state);
    }
    ByteBuffer data =
        present == 0
            ? ByteBuffer.allocate(0)
            : Disks.pages(++tags, present * Geometry.PAGES_PER_UNIT);
    return new Change.Copy(block, new Point(9, ++tags), 3, units, data);
  }

  private void advance(StreamKey key) {
    Optional<StreamState> state = engine.stream(key);
    StreamHistory history = histories.get(key);
    if (state.isEmpty() || history.changesPending()) {
      return;
    }
    StreamState now = state.get();
    long from =
        now.watermark().epoch() == now.last().epoch()
            ? now.watermark().sequence()
            : history.live().first;
    long span = now.last().sequence() - from;
    Point to = new Point(now.last().epoch(), from + (span == 0 ? 0 : random.nextLong(span + 1)));
    engine.advance(key, to);
    history.advance(to);
  }

  private void rebase(StreamKey key) {
    Optional<StreamState> state = engine.stream(key);
    StreamHistory history = histories.get(key);
    if (state.isEmpty() || history.changesPending()) {
      return;
    }
    StreamState now = state.get();
    long epoch = now.last().epoch() + random.nextInt(2) + 1;
    Base base;
    if (random.nextInt(3) == 0) {
      boolean sameEpoch = random.nextBoolean();
      long first = history.submitted().sequence() + random.nextInt(3);
      base = new Base(key, sameEpoch ? now.last().epoch() : epoch, Point.NONE, first, true);
    } else {
      Point kept = now.watermark();
      if (random.nextBoolean() && now.last().sequence() > history.live().first) {
        long low = Math.max(settled(now, history), history.live().first);
        long span = now.last().sequence() - low;
        kept = new Point(now.last().epoch(), low + random.nextLong(span + 1));
      }
      base = new Base(key, epoch, kept, 0, false);
    }
    engine.base(base, history.submit(new StreamHistory.Begin(base)));
  }

  private static long settled(StreamState now, StreamHistory history) {
    return now.watermark().epoch() == now.last().epoch()
        ? now.watermark().sequence()
        : history.live().first;
  }

  private void flush() {
    TreeMap<StreamKey, Integer> marks = new TreeMap<>();
    histories.forEach((key, history) -> marks.put(key, history.mark()));
    TreeMap<StreamKey, StreamHistory> flushed = new TreeMap<>(histories);
    engine.flush(
        (nothing, error) -> {
          if (error != null) {
            assertThat(((AerieException) error).code()).isEqualTo(ErrorCode.UNAVAILABLE);
            return;
          }
          marks.forEach((key, mark) -> flushed.get(key).advancesDurable(mark));
        });
  }

  /** Pages are written to their slots and moved while all blocks are read. */
  private void readBesideACheckpoint() {
    engine.rest();
    engine.rest();
    for (StreamKey key : List.copyOf(histories.keySet())) {
      for (int block = 0; block < BLOCKS_PER_STREAM; block++) {
        letTheDeviceWork(6);
        read(key, new BlockKey(key.volume(), block));
      }
    }
  }

  private void read(StreamKey key) {
    read(key, new BlockKey(key.volume(), random.nextInt(BLOCKS_PER_STREAM)));
  }

  /** A read beside commits and checkpoints, but without a call that changes what it should see. */
  private void read(StreamKey key, BlockKey block) {
    int page = random.nextInt(random.nextBoolean() ? 40 : 900);
    int count = 1 + random.nextInt(random.nextBoolean() ? 4 : 100);
    if (histories.get(key).changesPending()) {
      return;
    }
    Disks.Result<ByteBuffer> result = new Disks.Result<>();
    engine.read(block, page, count, result);
    while (result.calls == 0) {
      assertThat(device.step()).isTrue();
    }
    assertThat(result.error).isNull();
    assertThat(result.value).isEqualTo(histories.get(key).read(block, page, count));
  }

  /**
   * A read whose block is written, and moved, before it ends. What it saw of that is not judged
   * here, but it saw whole pages.
   */
  private void readBesideWrites(StreamKey key) {
    BlockKey block = new BlockKey(key.volume(), random.nextInt(BLOCKS_PER_STREAM));
    Disks.Result<ByteBuffer> result = new Disks.Result<>();
    begun.add(result);
    engine.read(block, 0, 40, result);
  }

  private void endReads() {
    for (Disks.Result<ByteBuffer> result : begun) {
      assertThat(result.error).isNull();
    }
    begun.clear();
  }

  private void delete(StreamKey key) {
    StreamHistory history = histories.get(key);
    if (history.changesPending() || engine.stream(key).isEmpty()) {
      return;
    }
    StreamHistory.Delete deletion = new StreamHistory.Delete();
    if (random.nextBoolean()) {
      engine.deleteStream(key, history.submit(deletion));
    } else {
      engine.deleteVolume(key.volume(), history.submit(deletion));
    }
    while (history.changesPending()) {
      assertThat(device.step()).isTrue();
    }
    histories.remove(key);
  }

  private void restart(boolean crash) {
    endReads();
    if (crash) {
      crashes++;
      device.crash();
    } else {
      close();
    }
    Superblock before = superblock();
    checkpoints += before.checkpointLsn() > 0 ? 1 : 0;
    engine = Disks.open(device);
    assertThat(engine.identity().generation()).isGreaterThan(generation);
    generation = engine.identity().generation();
    histories.entrySet().removeIf(entry -> !recovered(entry.getKey(), entry.getValue()));
    assertThat(engine.streams()).hasSameSizeAs(histories.keySet());
    long used = histories.values().stream().mapToLong(StreamHistory::slots).sum();
    int[] slots = DiskAnatomy.slots(engine);
    assertThat((long) slots[0] - slots[1]).isEqualTo(used);
    assertThat(engine.usage().usedBytes()).isEqualTo((long) slots[0] * Geometry.BLOCK_BYTES);
    directs += slots[1];
    seconds += DiskAnatomy.secondSlots(engine);
  }

  private Superblock superblock() {
    Disks.Result<Superblock> result = new Disks.Result<>();
    new DiskInspector(device, Disks.BUFFERS).superblock(result);
    device.run();
    return result.value;
  }

  private void close() {
    Disks.Result<Void> closed = new Disks.Result<>();
    engine.close(closed);
    device.run();
    assertThat(closed.calls).isEqualTo(1);
    assertThat(closed.error).isNull();
    histories.values().forEach(history -> history.advancesDurable(history.mark()));
  }

  /** Finds which of the allowed pasts the engine remembers, and compares all data with it. */
  private boolean recovered(StreamKey key, StreamHistory history) {
    Optional<StreamState> state = engine.stream(key);
    MemoryStore.ModelStream model = history.recover(key, state);
    if (model == null) {
      assertThat(engine.inventory(key)).isEmpty();
      return false;
    }
    assertThat(engine.inventory(key)).isEqualTo(model.inventory());
    model.blocks.forEach(
        (block, expected) -> {
          Disks.Result<Optional<BlockImage>> image = new Disks.Result<>();
          engine.readBlock(block, image);
          device.run();
          assertThat(image.error).isNull();
          ByteBuffer data = image.value.orElseThrow().data();
          assertThat(data).as("%s", block).isEqualTo(MemoryStore.present(expected));
        });
    return true;
  }
}
