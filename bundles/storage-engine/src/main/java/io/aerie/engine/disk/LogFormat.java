package io.aerie.engine.disk;

import java.nio.ByteBuffer;

/**
 * The header of every log record. A record is a header and a payload, padded with zeroes to 64
 * bytes. Records of one commit make a batch, which begins and ends at pages of 4 KiB; it counts
 * whole or not at all. An LSN is a byte's place in the endless log; it lies at {@code lsn mod ring
 * bytes} of the ring.
 *
 * <pre>
 *  0 magic "ARlg"       4 | 4 format version 1 | 5 type 1 | 6 flags 2 (zero)
 *  8 LSN                8 | 16 lap             4 | 20 payload bytes 4
 * 24 durable up to LSN  8 | 32 disk generation 8
 * 40 predecessor's header CRC 4 | 44 payload CRC 4
 * 48 batch bytes        4 | 52 offset in the batch 4
 * 56 zero               4 | 60 header CRC32C   4 (of bytes 0 to 59)
 * </pre>
 *
 * <p>All numbers are big-endian. "Durable up to" says what the last flush before this record's
 * commit covered: damage below a later record's mark is rot, never a torn tail. LSN and lap keep
 * records of older laps dead; the predecessor's checksum keeps those dead that lay beyond a dropped
 * tail.
 */
final class LogFormat {
  static final int HEADER_BYTES = 64;
  static final int FORMAT_VERSION = 1;
  private static final int MAGIC = 0x41526c67;

  static final int TYPE_PAD = 1;
  static final int TYPE_ENTRY = 2;
  static final int TYPE_BASE = 3;
  static final int TYPE_WATERMARK = 4;
  static final int TYPE_DELETE_VOLUME = 5;

  /** An entry whose data was written straight to a slot; the record has its checksums (H8). */
  static final int TYPE_DIRECT = 6;

  static final int TYPE_DELETE_STREAM = 7;

  private LogFormat() {}

  /** What a header says, apart from what only its checks need. */
  record Header(
      int type,
      long lsn,
      int payloadBytes,
      long durableLsn,
      int predecessorCrc,
      int payloadCrc,
      int batchBytes,
      int batchOffset,
      int headerCrc) {}

  /** Bytes that a record takes in the log. */
  static int recordBytes(int payloadBytes) {
    return (HEADER_BYTES + payloadBytes + HEADER_BYTES - 1) / HEADER_BYTES * HEADER_BYTES;
  }

  /** Writes a header before its payload, which is in place already. Returns the header's CRC. */
  static int encode(ByteBuffer batch, int index, Header header, int lap, long generation) {
    batch.putInt(index, MAGIC).put(index + 4, (byte) FORMAT_VERSION);
    batch.put(index + 5, (byte) header.type).putShort(index + 6, (short) 0);
    batch.putLong(index + 8, header.lsn).putInt(index + 16, lap);
    batch.putInt(index + 20, header.payloadBytes);
    batch.putLong(index + 24, header.durableLsn).putLong(index + 32, generation);
    batch.putInt(index + 40, header.predecessorCrc);
    batch.putInt(index + 44, Crc.of(batch, index + HEADER_BYTES, header.payloadBytes));
    batch.putInt(index + 48, header.batchBytes).putInt(index + 52, header.batchOffset);
    batch.putInt(index + 56, 0);
    int crc = Crc.of(batch, index, 60);
    batch.putInt(index + 60, crc);
    return crc;
  }

  /** Null unless a whole header of this very place lies there. */
  static Header decode(ByteBuffer buffer, int index, long lsn, int lap) {
    if (buffer.getInt(index) != MAGIC
        || buffer.getLong(index + 8) != lsn
        || buffer.getInt(index + 16) != lap
        || buffer.getInt(index + 60) != Crc.of(buffer, index, 60)) {
      return null;
    }
    return new Header(
        buffer.get(index + 5),
        lsn,
        buffer.getInt(index + 20),
        buffer.getLong(index + 24),
        buffer.getInt(index + 40),
        buffer.getInt(index + 44),
        buffer.getInt(index + 48),
        buffer.getInt(index + 52),
        buffer.getInt(index + 60));
  }

  static int version(ByteBuffer buffer, int index) {
    return buffer.get(index + 4);
  }
}
