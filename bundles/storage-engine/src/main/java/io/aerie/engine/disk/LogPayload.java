package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the records of the log say.
 *
 * <pre>
 * ENTRY          0 volume 8 | 8 group 8 | 16 epoch 8 | 24 sequence 8 | 32 group epoch 8
 *               40 layer 8 | 48 index 4 | 52 change 1 | 53 zero 3 | 56 first page 4
 *               60 page count 4 | 64 data bytes 4 | 68 first page of row checksums 4 (parities)
 *               72 version epoch 8 | 80 version sequence 8 | 88 version's group epoch 8
 *               96 units 16 | 112 zero 16 | 128 data
 *               change: 1 write, 2 zero, 3 nothing, 4 copy, 5 remove, 6 parity; 72 to 111 for
 *               copies only; data of a parity: the pages, then those of the row checksums
 * DIRECT         the same without the data that is in its slot: {@link DirectData}
 * BASE           0 volume 8 | 8 group 8 | 16 epoch 8 | 24 kept epoch 8 | 32 kept sequence 8
 *               40 first 8 | 48 returning 1 | 49 zero 7
 * WATERMARK      0 volume 8 | 8 group 8 | 16 epoch 8 | 24 sequence 8
 * DELETE_VOLUME  0 volume 8
 * DELETE_STREAM  0 volume 8 | 8 group 8
 * </pre>
 */
final class LogPayload {
  static final int ENTRY_HEAD_BYTES = 128;
  static final int BASE_BYTES = 56;
  static final int WATERMARK_BYTES = 32;
  private static final int DELETE_VOLUME_BYTES = 8;
  private static final int DELETE_STREAM_BYTES = 16;

  private static final int CHANGE_WRITE = 1;
  private static final int CHANGE_ZERO = 2;
  private static final int CHANGE_NOTHING = 3;
  private static final int CHANGE_COPY = 4;
  private static final int CHANGE_REMOVE = 5;
  private static final int CHANGE_PARITY = 6;

  private LogPayload() {}

  /** A settled place of a stream. */
  record Watermark(StreamKey stream, Point point) {}

  static int deletionBytes(Deletion deletion) {
    return deletion.single() ? DELETE_STREAM_BYTES : DELETE_VOLUME_BYTES;
  }

  static void encode(Deletion deletion, ByteBuffer to) {
    to.putLong(0, deletion.first().volume());
    if (deletion.single()) {
      to.putLong(8, deletion.first().group());
    }
  }

  static int entryBytes(Entry entry) {
    return ENTRY_HEAD_BYTES + entry.change().dataBytes();
  }

  private static ByteBuffer data(Change change) {
    if (change instanceof Change.Write write) {
      return write.data();
    } else if (change instanceof Change.Parity parity) {
      return parity.data();
    }
    return change instanceof Change.Copy copy ? copy.data() : null;
  }

  /** Writes to a slice whose limit is the payload's length. */
  static void encode(Entry entry, ByteBuffer to) {
    for (int i = 0; i < ENTRY_HEAD_BYTES; i += Long.BYTES) {
      to.putLong(i, 0);
    }
    putStream(to, entry.stream());
    SlotTable.putPoint(to, 16, entry.point());
    to.putLong(32, entry.groupEpoch());
    Change change = entry.change();
    if (change instanceof Change.Write write) {
      putBlock(to, write.block(), CHANGE_WRITE);
      to.putInt(56, write.firstPage());
      to.putInt(60, write.data().remaining() / Geometry.PAGE_BYTES);
    } else if (change instanceof Change.Parity parity) {
      putBlock(to, parity.block(), CHANGE_PARITY);
      int bytes = parity.data().remaining();
      to.putInt(56, parity.firstPage()).putInt(60, bytes / Geometry.PAGE_BYTES);
      to.putInt(68, parity.firstSumPage());
      ByteBuffer sums = parity.sums();
      to.put(ENTRY_HEAD_BYTES + bytes, sums, sums.position(), sums.remaining());
    } else if (change instanceof Change.Zero zero) {
      putBlock(to, zero.block(), CHANGE_ZERO);
      to.putInt(56, zero.firstPage()).putInt(60, zero.pageCount());
    } else if (change instanceof Change.Copy copy) {
      putBlock(to, copy.block(), CHANGE_COPY);
      SlotTable.putPoint(to, 72, copy.version());
      to.putLong(88, copy.groupEpoch());
      SlotTable.putUnits(to, 96, copy.units().toArray(new UnitState[0]));
    } else if (change instanceof Change.Remove removal) {
      putBlock(to, removal.block(), CHANGE_REMOVE);
    } else {
      to.put(52, (byte) CHANGE_NOTHING);
    }
    ByteBuffer data = data(change);
    if (data != null) {
      to.putInt(64, change.dataBytes());
      to.put(ENTRY_HEAD_BYTES, data, data.position(), data.remaining());
    }
  }

  private static void putBlock(ByteBuffer to, BlockKey block, int change) {
    to.putLong(40, block.layer()).putInt(48, block.index()).put(52, (byte) change);
  }

  private static void putStream(ByteBuffer to, StreamKey stream) {
    to.putLong(0, stream.volume()).putLong(8, stream.group());
  }

  private static StreamKey stream(ByteBuffer from) {
    return new StreamKey(from.getLong(0), from.getLong(8));
  }

  /** The data is copied out of the buffer. */
  static Entry entry(ByteBuffer from) {
    return new Entry(stream(from), SlotTable.point(from, 16), from.getLong(32), change(from));
  }

  private static Change change(ByteBuffer from) {
    BlockKey block = new BlockKey(from.getLong(40), from.getInt(48));
    return switch (from.get(52)) {
      case CHANGE_WRITE -> new Change.Write(block, from.getInt(56), dataOf(from));
      case CHANGE_ZERO -> new Change.Zero(block, from.getInt(56), from.getInt(60));
      case CHANGE_NOTHING -> new Change.Nothing();
      case CHANGE_COPY ->
          new Change.Copy(
              block, SlotTable.point(from, 72), from.getLong(88), units(from), dataOf(from));
      case CHANGE_REMOVE -> new Change.Remove(block);
      case CHANGE_PARITY -> parity(block, from);
      default ->
          throw new AerieException(
              ErrorCode.UNSUPPORTED_FORMAT,
              "The disk's log has a change of unknown kind " + from.get(52));
    };
  }

  private static Change parity(BlockKey block, ByteBuffer from) {
    ByteBuffer both = dataOf(from);
    int bytes = from.getInt(60) * Geometry.PAGE_BYTES;
    return new Change.Parity(
        block,
        from.getInt(56),
        both.slice(0, bytes),
        from.getInt(68),
        both.slice(bytes, both.remaining() - bytes));
  }

  private static List<UnitState> units(ByteBuffer from) {
    List<UnitState> units = new ArrayList<>(Geometry.UNITS_PER_BLOCK);
    for (int unit = 0; unit < Geometry.UNITS_PER_BLOCK; unit++) {
      units.add(SlotTable.unit(from, 96, unit));
    }
    return units;
  }

  private static ByteBuffer dataOf(ByteBuffer from) {
    int length = from.getInt(64);
    ByteBuffer data = ByteBuffer.allocate(length);
    data.put(0, from, ENTRY_HEAD_BYTES, length);
    return data;
  }

  static void encode(Base base, ByteBuffer to) {
    putStream(to, base.stream());
    to.putLong(16, base.epoch());
    SlotTable.putPoint(to, 24, base.kept());
    to.putLong(40, base.first()).putLong(48, 0);
    to.put(48, (byte) (base.returning() ? 1 : 0));
  }

  static Base base(ByteBuffer from) {
    return new Base(
        stream(from),
        from.getLong(16),
        SlotTable.point(from, 24),
        from.getLong(40),
        from.get(48) == 1);
  }

  static void encode(Watermark watermark, ByteBuffer to) {
    putStream(to, watermark.stream);
    SlotTable.putPoint(to, 16, watermark.point);
  }

  static Watermark watermark(ByteBuffer from) {
    return new Watermark(stream(from), SlotTable.point(from, 16));
  }
}
