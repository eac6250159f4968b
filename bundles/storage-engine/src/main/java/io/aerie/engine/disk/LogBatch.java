package io.aerie.engine.disk;

import io.aerie.engine.store.Base;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Gathers the records of one commit and lays them out in one buffer. */
final class LogBatch {
  private record Pending(int type, int payloadBytes, Consumer<ByteBuffer> writer) {}

  private final List<Pending> records = new ArrayList<>();
  private int recordBytes;

  void add(Entry entry) {
    add(LogFormat.TYPE_ENTRY, LogPayload.entryBytes(entry), to -> LogPayload.encode(entry, to));
  }

  /**
   * An entry whose data goes straight to its slot.
   *
   * @param again whether the data is durable and only the record goes to the head of the log
   */
  void add(Entry withoutData, DirectData direct, boolean again) {
    add(
        LogFormat.TYPE_DIRECT,
        direct.payloadBytes(withoutData),
        to -> direct.encode(withoutData, again, to));
  }

  /** An entry in doubt, logged again. */
  void add(Stream.Doubt doubt) {
    if (doubt.direct == null) {
      add(doubt.entry);
    } else {
      add(doubt.entry, doubt.direct, true);
    }
  }

  void add(Base base) {
    add(LogFormat.TYPE_BASE, LogPayload.BASE_BYTES, to -> LogPayload.encode(base, to));
  }

  void add(LogPayload.Watermark watermark) {
    add(
        LogFormat.TYPE_WATERMARK,
        LogPayload.WATERMARK_BYTES,
        to -> LogPayload.encode(watermark, to));
  }

  void add(Deletion deletion) {
    add(
        deletion.single() ? LogFormat.TYPE_DELETE_STREAM : LogFormat.TYPE_DELETE_VOLUME,
        LogPayload.deletionBytes(deletion),
        to -> LogPayload.encode(deletion, to));
  }

  private void add(int type, int payloadBytes, Consumer<ByteBuffer> writer) {
    records.add(new Pending(type, payloadBytes, writer));
    recordBytes += LogFormat.recordBytes(payloadBytes);
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** Whole pages. */
  int bytes() {
    return (recordBytes + Geometry.PAGE_BYTES - 1) / Geometry.PAGE_BYTES * Geometry.PAGE_BYTES;
  }

  /**
   * Fills a buffer of {@link #bytes} for its place in the log.
   *
   * @return the CRC of the last header, the next batch's predecessor
   */
  int encode(ByteBuffer buffer, DiskLayout layout, long lsn, int predecessorCrc, long generation) {
    int padBytes = bytes() - recordBytes;
    if (padBytes > 0) {
      add(LogFormat.TYPE_PAD, padBytes - LogFormat.HEADER_BYTES, Superblock::zero);
    }
    int total = bytes();
    int crc = predecessorCrc;
    int offset = 0;
    for (Pending record : records) {
      int payloadIndex = offset + LogFormat.HEADER_BYTES;
      int length = LogFormat.recordBytes(record.payloadBytes);
      for (int i = payloadIndex + record.payloadBytes; i < offset + length; i++) {
        buffer.put(i, (byte) 0);
      }
      record.writer.accept(buffer.slice(payloadIndex, record.payloadBytes));
      LogFormat.Header header =
          new LogFormat.Header(
              record.type, lsn + offset, record.payloadBytes, lsn, crc, 0, total, offset, 0);
      crc = LogFormat.encode(buffer, offset, header, layout.lap(lsn + offset), generation);
      offset += length;
    }
    return crc;
  }
}
