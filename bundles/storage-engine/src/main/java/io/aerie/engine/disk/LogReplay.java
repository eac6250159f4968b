package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the log from its tail to its end, batch by batch. The first batch that is not whole ends
 * it: a torn tail when nothing later says that it was durable, rot otherwise, in which case the
 * disk must count as stale.
 */
final class LogReplay {
  /** Takes each record of whole batches, in order. */
  interface Sink {
    /**
     * @param batchLsn where the record's batch begins
     */
    void accept(LogFormat.Header header, ByteBuffer payload, long batchLsn);
  }

  /**
   * @param headLsn where the next batch goes
   * @param predecessorCrc of the last record's header
   * @param durableLsn everything before it was durable, as a record says
   */
  record End(long headLsn, int predecessorCrc, long durableLsn) {}

  /** One read of the disk; large enough for a disk's full speed. */
  private static final int CHUNK_BYTES = 1024 * 1024;

  private final BlockDevice device;
  private final PageBuffers buffers;
  private final DiskLayout layout;
  private final Superblock superblock;
  private final Sink sink;
  private final Completion<End> done;
  private final long limitLsn;

  private ByteBuffer window;
  private long windowLsn;
  private long lsn;
  private int predecessorCrc;
  private long scanLsn = -1;
  private long durableLsn;

  /**
   * Of a log.
   *
   * @param stopLsn where the log is known to end at the latest
   */
  LogReplay(
      BlockDevice device,
      PageBuffers buffers,
      Superblock superblock,
      long stopLsn,
      Sink sink,
      Completion<End> done) {
    this.device = device;
    this.buffers = buffers;
    this.superblock = superblock;
    this.layout = superblock.layout();
    this.sink = sink;
    this.done = done;
    lsn = superblock.tailLsn();
    limitLsn = Math.min(lsn + layout.ringBytes(), stopLsn);
    durableLsn = superblock.checkpointLsn();
  }

  void start() {
    step();
  }

  private void step() {
    try {
      boolean more = true;
      while (more) {
        more = scanLsn < 0 ? replayBatch() : scanPage();
      }
    } catch (AerieException | IllegalStateException e) {
      finish(null, e);
    }
  }

  /** False when it waits for the disk or is through. */
  private boolean replayBatch() {
    if (lsn == limitLsn) {
      finish(new End(lsn, predecessorCrc, durableLsn), null);
      return false;
    }
    if (!covers(lsn, Geometry.PAGE_BYTES)) {
      load(lsn, CHUNK_BYTES);
      return false;
    }
    LogFormat.Header first = header(lsn);
    if (first == null || !isBatchStart(first)) {
      return beginScan();
    }
    checkVersion(lsn);
    if (!covers(lsn, first.batchBytes())) {
      load(lsn, Math.max(CHUNK_BYTES, first.batchBytes()));
      return false;
    }
    List<LogFormat.Header> records = wholeBatch(first.batchBytes());
    if (records == null) {
      return beginScan();
    }
    for (LogFormat.Header record : records) {
      int index = (int) (record.lsn() - windowLsn) + LogFormat.HEADER_BYTES;
      sink.accept(record, window.slice(index, record.payloadBytes()), lsn);
      predecessorCrc = record.headerCrc();
      durableLsn = Math.max(durableLsn, record.durableLsn());
    }
    lsn += first.batchBytes();
    return true;
  }

  private boolean isBatchStart(LogFormat.Header header) {
    return header.batchOffset() == 0
        && header.batchBytes() > 0
        && header.batchBytes() % Geometry.PAGE_BYTES == 0
        && header.batchBytes() <= limitLsn - header.lsn()
        && (lsn == superblock.tailLsn() || header.predecessorCrc() == predecessorCrc);
  }

  private void checkVersion(long at) {
    int version = LogFormat.version(window, (int) (at - windowLsn));
    if (version != LogFormat.FORMAT_VERSION) {
      throw new AerieException(
          ErrorCode.UNSUPPORTED_FORMAT, "The disk's log has records of version " + version);
    }
  }

  /** All headers of the batch, or null when any of its bytes is not as written. */
  private List<LogFormat.Header> wholeBatch(int batchBytes) {
    List<LogFormat.Header> records = new ArrayList<>();
    int crc = predecessorCrc;
    int offset = 0;
    while (offset < batchBytes) {
      LogFormat.Header header = header(lsn + offset);
      if (header == null
          || header.batchOffset() != offset
          || header.batchBytes() != batchBytes
          || (offset > 0 && header.predecessorCrc() != crc)
          || header.payloadBytes() < 0
          || header.payloadBytes() > batchBytes - offset - LogFormat.HEADER_BYTES) {
        return null;
      }
      int payloadIndex = (int) (lsn + offset - windowLsn) + LogFormat.HEADER_BYTES;
      if (header.payloadCrc() != Crc.of(window, payloadIndex, header.payloadBytes())) {
        return null;
      }
      records.add(header);
      crc = header.headerCrc();
      offset += LogFormat.recordBytes(header.payloadBytes());
    }
    return records;
  }

  private boolean beginScan() {
    if (lsn < superblock.checkpointLsn()) {
      throw rot();
    }
    scanLsn = lsn;
    return true;
  }

  /**
   * Looks for a later record which says that the broken batch had been durable, or one of that
   * batch or later which says so of the one before it.
   */
  private boolean scanPage() {
    if (scanLsn >= limitLsn) {
      finish(new End(lsn, predecessorCrc, durableLsn), null);
      return false;
    }
    if (!covers(scanLsn, Geometry.PAGE_BYTES)) {
      load(scanLsn, CHUNK_BYTES);
      return false;
    }
    LogFormat.Header header = header(scanLsn);
    if (header != null && header.durableLsn() > lsn) {
      throw rot();
    }
    durableLsn = header == null ? durableLsn : Math.max(durableLsn, header.durableLsn());
    scanLsn += Geometry.PAGE_BYTES;
    return true;
  }

  private AerieException rot() {
    return new AerieException(
        ErrorCode.CORRUPT,
        "The log of disk " + superblock.identity().disk() + " is damaged at " + lsn,
        "Records there had been durable, so something that was acknowledged is lost.",
        "The disk is stale: format it again and let its content be rebuilt, or replace it.");
  }

  private LogFormat.Header header(long at) {
    return LogFormat.decode(window, (int) (at - windowLsn), at, layout.lap(at));
  }

  private boolean covers(long from, int bytes) {
    return window != null && from >= windowLsn && from + bytes <= windowLsn + window.limit();
  }

  private void load(long from, int wanted) {
    if (window != null) {
      buffers.release(window);
    }
    int bytes = (int) Math.min(wanted, limitLsn - from);
    window = buffers.acquire(bytes);
    windowLsn = from;
    IoTasks reads = new IoTasks();
    RingAccess.forEachPart(
        layout,
        from,
        window,
        (offset, part) -> reads.add(completion -> device.read(offset, part, completion)));
    reads.run(
        (nothing, error) -> {
          if (error != null) {
            finish(null, error);
          } else {
            window.clear().limit(bytes);
            step();
          }
        });
  }

  private void finish(End end, Throwable error) {
    if (window != null) {
      buffers.release(window);
      window = null;
    }
    done.accept(end, error);
  }
}
