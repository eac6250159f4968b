package io.aerie.engine.disk;

import io.aerie.base.Checks;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * The meaning of {@link MemberStore} in the simplest form that can be: all in memory, every call
 * durable as soon as the loop completes it. The disk engine is compared with it.
 */
public final class MemoryStore implements MemberStore {
  /** A block and its pages; absent pages of the map are zero. */
  static final class ModelBlock {
    Point version = Point.NONE;
    long groupEpoch;
    final UnitState[] units = new UnitState[Geometry.UNITS_PER_BLOCK];
    final TreeMap<Integer, ByteBuffer> pages = new TreeMap<>();

    ModelBlock() {
      Arrays.fill(units, UnitState.ABSENT);
    }

    ModelBlock copy() {
      ModelBlock copy = new ModelBlock();
      copy.version = version;
      copy.groupEpoch = groupEpoch;
      System.arraycopy(units, 0, copy.units, 0, units.length);
      copy.pages.putAll(pages);
      return copy;
    }

    ByteBuffer read(int firstPage, int pageCount) {
      ByteBuffer result = ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES);
      for (int i = 0; i < pageCount; i++) {
        ByteBuffer page = pages.get(firstPage + i);
        if (page != null) {
          result.put(i * Geometry.PAGE_BYTES, page, page.position(), Geometry.PAGE_BYTES);
        }
      }
      return result;
    }

    private void dropUnit(int unit) {
      pages.subMap(unit * Geometry.PAGES_PER_UNIT, (unit + 1) * Geometry.PAGES_PER_UNIT).clear();
    }
  }

  /** A stream, its entries in doubt and its settled blocks. */
  static final class ModelStream {
    Point kept = Point.NONE;
    long first;
    Point last = Point.NONE;
    Point watermark = Point.NONE;
    final TreeMap<Long, Entry> doubts = new TreeMap<>();
    final TreeMap<BlockKey, ModelBlock> blocks = new TreeMap<>();

    ModelStream copy() {
      ModelStream copy = new ModelStream();
      copy.kept = kept;
      copy.first = first;
      copy.last = last;
      copy.watermark = watermark;
      copy.doubts.putAll(doubts);
      blocks.forEach((key, block) -> copy.blocks.put(key, block.copy()));
      return copy;
    }

    StreamState describe(StreamKey key) {
      return new StreamState(key, last, watermark, List.of(kept, last));
    }

    void append(Entry entry) {
      Checks.check(
          entry.point().equals(new Point(last.epoch(), last.sequence() + 1)),
          "%s after %s",
          entry.point(),
          last);
      last = entry.point();
      doubts.put(last.sequence(), entry);
    }

    void advance(Point to) {
      settle(to);
      watermark = to;
    }

    private void settle(Point to) {
      if (to.epoch() == last.epoch()) {
        Map<Long, Entry> settled = doubts.headMap(to.sequence(), true);
        settled.values().forEach(this::apply);
        settled.clear();
      }
    }

    void base(Base base) {
      if (!base.returning()) {
        settle(base.kept());
      }
      doubts.clear();
      kept = base.kept();
      first = base.first();
      last = new Point(base.epoch(), base.first());
      watermark = base.returning() ? last : kept;
    }

    private void apply(Entry entry) {
      Change change = entry.change();
      if (change instanceof Change.Write write) {
        ModelBlock block = touch(write.block(), entry.point(), entry.groupEpoch());
        write(block, write.firstPage(), write.data());
      } else if (change instanceof Change.Parity parity) {
        ModelBlock block = touch(parity.block(), entry.point(), entry.groupEpoch());
        write(block, parity.firstPage(), parity.data());
        write(block, parity.firstSumPage(), parity.sums());
      } else if (change instanceof Change.Zero zero) {
        zero(touch(zero.block(), entry.point(), entry.groupEpoch()), zero);
      } else if (change instanceof Change.Copy copy) {
        copy(touch(copy.block(), copy.version(), copy.groupEpoch()), copy);
      } else if (change instanceof Change.Remove removal) {
        blocks.remove(removal.block());
      }
    }

    private ModelBlock touch(BlockKey key, Point version, long groupEpoch) {
      ModelBlock block = blocks.computeIfAbsent(key, absent -> new ModelBlock());
      block.version = version;
      block.groupEpoch = groupEpoch;
      return block;
    }

    private static void write(ModelBlock block, int firstPage, ByteBuffer data) {
      for (int i = 0; i < data.remaining() / Geometry.PAGE_BYTES; i++) {
        int page = firstPage + i;
        block.units[page / Geometry.PAGES_PER_UNIT] = UnitState.PRESENT;
        block.pages.put(
            page, data.slice(data.position() + i * Geometry.PAGE_BYTES, Geometry.PAGE_BYTES));
      }
    }

    private static void zero(ModelBlock block, Change.Zero zero) {
      for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
        int from = Math.max(zero.firstPage(), unit * Geometry.PAGES_PER_UNIT);
        int to =
            Math.min(zero.firstPage() + zero.pageCount(), (unit + 1) * Geometry.PAGES_PER_UNIT);
        if (from < to) {
          block.pages.subMap(from, to).clear();
          if (to - from == Geometry.PAGES_PER_UNIT || block.units[unit] != UnitState.PRESENT) {
            block.units[unit] = UnitState.ZERO;
            block.dropUnit(unit);
          }
        }
      }
    }

    private static void copy(ModelBlock block, Change.Copy copy) {
      block.pages.clear();
      int position = copy.data().position();
      for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
        block.units[unit] = copy.units().get(unit);
        for (int i = 0;
            block.units[unit] == UnitState.PRESENT && i < Geometry.PAGES_PER_UNIT;
            i++) {
          block.pages.put(
              unit * Geometry.PAGES_PER_UNIT + i, copy.data().slice(position, Geometry.PAGE_BYTES));
          position += Geometry.PAGE_BYTES;
        }
      }
    }

    List<BlockVersion> inventory() {
      List<BlockVersion> result = new ArrayList<>();
      blocks.forEach((key, block) -> result.add(describe(key, block)));
      return result;
    }

    static BlockVersion describe(BlockKey key, ModelBlock block) {
      return new BlockVersion(key, block.version, block.groupEpoch, Arrays.asList(block.units));
    }
  }

  private final DiskIdentity identity;
  private final Executor loop;
  private final TreeMap<StreamKey, ModelStream> streams = new TreeMap<>();

  /**
   * @param loop runs completions later, in order
   */
  public MemoryStore(DiskIdentity identity, Executor loop) {
    this.identity = identity;
    this.loop = loop;
  }

  @Override
  public DiskIdentity identity() {
    return identity;
  }

  @Override
  public Collection<StreamState> streams() {
    List<StreamState> result = new ArrayList<>();
    streams.forEach((key, stream) -> result.add(stream.describe(key)));
    return result;
  }

  @Override
  public Optional<StreamState> stream(StreamKey key) {
    return Optional.ofNullable(streams.get(key)).map(stream -> stream.describe(key));
  }

  @Override
  public void append(Entry entry, Completion<Void> done) {
    later(() -> streams.get(entry.stream()).append(entry), done);
  }

  @Override
  public void base(Base base, Completion<Void> done) {
    later(() -> streams.computeIfAbsent(base.stream(), key -> new ModelStream()).base(base), done);
  }

  private void later(Runnable effect, Completion<Void> done) {
    loop.execute(
        () -> {
          effect.run();
          done.accept(null, null);
        });
  }

  @Override
  public void advance(StreamKey key, Point watermark) {
    ModelStream stream = streams.get(key);
    if (watermark.compareTo(stream.watermark) > 0) {
      stream.advance(watermark);
    }
  }

  @Override
  public void flush(Completion<Void> done) {
    loop.execute(() -> done.accept(null, null));
  }

  private ModelBlock find(BlockKey key) {
    for (ModelStream stream : streams.values()) {
      if (stream.blocks.containsKey(key)) {
        return stream.blocks.get(key);
      }
    }
    return null;
  }

  @Override
  public void read(BlockKey key, int firstPage, int pageCount, Completion<ByteBuffer> done) {
    ModelBlock block = find(key);
    ByteBuffer result = (block == null ? new ModelBlock() : block).read(firstPage, pageCount);
    loop.execute(() -> done.accept(result, null));
  }

  @Override
  public Optional<BlockVersion> version(BlockKey key) {
    return Optional.ofNullable(find(key)).map(found -> ModelStream.describe(key, found));
  }

  @Override
  public void readBlock(BlockKey key, Completion<Optional<BlockImage>> done) {
    ModelBlock block = find(key);
    Optional<BlockImage> image =
        Optional.ofNullable(block)
            .map(found -> new BlockImage(ModelStream.describe(key, found), present(found)));
    loop.execute(() -> done.accept(image, null));
  }

  /** The data of the present units, in order. */
  static ByteBuffer present(ModelBlock block) {
    int units = Collections.frequency(Arrays.asList(block.units), UnitState.PRESENT);
    ByteBuffer result = ByteBuffer.allocate(units * Geometry.UNIT_BYTES);
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      if (block.units[unit] == UnitState.PRESENT) {
        result.put(block.read(unit * Geometry.PAGES_PER_UNIT, Geometry.PAGES_PER_UNIT));
      }
    }
    return result.flip();
  }

  @Override
  public void verify(BlockKey block, boolean withLastUnit, Completion<Optional<BlockReport>> done) {
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
    ModelStream stream = streams.get(key);
    return stream == null ? List.of() : stream.inventory();
  }

  @Override
  public void deleteVolume(long volume, Completion<Void> done) {
    later(() -> streams.keySet().removeIf(key -> key.volume() == volume), done);
  }

  @Override
  public void deleteStream(StreamKey key, Completion<Void> done) {
    later(() -> streams.remove(key), done);
  }

  @Override
  public void rest() {}

  @Override
  public Usage usage() {
    long blocks = streams.values().stream().mapToLong(stream -> stream.blocks.size()).sum();
    return new Usage(Long.MAX_VALUE, blocks * Geometry.BLOCK_BYTES);
  }

  @Override
  public void close(Completion<Void> done) {
    loop.execute(() -> done.accept(null, null));
  }
}
