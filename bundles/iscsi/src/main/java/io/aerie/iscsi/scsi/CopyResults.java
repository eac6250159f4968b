package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of the copies that one initiator asked one unit for: RECEIVE COPY RESULTS, copy
 * status, SPC-4, section 6.21.2. Those at work are kept, and of those that are over the latest.
 */
final class CopyResults {
  /** Copies of one initiator at one unit at the same time; further ones are refused. */
  static final int CONCURRENT_MAX = 64;

  private static final int KEPT_MAX = 128;

  private static final int AT_WORK = 0;
  private static final int DONE = 1;
  private static final int FAILED = 2;

  private static final int KIBIBYTES = 1;

  private final Map<Integer, Progress> byListId = new LinkedHashMap<>();
  private int unnamedCount;

  /** How far a copy is. Any thread. */
  static final class Progress {
    private volatile boolean stopped;
    private int state = AT_WORK;
    private int segmentCount;
    private long bytes;

    /** No further write is begun. */
    void stop() {
      stopped = true;
    }

    boolean isStopped() {
      return stopped;
    }

    synchronized void add(long copiedBytes) {
      bytes += copiedBytes;
    }

    synchronized void segmentDone() {
      segmentCount += stopped ? 0 : 1;
    }

    /** Segments that are copied wholly. */
    synchronized int segments() {
      return segmentCount;
    }

    synchronized void end(boolean well) {
      state = well ? DONE : FAILED;
    }

    synchronized boolean isAtWork() {
      return state == AT_WORK;
    }

    private synchronized byte[] report() {
      ByteBuffer data = ByteBuffer.allocate(12);
      data.putInt(8).put((byte) state).putShort((short) segmentCount).put((byte) KIBIBYTES);
      return data.putInt((int) Math.min(bytes >> 10, 0xffff_ffffL)).array();
    }
  }

  /**
   * A copy begins.
   *
   * @param listId negative: nobody can ask for it
   */
  synchronized void begin(int listId, Progress progress) {
    long atWork = byListId.values().stream().filter(Progress::isAtWork).count();
    if (atWork >= CONCURRENT_MAX) {
      throw new CheckCondition(Sense.INSUFFICIENT_RESOURCES);
    }
    if (listId < 0) {
      // Under a number of its own that no command can name.
      unnamedCount = unnamedCount == Integer.MIN_VALUE ? -1 : unnamedCount - 1;
    }
    int number = listId < 0 ? unnamedCount : listId;
    Progress former = byListId.get(number);
    if (former != null && former.isAtWork()) {
      throw new CheckCondition(Sense.OPERATION_IN_PROGRESS);
    }
    byListId.remove(number);
    byListId.put(number, progress);
    var oldest = byListId.values().iterator();
    while (byListId.size() > KEPT_MAX && oldest.hasNext()) {
      if (!oldest.next().isAtWork()) {
        oldest.remove();
      }
    }
  }

  /** What became of one; what is over is told once. */
  synchronized Outcome report(Cdb cdb) {
    int listId = cdb.u8(2);
    Progress progress = byListId.get(listId);
    if (progress == null) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_CDB);
    }
    if (!progress.isAtWork()) {
      byListId.remove(listId);
    }
    return Outcome.data(progress.report(), cdb.allocation32(10));
  }
}
