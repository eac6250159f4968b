package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.Checks;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.DiskIdentity;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * The engine of one disk. All calls, and all completions of the device, happen on one loop.
 *
 * <pre>
 *   open --> serving --close--> closing --> closed      calls fail with UNAVAILABLE
 *               |                  |
 *               +---I/O error------+--> fenced          calls fail with FENCED, for good
 * </pre>
 *
 * <p>Beyond what {@link MemberStore} says: a base or a deletion overtakes calls of its streams that
 * wait for room in the log; those fail with CONFLICT. An entry that the disk has no room for fails
 * with NO_SPACE before it is logged, and so do those that follow it until it is appended again.
 * Advancing a stream whose base is on its way changes nothing: the base says what is settled.
 */
public final class DiskEngine implements MemberStore {
  /** The least data that may go straight to its slot: a unit. */
  public static final long DIRECT_BYTES_MIN = Geometry.UNIT_BYTES;

  /** Stands for a stream whose deletion is on its way. */
  private static final Point DELETED = new Point(-1, -1);

  private final Executor loop;
  private final DiskState state;
  private final SuperblockStore superblocks;
  private final Checkpointer checkpointer;
  private final LogWriter log;
  private final BlockReader reader;
  private final Optional<CopyArea> copyArea;
  private final long directBytesMin;
  private final Map<StreamKey, Point> submitted = new HashMap<>();
  private final Map<StreamKey, Integer> basesPending = new HashMap<>();

  /** Streams whose next entry found no room: the first that must be appended again. */
  private final Map<StreamKey, Point> withoutRoom = new HashMap<>();

  private AerieException refusal;
  private Completion<Void> closing;

  DiskEngine(
      BlockDevice device,
      PageBuffers buffers,
      Executor loop,
      DiskState state,
      ChecksumCache checksums,
      SuperblockStore superblocks,
      LogReplay.End end,
      long directBytesMin) {
    this.directBytesMin = directBytesMin;
    this.loop = loop;
    this.state = state;
    this.superblocks = superblocks;
    Superblock superblock = superblocks.current();
    Completion<Throwable> deviceFailed = (cause, none) -> fence(cause);
    checkpointer =
        new Checkpointer(state, device, superblock.layout(), buffers, checksums, superblocks);
    log = new LogWriter(state, device, superblock, end, buffers, checkpointer, loop, deviceFailed);
    reader =
        new BlockReader(state, device, superblock.layout(), buffers, checksums, loop, deviceFailed);
    copyArea = CopyArea.of(device, buffers, superblock);
  }

  /** Where this disk keeps copies of what isn't its own; empty on a disk without such an area. */
  public Optional<CopyArea> copyArea() {
    return copyArea;
  }

  /** What lies on a device. UNSUPPORTED_FORMAT when it is ours in a format not known here. */
  public static void inspect(
      BlockDevice device, PageBuffers buffers, Completion<DiskInspection> done) {
    new DiskInspector(device, buffers).inspect(done);
  }

  /** Makes a new, empty disk of a device, whatever was there before. Its generation is 0. */
  public static void format(
      BlockDevice device,
      PageBuffers buffers,
      UUID cluster,
      UUID disk,
      FormatOptions options,
      Completion<DiskIdentity> done) {
    new DiskFormatter(device, buffers).format(cluster, disk, options, done);
  }

  /**
   * Opens a disk and raises its generation. Fails with UNSUPPORTED_FORMAT (foreign, or of a version
   * not known here), CONFLICT (another cluster's) or CORRUPT (stale: what was acknowledged is
   * lost). All data goes through the log.
   *
   * @param loop runs a task later on the engine's loop, never within the call
   */
  public static void open(
      BlockDevice device,
      PageBuffers buffers,
      Executor loop,
      UUID cluster,
      Completion<DiskEngine> done) {
    open(device, buffers, loop, cluster, Long.MAX_VALUE, done);
  }

  /**
   * The same, with large data past the log.
   *
   * @param directBytesMin data of whole fresh units goes straight to its slot from this size on, at
   *     least {@link #DIRECT_BYTES_MIN}
   */
  public static void open(
      BlockDevice device,
      PageBuffers buffers,
      Executor loop,
      UUID cluster,
      long directBytesMin,
      Completion<DiskEngine> done) {
    new DiskOpener(device, buffers, loop, cluster, directBytesMin, done).open();
  }

  @Override
  public DiskIdentity identity() {
    return superblocks.current().identity();
  }

  @Override
  public Collection<StreamState> streams() {
    return state.streams.values().stream().map(Stream::describe).toList();
  }

  @Override
  public Optional<StreamState> stream(StreamKey key) {
    return Optional.ofNullable(state.streams.get(key)).map(Stream::describe);
  }

  @Override
  public void append(Entry entry, Completion<Void> done) {
    if (refused(done)) {
      return;
    }
    Point before = submitted(entry.stream());
    if (entry.point().equals(withoutRoom.get(entry.stream()))) {
      withoutRoom.remove(entry.stream());
    } else if (withoutRoom.containsKey(entry.stream())) {
      // Who called does not know yet that an entry before this one found no room.
      later(done, full());
      return;
    }
    Checks.check(
        before != null
            && entry.point().epoch() == before.epoch()
            && entry.point().sequence() == before.sequence() + 1,
        "%s does not follow %s of %s",
        entry.point(),
        before,
        entry.stream());
    ChangeChecks.check(entry.change());
    if (!state.reserve(entry)) {
      withoutRoom.put(entry.stream(), entry.point());
      later(done, full());
      return;
    }
    Pending.Append append = Pending.append(entry, state.place(entry, directBytesMin), done);
    if (append.recordBytes() > log.recordBytesMax()) {
      state.unreserve(entry, null);
      later(done, new AerieException(ErrorCode.TOO_LARGE, "The log ring is too small for this"));
      return;
    }
    state.expect(entry, append.direct());
    submitted.put(entry.stream(), entry.point());
    log.add(append);
  }

  private static AerieException full() {
    return new AerieException(
        ErrorCode.NO_SPACE,
        "The disk is full",
        "All its slots are taken or needed by entries in doubt.",
        "Add disks to the pool, or delete volumes.");
  }

  /** The last place that was called for, durable or not; null when there is no such stream. */
  private Point submitted(StreamKey key) {
    Point point = submitted.get(key);
    if (point == null) {
      Stream stream = state.streams.get(key);
      return stream == null ? null : stream.last;
    }
    return point.equals(DELETED) ? null : point;
  }

  @Override
  public void base(Base base, Completion<Void> done) {
    if (refused(done)) {
      return;
    }
    checkBase(base, state.streams.get(base.stream()));
    overtake(pending -> pending.concerns(base.stream()));
    withoutRoom.remove(base.stream());
    boolean newStream =
        !state.streams.containsKey(base.stream()) || DELETED.equals(submitted.get(base.stream()));
    if (newStream && !state.reserveStream()) {
      later(done, full());
      return;
    }
    submitted.put(base.stream(), new Point(base.epoch(), base.first()));
    basesPending.merge(base.stream(), 1, Integer::sum);
    log.add(new Pending.Begin(base, newStream, (nothing, error) -> begun(base, error, done)));
  }

  private void begun(Base base, Throwable error, Completion<Void> done) {
    basesPending.computeIfPresent(base.stream(), (key, count) -> count == 1 ? null : count - 1);
    done.accept(null, error);
  }

  private static void checkBase(Base base, Stream stream) {
    if (stream == null) {
      Checks.check(base.kept().equals(Point.NONE), "%s keeps what is not here", base);
      return;
    }
    Checks.check(base.epoch() >= stream.last.epoch(), "%s is older than %s", base, stream.last);
    Checks.check(
        base.returning()
            || base.kept().equals(stream.watermark)
            || (base.kept().epoch() == stream.last.epoch()
                && base.kept().sequence() >= stream.settledSequence()
                && base.kept().sequence() <= stream.last.sequence()),
        "%s keeps what is not between %s and %s",
        base,
        stream.watermark,
        stream.last);
  }

  private void overtake(Predicate<Pending> which) {
    for (Pending pending : log.withdraw(which)) {
      if (pending instanceof Pending.Append append) {
        state.unreserve(append.entry(), append.direct());
      } else if (pending instanceof Pending.Begin begin && begin.newStream()) {
        state.unreserveStream();
      }
      later(
          pending.done(),
          new AerieException(ErrorCode.CONFLICT, "Overtaken by a base or deletion"));
    }
  }

  @Override
  public void advance(StreamKey key, Point watermark) {
    if (refusal != null) {
      return;
    }
    Stream stream = state.streams.get(key);
    Checks.check(stream != null, "Unknown %s", key);
    if (watermark.equals(stream.watermark) || basesPending.containsKey(key)) {
      return;
    }
    Checks.check(
        watermark.epoch() == stream.last.epoch()
            && watermark.sequence() >= stream.settledSequence()
            && watermark.sequence() <= stream.last.sequence(),
        "Watermark %s of %s is not between %s and %s",
        watermark,
        key,
        stream.watermark,
        stream.last);
    state.advance(stream, watermark);
    log.watermarkMoved(stream);
  }

  @Override
  public void flush(Completion<Void> done) {
    if (!refused(done)) {
      log.add(new Pending.Flush(done));
    }
  }

  @Override
  public void read(BlockKey block, int firstPage, int pageCount, Completion<ByteBuffer> done) {
    ChangeChecks.checkPages(firstPage, pageCount);
    if (!refused(done)) {
      reader.read(block, firstPage, pageCount, done);
    }
  }

  @Override
  public Optional<BlockVersion> version(BlockKey block) {
    return Optional.ofNullable(state.block(block)).map(Block::describe);
  }

  @Override
  public void readBlock(BlockKey block, Completion<Optional<BlockImage>> done) {
    if (!refused(done)) {
      reader.readBlock(block, done);
    }
  }

  @Override
  public void verify(BlockKey block, boolean withLastUnit, Completion<Optional<BlockReport>> done) {
    if (!refused(done)) {
      reader.verify(block, withLastUnit, done);
    }
  }

  @Override
  public List<BlockVersion> inventory(StreamKey key) {
    Stream stream = state.streams.get(key);
    return stream == null
        ? List.of()
        : stream.blocks.values().stream().map(Block::describe).toList();
  }

  @Override
  public void deleteVolume(long volume, Completion<Void> done) {
    delete(Deletion.of(volume), done);
  }

  @Override
  public void deleteStream(StreamKey key, Completion<Void> done) {
    delete(Deletion.of(key), done);
  }

  private void delete(Deletion deletion, Completion<Void> done) {
    if (refused(done)) {
      return;
    }
    overtake(pending -> pending.concerns(deletion));
    withoutRoom.keySet().removeIf(deletion::covers);
    submitted.replaceAll((key, point) -> deletion.covers(key) ? DELETED : point);
    state.streamsOf(deletion).forEach(stream -> submitted.put(stream.key, DELETED));
    log.add(
        new Pending.Delete(
            deletion,
            (nothing, error) -> {
              submitted
                  .entrySet()
                  .removeIf(e -> deletion.covers(e.getKey()) && e.getValue().equals(DELETED));
              done.accept(null, error);
            }));
  }

  @Override
  public Usage usage() {
    return new Usage(
        superblocks.current().layout().usableBytes(),
        (long) state.usedSlots() * Geometry.BLOCK_BYTES);
  }

  @Override
  public void rest() {
    if (refusal == null) {
      log.rest();
    }
  }

  @Override
  public void close(Completion<Void> done) {
    if (refused(done)) {
      return;
    }
    refusal = new AerieException(ErrorCode.UNAVAILABLE, "The disk was closed");
    log.checkpoint(
        (nothing, error) -> {
          log.stop();
          done.accept(null, error);
        });
    closing = done;
  }

  private void fence(Throwable cause) {
    if (refusal != null && refusal.code() == ErrorCode.FENCED) {
      return;
    }
    refusal = FencedStore.failure(cause);
    checkpointer.abandon();
    for (Pending pending : log.stop()) {
      pending.done().accept(null, refusal);
    }
    if (closing != null) {
      closing.accept(null, refusal);
    }
  }

  private boolean refused(Completion<?> done) {
    if (refusal != null) {
      later(done, refusal);
      return true;
    }
    return false;
  }

  private void later(Completion<?> done, Throwable error) {
    loop.execute(() -> done.accept(null, error));
  }
}
