package io.aerie.engine.disk;

import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;

/**
 * Where the data of an entry lies that was written straight to its slot, and what it must look
 * like. A record of it is that of the entry without this data, and
 *
 * <pre>
 *  53 flags 1 (1: logged again) | 112 slot 4 | 116 checksums 4 | 120 units 8 (bit n: unit n)
 * 128 data that goes through the log (the row checksums of a parity), "data bytes" long
 *     CRC32C 4 of each page of the units, ascending
 * </pre>
 */
final class DirectData {
  private static final int FLAGS_INDEX = 53;
  private static final int SLOT_INDEX = 112;
  private static final int COUNT_INDEX = 116;
  private static final int UNITS_INDEX = 120;
  private static final int LOGGED_AGAIN = 1;
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  final int slot;

  /** Bit n stands for unit n of the block. */
  final long units;

  /** Of the pages of these units, ascending. */
  final int[] checksums;

  DirectData(int slot, long units, int[] checksums) {
    this.slot = slot;
    this.units = units;
    this.checksums = checksums;
  }

  /** Data that is to be written there. */
  static DirectData of(int slot, long units, ByteBuffer data) {
    int[] checksums = new int[Long.bitCount(units) * Geometry.PAGES_PER_UNIT];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = Crc.of(data, data.position() + i * Geometry.PAGE_BYTES, Geometry.PAGE_BYTES);
    }
    return new DirectData(slot, units, checksums);
  }

  int bytes() {
    return checksums.length * Geometry.PAGE_BYTES;
  }

  /** The units that a change fills whole with data; 0 when its data is not whole units. */
  static long wholeUnits(Change change) {
    if (change instanceof Change.Write write) {
      return wholeUnits(write.firstPage(), write.data());
    } else if (change instanceof Change.Parity parity) {
      long sums = touchedUnits(parity.firstSumPage(), pages(parity.sums()));
      long units = wholeUnits(parity.firstPage(), parity.data());
      return (units & sums) == 0 ? units : 0;
    } else if (change instanceof Change.Copy copy) {
      long units = 0;
      for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
        units |= copy.units().get(unit) == UnitState.PRESENT ? 1L << unit : 0;
      }
      return units;
    }
    return 0;
  }

  private static long wholeUnits(int firstPage, ByteBuffer data) {
    boolean whole =
        firstPage % Geometry.PAGES_PER_UNIT == 0 && data.remaining() % Geometry.UNIT_BYTES == 0;
    return whole ? touchedUnits(firstPage, pages(data)) : 0;
  }

  /** The units of which a change, once settled, changes anything. */
  static long touchedUnits(Change change) {
    if (change instanceof Change.Write write) {
      return touchedUnits(write.firstPage(), pages(write.data()));
    } else if (change instanceof Change.Parity parity) {
      return touchedUnits(parity.firstPage(), pages(parity.data()))
          | touchedUnits(parity.firstSumPage(), pages(parity.sums()));
    } else if (change instanceof Change.Zero zero) {
      return touchedUnits(zero.firstPage(), zero.pageCount());
    }
    return change instanceof Change.Copy ? -1L : 0;
  }

  private static int pages(ByteBuffer data) {
    return data.remaining() / Geometry.PAGE_BYTES;
  }

  private static long touchedUnits(int firstPage, int pageCount) {
    if (pageCount == 0) {
      return 0;
    }
    int first = firstPage / Geometry.PAGES_PER_UNIT;
    int last = (firstPage + pageCount - 1) / Geometry.PAGES_PER_UNIT;
    return (-1L << first) & (-1L >>> (Geometry.UNITS_PER_BLOCK - 1 - last));
  }

  /** The data that goes to the slot. */
  static ByteBuffer dataOf(Change change) {
    if (change instanceof Change.Write write) {
      return write.data();
    } else if (change instanceof Change.Parity parity) {
      return parity.data();
    }
    return ((Change.Copy) change).data();
  }

  /** The entry as it is logged and kept while it is in doubt. */
  static Entry withoutData(Entry entry) {
    Change change = entry.change();
    if (change instanceof Change.Write write) {
      change = new Change.Write(write.block(), write.firstPage(), NO_DATA);
    } else if (change instanceof Change.Parity parity) {
      change =
          new Change.Parity(
              parity.block(), parity.firstPage(), NO_DATA, parity.firstSumPage(), parity.sums());
    } else if (change instanceof Change.Copy copy) {
      change =
          new Change.Copy(copy.block(), copy.version(), copy.groupEpoch(), copy.units(), NO_DATA);
    }
    return new Entry(entry.stream(), entry.point(), entry.groupEpoch(), change);
  }

  /** Bytes of the record's payload. */
  int payloadBytes(Entry withoutData) {
    return LogPayload.entryBytes(withoutData) + checksums.length * Integer.BYTES;
  }

  /**
   * Writes a payload.
   *
   * @param again whether the data has long been durable
   */
  void encode(Entry withoutData, boolean again, ByteBuffer to) {
    LogPayload.encode(withoutData, to);
    to.put(FLAGS_INDEX, (byte) (again ? LOGGED_AGAIN : 0));
    to.putInt(SLOT_INDEX, slot).putInt(COUNT_INDEX, checksums.length).putLong(UNITS_INDEX, units);
    int index = LogPayload.entryBytes(withoutData);
    for (int checksum : checksums) {
      to.putInt(index, checksum);
      index += Integer.BYTES;
    }
  }

  static DirectData decode(Entry withoutData, ByteBuffer from) {
    int[] checksums = new int[from.getInt(COUNT_INDEX)];
    int index = LogPayload.entryBytes(withoutData);
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = from.getInt(index + i * Integer.BYTES);
    }
    return new DirectData(from.getInt(SLOT_INDEX), from.getLong(UNITS_INDEX), checksums);
  }

  static boolean isLoggedAgain(ByteBuffer payload) {
    return (payload.get(FLAGS_INDEX) & LOGGED_AGAIN) != 0;
  }
}
