package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.Checks;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Completion;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Group commit: one batch is written and flushed at a time; what is called meanwhile gathers for
 * the next. Order within a batch: old entries in doubt logged again, watermarks, then calls in
 * their order. Starts checkpoints, since each begins at the seal of a batch.
 */
final class LogWriter {
  /** Data that goes through the log for want of places that a checkpoint would free: 8 MiB. */
  private static final int REFUSED_UNITS_MAX = 128;

  private final DiskState state;
  private final BlockDevice device;
  private final DiskLayout layout;
  private final PageBuffers buffers;
  private final Checkpointer checkpointer;
  private final Executor loop;
  private final Completion<Throwable> deviceFailed;
  private final RingSpace space;
  private final DirectTransfer transfer;
  private final long generation;

  /** Bases and deletions: they let go of what is in doubt, so no entry may stand before them. */
  private final Deque<Pending> control = new ArrayDeque<>();

  private final Deque<Pending> queue = new ArrayDeque<>();
  private final Set<Stream> unloggedWatermarks = new LinkedHashSet<>();
  private List<Pending> inFlight = List.of();
  private long headLsn;
  private long tailLsn;
  private int predecessorCrc;
  private boolean pumpPlanned;
  private boolean committing;
  private boolean checkpointing;
  private boolean stopped;

  /** The head at the last {@link #rest}. */
  private long restedLsn;

  /** Everything before this is where the last checkpoint left it. */
  private long checkpointLsn;

  private boolean restWanted;
  private Completion<Void> checkpointWanted;
  private Completion<Void> checkpointServed;

  LogWriter(
      DiskState state,
      BlockDevice device,
      Superblock superblock,
      LogReplay.End end,
      PageBuffers buffers,
      Checkpointer checkpointer,
      Executor loop,
      Completion<Throwable> deviceFailed) {
    this.state = state;
    this.device = device;
    this.layout = superblock.layout();
    this.buffers = buffers;
    this.checkpointer = checkpointer;
    this.loop = loop;
    this.deviceFailed = deviceFailed;
    space = new RingSpace(layout.ringBytes());
    transfer = new DirectTransfer(device, layout, buffers);
    generation = superblock.identity().generation();
    headLsn = end.headLsn();
    tailLsn = superblock.tailLsn();
    checkpointLsn = superblock.checkpointLsn();
    predecessorCrc = end.predecessorCrc();
  }

  long recordBytesMax() {
    return space.recordBytesMax();
  }

  /**
   * Calls of one stream stay in order though bases go first: whoever adds a base or deletion has
   * withdrawn the entries that it overtakes.
   */
  void add(Pending pending) {
    (pending.goesFirst() ? control : queue).addLast(pending);
    planPump();
  }

  /** The state's watermark of the stream moved; the next commit says so. */
  void watermarkMoved(Stream stream) {
    unloggedWatermarks.add(stream);
    if (!queue.isEmpty()) {
      planPump();
    }
  }

  /** Takes calls back that no commit has begun to write. */
  List<Pending> withdraw(Predicate<Pending> which) {
    List<Pending> withdrawn = new ArrayList<>();
    for (Deque<Pending> waiting : List.of(control, queue)) {
      for (Iterator<Pending> each = waiting.iterator(); each.hasNext(); ) {
        Pending pending = each.next();
        if (which.test(pending)) {
          each.remove();
          withdrawn.add(pending);
        }
      }
    }
    return withdrawn;
  }

  /** Ends everything; gives back what will never be completed. */
  List<Pending> stop() {
    stopped = true;
    List<Pending> open = new ArrayList<>(inFlight);
    open.addAll(control);
    open.addAll(queue);
    inFlight = List.of();
    control.clear();
    queue.clear();
    return open;
  }

  /** A checkpoint as soon as possible, after what was called before as far as it fits. */
  void checkpoint(Completion<Void> done) {
    checkpointWanted = done;
    planPump();
  }

  /** A checkpoint when the log is as it was at the last call and holds something new. */
  void rest() {
    boolean same = headLsn == restedLsn && queue.isEmpty() && control.isEmpty();
    restedLsn = headLsn;
    if (same && (headLsn != checkpointLsn || !unloggedWatermarks.isEmpty())) {
      restWanted = true;
      planPump();
    }
  }

  private void planPump() {
    if (!pumpPlanned) {
      pumpPlanned = true;
      loop.execute(this::pump);
    }
  }

  private long usedBytes() {
    return headLsn - tailLsn;
  }

  private void pump() {
    pumpPlanned = false;
    if (committing || stopped) {
      return;
    }
    int watermarkBytes =
        unloggedWatermarks.size() * LogFormat.recordBytes(LogPayload.WATERMARK_BYTES);
    List<Pending> chosen = new ArrayList<>();
    boolean blocked = choose(chosen, watermarkBytes);
    if (checkpointWanted != null && chosen.isEmpty() && !blocked && !queue.isEmpty()) {
      refuseStuck();
    }
    boolean checkpoint =
        !checkpointing
            && (blocked
                || restWanted
                || space.worthCheckpoint(usedBytes(), state.inDoubtBytes())
                || state.quarantine.refusedUnits() > REFUSED_UNITS_MAX
                || (checkpointWanted != null && queue.isEmpty()));
    if (!checkpoint && chosen.isEmpty()) {
      return;
    }
    restWanted &= !checkpoint;
    List<Stream.Doubt> again = checkpoint ? oldestDoubts() : List.of();
    if (!again.isEmpty()) {
      putBack(chosen);
    }
    if (checkpoint && checkpointWanted != null && queue.isEmpty()) {
      checkpointServed = checkpointWanted;
      checkpointWanted = null;
    }
    LogBatch batch = new LogBatch();
    again.forEach(batch::add);
    for (Stream stream : unloggedWatermarks) {
      batch.add(new LogPayload.Watermark(stream.key, stream.watermark));
    }
    unloggedWatermarks.clear();
    chosen.forEach(pending -> pending.addTo(batch));
    again.forEach(doubt -> doubt.batchLsn = headLsn);
    commit(batch, chosen, checkpoint ? checkpointer.capture(headLsn, oldestDoubtLsn()) : null);
  }

  /** A batch that logs old entries again has no new ones: it must stay small enough to move. */
  private void putBack(List<Pending> chosen) {
    for (int i = chosen.size() - 1; i >= 0; i--) {
      Pending pending = chosen.get(i);
      (pending.goesFirst() ? control : queue).addFirst(pending);
    }
    chosen.clear();
  }

  /** Moves calls from the queue as far as the ring allows. True when only reclaiming can help. */
  private boolean choose(List<Pending> chosen, int watermarkBytes) {
    int batchBytes = watermarkBytes;
    while (!control.isEmpty()) {
      int bytes = control.peekFirst().recordBytes();
      if (!space.admitsControl(usedBytes() + batchBytes + bytes)) {
        return true;
      }
      chosen.add(control.removeFirst());
      batchBytes += bytes;
    }
    long doubtBytes = state.inDoubtBytes();
    long directBytes = 0;
    while (!queue.isEmpty()) {
      Pending next = queue.peekFirst();
      int bytes = next.recordBytes();
      long used = usedBytes() + batchBytes + bytes;
      if (next instanceof Pending.Append) {
        if (!space.admitsInDoubt(doubtBytes + bytes)) {
          return false;
        }
        if (!space.admitsEntries(used)) {
          return true;
        }
        doubtBytes += bytes;
      }
      int direct = next instanceof Pending.Append append ? append.directBytes() : 0;
      boolean full =
          batchBytes + bytes > space.batchBytesMax()
              || directBytes + direct > RingSpace.DIRECT_BYTES_MAX;
      if (full && !chosen.isEmpty()) {
        return false;
      }
      chosen.add(queue.removeFirst());
      batchBytes += bytes;
      directBytes += direct;
    }
    return false;
  }

  /** The last checkpoint is to come, and only a watermark could admit these: there is none. */
  private void refuseStuck() {
    AerieException failure =
        new AerieException(ErrorCode.UNAVAILABLE, "The disk is being closed, its log was full");
    for (Pending stuck : withdraw(pending -> true)) {
      stuck.done().accept(null, failure);
    }
  }

  /**
   * The oldest entries in doubt, which go to the head so that the tail can move. Whole batches
   * only: logging a part of one again would take room and free none.
   */
  private List<Stream.Doubt> oldestDoubts() {
    TreeMap<Long, List<Stream.Doubt>> batches = new TreeMap<>();
    for (Stream stream : state.streams.values()) {
      for (Stream.Doubt doubt : stream.doubts.values()) {
        if (doubt.batchLsn < headLsn - layout.ringBytes() / 4) {
          batches.computeIfAbsent(doubt.batchLsn, lsn -> new ArrayList<>()).add(doubt);
        }
      }
    }
    List<Stream.Doubt> oldest = new ArrayList<>();
    long bytes = 0;
    long bytesMax = space.againBytesMax(usedBytes());
    for (List<Stream.Doubt> batch : batches.values()) {
      bytes += batch.stream().mapToLong(doubt -> doubt.recordBytes).sum();
      if (bytes > bytesMax) {
        break;
      }
      oldest.addAll(batch);
    }
    return oldest;
  }

  private long oldestDoubtLsn() {
    long oldest = Long.MAX_VALUE;
    for (Stream stream : state.streams.values()) {
      for (Stream.Doubt doubt : stream.doubts.values()) {
        oldest = Math.min(oldest, doubt.batchLsn);
      }
    }
    return oldest;
  }

  private void commit(LogBatch batch, List<Pending> chosen, Checkpointer.Capture capture) {
    inFlight = chosen;
    checkpointing |= capture != null;
    if (batch.isEmpty()) {
      committed(headLsn, capture);
      return;
    }
    committing = true;
    int bytes = batchBytesChecked(batch);
    ByteBuffer buffer = buffers.acquire(bytes);
    predecessorCrc = batch.encode(buffer, layout, headLsn, predecessorCrc, generation);
    long batchLsn = headLsn;
    headLsn += bytes;
    Completion<Void> durable =
        (nothing, failure) -> {
          buffers.release(buffer);
          flushed(batchLsn, capture, failure);
        };
    IoTasks writes = directWrites(chosen);
    if (writes.isEmpty() && RingAccess.inOnePart(layout, batchLsn, bytes)) {
      device.writeAndFlush(layout.ringPosition(batchLsn), buffer.slice(0, bytes), durable);
      return;
    }
    RingAccess.forEachPart(
        layout,
        batchLsn,
        buffer,
        (offset, part) -> writes.add(completion -> device.write(offset, part, completion)));
    writes.run(
        (nothing, error) -> {
          if (error != null) {
            durable.accept(null, error);
          } else {
            device.flush(durable);
          }
        });
  }

  /** The same flush covers the records and this data. */
  private IoTasks directWrites(List<Pending> chosen) {
    IoTasks writes = new IoTasks();
    for (Pending pending : chosen) {
      if (pending instanceof Pending.Append append && append.direct() != null) {
        ByteBuffer data = DirectData.dataOf(append.entry().change());
        transfer.addWrites(append.direct(), data, writes);
      }
    }
    return writes;
  }

  private int batchBytesChecked(LogBatch batch) {
    int bytes = batch.bytes();
    Checks.check(
        usedBytes() + bytes <= layout.ringBytes(), "The log ring overflows by %d bytes", bytes);
    return bytes;
  }

  private void flushed(long batchLsn, Checkpointer.Capture capture, Throwable error) {
    if (error != null) {
      deviceFailed.accept(error, null);
    } else if (!stopped) {
      committed(batchLsn, capture);
      committing = false;
      planPump();
    }
  }

  /** Everything of the batch is durable: the state takes it, and the callers learn it. */
  private void committed(long batchLsn, Checkpointer.Capture capture) {
    List<Pending> durable = inFlight;
    inFlight = List.of();
    if (capture != null) {
      checkpointer.run(capture, (nothing, error) -> checkpointed(capture, error));
    }
    for (Pending pending : durable) {
      if (pending instanceof Pending.Append append) {
        state.append(append.doubt(batchLsn));
      } else if (pending instanceof Pending.Begin begin) {
        if (begin.newStream() && state.streams.containsKey(begin.base().stream())) {
          state.unreserveStream();
        }
        state.base(begin.base());
      } else if (pending instanceof Pending.Delete deletion) {
        state.streamsOf(deletion.what()).forEach(unloggedWatermarks::remove);
        state.delete(deletion.what());
      }
      pending.done().accept(null, null);
    }
  }

  private void checkpointed(Checkpointer.Capture capture, Throwable error) {
    if (error != null) {
      deviceFailed.accept(error, null);
      return;
    }
    if (stopped) {
      return;
    }
    checkpointing = false;
    tailLsn = capture.tailLsn();
    checkpointLsn = capture.checkpointLsn();
    if (checkpointServed != null) {
      Completion<Void> done = checkpointServed;
      checkpointServed = null;
      done.accept(null, null);
    }
    planPump();
  }
}
