package io.aerie.sim;

import io.aerie.base.AerieException;
import io.aerie.base.Checks;
import io.aerie.base.ErrorCode;
import io.aerie.engine.disk.DiskAnatomy;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.DiskIdentity;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The simplest store that keeps the contract, to judge the protocol apart from the disk engine.
 * Fault model: a crash loses any suffix of what was not yet reported as durable, and nothing else;
 * no bit rots, no call fails.
 */
public final class MemoryDisk implements SimulatedDisk {
  private static final class Stream {
    final List<Point> history = new ArrayList<>();
    final ArrayDeque<Entry> doubtful = new ArrayDeque<>();
    Point last = Point.NONE;
    Point watermark = Point.NONE;
  }

  private static final class Block {
    StreamKey stream;
    Point version;
    long groupEpoch;
    final List<UnitState> units =
        new ArrayList<>(Collections.nCopies(Geometry.UNITS_PER_BLOCK, UnitState.ABSENT));
    final TreeMap<Integer, byte[]> pages = new TreeMap<>();
  }

  private final World world;
  private final UUID id;
  private final TreeMap<StreamKey, Stream> streams = new TreeMap<>();
  private final TreeMap<BlockKey, Block> blocks = new TreeMap<>();
  private long generation;
  private long slownessNanos;
  private Opened opened;

  MemoryDisk(World world, UUID id) {
    this.world = world;
    this.id = id;
  }

  /** The last write of a page was acknowledged and is not there: the page reads as zeroes. */
  public void lose(BlockKey block, int page) {
    blocks.get(block).pages.remove(page);
  }

  /** All that was written to a block is not there. */
  public void lose(BlockKey block) {
    blocks.remove(block);
  }

  @Override
  public MemberStore opened() {
    return opened;
  }

  /** Every commit takes so much longer. */
  @Override
  public void slow(long nanos) {
    slownessNanos = nanos;
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public void open(Consumer<Runnable> loop, Completion<MemberStore> done) {
    generation++;
    opened = new Opened(generation, loop);
    done.accept(opened, null);
  }

  /** The process or machine dies: any suffix of the unreported is lost. */
  @Override
  public void crash() {
    if (opened != null) {
      opened.crash();
      opened = null;
    }
  }

  @Override
  public void digest(StreamKey stream, Consumer<String> done) {
    StringBuilder text = new StringBuilder();
    blocks.forEach(
        (key, block) -> {
          if (block.stream.equals(stream)) {
            text.append(key).append(block.version).append(block.units);
            block.pages.forEach(
                (page, data) ->
                    text.append(' ')
                        .append(page)
                        .append(':')
                        .append(java.util.Arrays.hashCode(data)));
            text.append('\n');
          }
        });
    done.accept(text.toString());
  }

  @Override
  public boolean hurt() {
    return false;
  }

  @Override
  public String last(StreamKey key) {
    Stream stream = streams.get(key);
    return stream == null ? "none" : stream.last.toString();
  }

  @Override
  public OptionalLong held(StreamKey key, BlockKey blockKey, int page) {
    Block block = blocks.get(blockKey);
    byte[] bytes = block == null ? null : block.pages.get(page);
    long word = bytes == null ? 0 : ByteBuffer.wrap(bytes).getLong();
    Stream stream = streams.get(key);
    if (stream != null) {
      for (Entry entry : stream.doubtful) {
        word = DiskAnatomy.after(entry.change(), blockKey, page, word);
      }
    }
    return OptionalLong.of(word);
  }

  private static void write(Block block, int firstPage, ByteBuffer pages) {
    ByteBuffer data = pages.duplicate();
    for (int page = firstPage; data.hasRemaining(); page++) {
      byte[] bytes = new byte[Geometry.PAGE_BYTES];
      data.get(bytes);
      // Zeroes are kept as nothing, so that copies which came by other ways compare equal.
      if (isZero(bytes)) {
        block.pages.remove(page);
      } else {
        block.pages.put(page, bytes);
      }
      block.units.set(page / Geometry.PAGES_PER_UNIT, UnitState.PRESENT);
    }
  }

  private void apply(Entry entry) {
    Change change = entry.change();
    if (change instanceof Change.Write write) {
      write(touch(write.block(), entry), write.firstPage(), write.data());
    } else if (change instanceof Change.Parity parity) {
      Block block = touch(parity.block(), entry);
      write(block, parity.firstPage(), parity.data());
      write(block, parity.firstSumPage(), parity.sums());
    } else if (change instanceof Change.Zero zero) {
      Block block = touch(zero.block(), entry);
      int end = zero.firstPage() + zero.pageCount();
      for (int page = zero.firstPage(); page < end; page++) {
        block.pages.remove(page);
        int unit = page / Geometry.PAGES_PER_UNIT;
        int unitStart = unit * Geometry.PAGES_PER_UNIT;
        boolean whole = zero.firstPage() <= unitStart && end >= unitStart + Geometry.PAGES_PER_UNIT;
        if (whole || block.units.get(unit) == UnitState.ABSENT) {
          block.units.set(unit, UnitState.ZERO);
        }
      }
    } else if (change instanceof Change.Copy copy) {
      Block block = new Block();
      block.stream = entry.stream();
      block.version = copy.version();
      block.groupEpoch = copy.groupEpoch();
      ByteBuffer data = copy.data().duplicate();
      for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
        block.units.set(unit, copy.units().get(unit));
        if (copy.units().get(unit) == UnitState.PRESENT) {
          for (int p = 0; p < Geometry.PAGES_PER_UNIT; p++) {
            byte[] bytes = new byte[Geometry.PAGE_BYTES];
            data.get(bytes);
            if (!isZero(bytes)) {
              block.pages.put(unit * Geometry.PAGES_PER_UNIT + p, bytes);
            }
          }
        }
      }
      blocks.put(copy.block(), block);
    } else if (change instanceof Change.Remove remove) {
      blocks.remove(remove.block());
    }
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private Block touch(BlockKey key, Entry entry) {
    Block block = blocks.computeIfAbsent(key, k -> new Block());
    block.stream = entry.stream();
    block.version = entry.point();
    block.groupEpoch = entry.groupEpoch();
    return block;
  }

  private void log(Entry entry) {
    Stream stream = streams.get(entry.stream());
    Checks.check(
        stream != null
            && stream.last.epoch() == entry.point().epoch()
            && stream.last.sequence() + 1 == entry.point().sequence(),
        "append %s after %s",
        entry.point(),
        stream == null ? null : stream.last);
    stream.last = entry.point();
    stream.history.set(stream.history.size() - 1, entry.point());
    stream.doubtful.add(entry);
  }

  private void rebase(Base base) {
    Stream stream = streams.computeIfAbsent(base.stream(), k -> new Stream());
    if (base.returning()) {
      stream.doubtful.clear();
      stream.history.clear();
      stream.last = new Point(base.epoch(), base.first());
      stream.watermark = stream.last;
      stream.history.add(stream.last);
      return;
    }
    settle(stream, base.kept());
    stream.doubtful.clear();
    if (base.kept().compareTo(stream.watermark) > 0) {
      stream.watermark = base.kept();
    }
    stream.last = new Point(base.epoch(), base.first());
    stream.history.clear();
    stream.history.add(stream.watermark);
    stream.history.add(stream.last);
  }

  private void settle(Stream stream, Point upTo) {
    while (!stream.doubtful.isEmpty() && stream.doubtful.peek().point().compareTo(upTo) <= 0) {
      Entry entry = stream.doubtful.remove();
      apply(entry);
      stream.watermark = entry.point();
    }
  }

  /** One opening of the disk. */
  private final class Opened implements MemberStore {
    private record Waiting(Runnable change, Completion<Void> done) {}

    private final long ofGeneration;
    private final Consumer<Runnable> loop;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private boolean dead;

    Opened(long ofGeneration, Consumer<Runnable> loop) {
      this.ofGeneration = ofGeneration;
      this.loop = loop;
    }

    void crash() {
      dead = true;
      int survive = queue.isEmpty() ? 0 : world.random().nextInt(queue.size() + 1);
      for (int i = 0; i < survive; i++) {
        queue.remove().change().run();
      }
      queue.clear();
    }

    private void enqueue(Runnable change, Completion<Void> done) {
      queue.add(new Waiting(change, done));
      world.at(
          slownessNanos + world.between(20_000, 400_000),
          () ->
              loop.accept(
                  () -> {
                    if (!dead && !queue.isEmpty()) {
                      Waiting next = queue.remove();
                      next.change().run();
                      next.done().accept(null, null);
                    }
                  }));
    }

    @Override
    public DiskIdentity identity() {
      return new DiskIdentity(new UUID(0, 0), id, ofGeneration);
    }

    @Override
    public Collection<StreamState> streams() {
      List<StreamState> states = new ArrayList<>();
      streams.forEach((key, stream) -> states.add(state(key, stream)));
      return states;
    }

    @Override
    public Optional<StreamState> stream(StreamKey key) {
      return Optional.ofNullable(streams.get(key)).map(s -> state(key, s));
    }

    private StreamState state(StreamKey key, Stream stream) {
      return new StreamState(key, stream.last, stream.watermark, stream.history);
    }

    @Override
    public void append(Entry entry, Completion<Void> done) {
      enqueue(() -> log(entry), done);
    }

    @Override
    public void base(Base base, Completion<Void> done) {
      enqueue(() -> rebase(base), done);
    }

    @Override
    public void advance(StreamKey key, Point watermark) {
      Stream stream = streams.get(key);
      Checks.check(
          watermark.compareTo(stream.last) <= 0, "advance %s to %s", stream.last, watermark);
      settle(stream, watermark);
    }

    @Override
    public void flush(Completion<Void> done) {
      enqueue(() -> {}, done);
    }

    @Override
    public void read(BlockKey key, int firstPage, int pageCount, Completion<ByteBuffer> done) {
      ByteBuffer data = ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES);
      Block block = blocks.get(key);
      if (block != null) {
        block
            .pages
            .subMap(firstPage, firstPage + pageCount)
            .forEach((page, bytes) -> data.put((page - firstPage) * Geometry.PAGE_BYTES, bytes));
      }
      later(() -> done.accept(data, null));
    }

    @Override
    public Optional<BlockVersion> version(BlockKey key) {
      return Optional.ofNullable(blocks.get(key))
          .map(block -> new BlockVersion(key, block.version, block.groupEpoch, block.units));
    }

    private void later(Runnable task) {
      world.at(
          world.between(10_000, 200_000),
          () ->
              loop.accept(
                  () -> {
                    if (!dead) {
                      task.run();
                    }
                  }));
    }

    @Override
    public void readBlock(BlockKey key, Completion<Optional<BlockImage>> done) {
      Block block = blocks.get(key);
      if (block == null) {
        later(() -> done.accept(Optional.empty(), null));
        return;
      }
      int present = Collections.frequency(block.units, UnitState.PRESENT);
      ByteBuffer data = ByteBuffer.allocate(present * Geometry.UNIT_BYTES);
      for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
        if (block.units.get(unit) == UnitState.PRESENT) {
          for (int p = 0; p < Geometry.PAGES_PER_UNIT; p++) {
            byte[] bytes = block.pages.get(unit * Geometry.PAGES_PER_UNIT + p);
            data.put(bytes == null ? new byte[Geometry.PAGE_BYTES] : bytes);
          }
        }
      }
      BlockVersion version = new BlockVersion(key, block.version, block.groupEpoch, block.units);
      later(() -> done.accept(Optional.of(new BlockImage(version, data.flip())), null));
    }

    @Override
    public void verify(
        BlockKey block, boolean withLastUnit, Completion<Optional<BlockReport>> done) {
      readBlock(
          block,
          (image, failure) ->
              done.accept(
                  failure == null
                      ? image.map(i -> BlockReport.of(i, new BitSet(), withLastUnit))
                      : null,
                  failure));
    }

    @Override
    public List<BlockVersion> inventory(StreamKey key) {
      List<BlockVersion> versions = new ArrayList<>();
      blocks.forEach(
          (blockKey, block) -> {
            if (block.stream.equals(key)) {
              versions.add(
                  new BlockVersion(blockKey, block.version, block.groupEpoch, block.units));
            }
          });
      return versions;
    }

    @Override
    public void deleteVolume(long volume, Completion<Void> done) {
      enqueue(
          () -> {
            streams.keySet().removeIf(key -> key.volume() == volume);
            blocks.values().removeIf(block -> block.stream.volume() == volume);
          },
          done);
    }

    @Override
    public void deleteStream(StreamKey key, Completion<Void> done) {
      enqueue(
          () -> {
            streams.remove(key);
            blocks.values().removeIf(block -> block.stream.equals(key));
          },
          done);
    }

    @Override
    public void rest() {}

    @Override
    public Usage usage() {
      return new Usage(1L << 40, (long) blocks.size() * Geometry.BLOCK_BYTES);
    }

    @Override
    public void close(Completion<Void> done) {
      while (!queue.isEmpty()) {
        queue.remove().change().run();
      }
      dead = true;
      loop.accept(() -> done.accept(null, null));
    }
  }

  static AerieException unavailable(String what) {
    return new AerieException(ErrorCode.UNAVAILABLE, what);
  }
}
