package io.aerie.iscsi.server;

import io.aerie.iscsi.scsi.Outcome;
import io.aerie.iscsi.scsi.Work;
import io.aerie.iscsi.wire.Header;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A SCSI command of a session, from its arrival until its answer has left. On the session's loop.
 *
 * <pre>
 *   ARRIVED --unit open, command valid--> WAITING --room--> GATHERING --all data--> RUNNING --> over
 * </pre>
 *
 * Unsolicited data may come in each of the first three.
 */
final class Task {
  private static final int READS = 0x40;
  private static final int WRITES = 0x20;
  private static final int ATTRIBUTE_MASK = 0x07;
  private static final int ORDERED = 2;

  private final Header header;
  private final int unit;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final List<Solicited> solicited = new ArrayList<>();

  /** Data that came before there was room for all; null when none is expected. */
  private ByteBuf early;

  private boolean moreUnsolicited;
  private int unsolicitedBytes;
  private int unsolicitedUnits;
  private Work work;
  private Outcome outcome;
  private ByteBuf data;
  private int neededBytes;
  private int gatheredBytes;
  private int solicitedBytes;
  private int solicitedCount;
  private long chargedBytes;
  private boolean admitted;
  private boolean running;
  private boolean aborted;

  /** What one R2T asked for, and how much of it has come. */
  static final class Solicited {
    final int tag;
    final int offset;
    final int length;
    int doneBytes;
    int unitCount;

    Solicited(int tag, int offset, int length) {
      this.tag = tag;
      this.offset = offset;
      this.length = length;
    }
  }

  Task(Header header, int unit) {
    this.header = header;
    this.unit = unit;
    this.moreUnsolicited = writes() && !header.has(0x80);
  }

  int tag() {
    return header.taskTag();
  }

  long lun() {
    return header.lun();
  }

  /** Number of the logical unit; -1 when it is written in no known way. */
  int unit() {
    return unit;
  }

  byte[] command() {
    return header.command();
  }

  boolean immediate() {
    return header.immediate();
  }

  boolean reads() {
    return header.has(READS);
  }

  boolean writes() {
    return header.has(WRITES);
  }

  boolean isOrdered() {
    return (header.flags() & ATTRIBUTE_MASK) == ORDERED;
  }

  /** What the initiator expects to be transferred, bytes; beyond 2 GiB: the largest number. */
  int expectedBytes() {
    return header.u32(20) < 0 ? Integer.MAX_VALUE : header.u32(20);
  }

  CompletableFuture<Void> over() {
    return over;
  }

  long chargedBytes() {
    return chargedBytes;
  }

  void charge(long bytes) {
    chargedBytes += bytes;
  }

  boolean isAdmitted() {
    return admitted;
  }

  boolean isRunning() {
    return running;
  }

  boolean isAborted() {
    return aborted;
  }

  /** Aborted, or answered before its work was known. */
  boolean isOver() {
    return aborted || outcome != null;
  }

  void abort() {
    aborted = true;
  }

  Work work() {
    return work;
  }

  void work(Work prepared) {
    work = prepared;
    int expected = writes() ? expectedBytes() : 0;
    neededBytes = Math.min(prepared.outBytes(), expected);
  }

  int neededBytes() {
    return neededBytes;
  }

  /** No more data are taken. */
  void endData() {
    moreUnsolicited = false;
    solicited.clear();
  }

  /** An answer that waits for the end of unsolicited data, or null. */
  Outcome outcome() {
    return outcome;
  }

  void outcome(Outcome answered) {
    outcome = answered;
  }

  /** Keeps unsolicited data until there is room. */
  void keepEarly(ByteBuf buffer, int immediateBytes) {
    early = buffer;
    unsolicitedBytes = immediateBytes;
  }

  boolean expectsUnsolicited() {
    return moreUnsolicited;
  }

  /** Whether a unit of data is the next one that may come. */
  boolean isNext(Header unit, boolean solicitedOne, int firstBurstBytes) {
    int offset = unit.u32(40);
    if (!solicitedOne) {
      int most = Math.min(firstBurstBytes, expectedBytes());
      return moreUnsolicited
          && offset == unsolicitedBytes
          && unit.dataBytes() <= most - offset
          && unit.u32(36) == unsolicitedUnits;
    }
    Solicited range = range(unit);
    return range != null
        && offset == range.offset + range.doneBytes
        && unit.dataBytes() <= range.length - range.doneBytes
        && unit.u32(36) == range.unitCount
        && unit.has(0x80) == (unit.dataBytes() == range.length - range.doneBytes);
  }

  /** Where the data of the next unit go: a reference of their own; null when nobody wants them. */
  ByteBuf place(Header unit) {
    ByteBuf to = data == null ? early : data;
    return to == null ? null : to.retainedSlice(unit.u32(40), unit.dataBytes()).writerIndex(0);
  }

  /** An unsolicited unit is complete. */
  void unsolicitedDone(Header unit) {
    unsolicitedBytes += unit.dataBytes();
    unsolicitedUnits++;
    moreUnsolicited = !unit.has(0x80);
    gatheredBytes = Math.min(neededBytes, unsolicitedBytes);
  }

  /** There is room: takes up a buffer for all data, with what has come. */
  void admit(ByteBuf room) {
    admitted = true;
    if (room != null) {
      data = room;
      if (early != null) {
        int part = Math.min(Math.min(unsolicitedBytes, early.capacity()), room.capacity());
        data.setBytes(0, early, 0, part);
        early.release();
      }
    } else {
      data = early;
    }
    early = null;
    gatheredBytes = Math.min(neededBytes, unsolicitedBytes);
    solicitedBytes = gatheredBytes;
  }

  /** The size of the buffer for all data; what more is sent unasked for has its place too. */
  int roomBytes() {
    return moreUnsolicited && early != null ? Math.max(neededBytes, early.capacity()) : neededBytes;
  }

  /** Whether what came with the command is all that it needs, and can stay where it is. */
  boolean earlySuffices() {
    return !moreUnsolicited
        && (neededBytes == 0 || (early != null && unsolicitedBytes >= neededBytes));
  }

  boolean isGathered() {
    return gatheredBytes >= neededBytes && !moreUnsolicited;
  }

  /** The next range to ask for, or null when all is asked for or enough is under way. */
  Solicited solicit(int tag, int maxBurstBytes, int outstandingMax) {
    solicitedBytes = Math.max(solicitedBytes, gatheredBytes);
    if (moreUnsolicited || solicited.size() >= outstandingMax || solicitedBytes >= neededBytes) {
      return null;
    }
    int length = Math.min(maxBurstBytes, neededBytes - solicitedBytes);
    Solicited next = new Solicited(tag, solicitedBytes, length);
    solicited.add(next);
    solicitedBytes += length;
    solicitedCount++;
    return next;
  }

  /** How many ranges were asked for so far. */
  int solicitedCount() {
    return solicitedCount;
  }

  private Solicited range(Header unit) {
    for (Solicited range : solicited) {
      if (range.tag == unit.u32(20)) {
        return range;
      }
    }
    return null;
  }

  /** A solicited unit is complete. */
  void solicitedDone(Header unit) {
    Solicited range = range(unit);
    range.doneBytes += unit.dataBytes();
    range.unitCount++;
    gatheredBytes += unit.dataBytes();
    if (range.doneBytes == range.length) {
      solicited.remove(range);
    }
  }

  /** The data, for the work. */
  ByteBuffer start() {
    running = true;
    return data == null || neededBytes == 0
        ? ByteBuffer.allocate(0)
        : data.nioBuffer(0, Math.min(neededBytes, data.capacity()));
  }

  void stopped() {
    running = false;
  }

  /** Lets go of the data; not while the work runs. */
  void release() {
    Connection.release(early);
    Connection.release(data);
    early = null;
    data = null;
  }
}
