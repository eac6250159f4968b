package io.aerie.engine.disk;

import io.aerie.base.Checks;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What replayed records mean to a state that a checkpoint left. Records before the checkpoint only
 * give back the data of entries that it lists as in doubt; those after it happen again.
 */
final class RecordApplier implements LogReplay.Sink {
  private final DiskState state;
  private final long checkpointLsn;

  /** Data that the last batch sent straight to slots, and where that batch began. */
  private final List<DirectData> unproven = new ArrayList<>();

  private long batchLsn = -1;

  RecordApplier(DiskState state, long checkpointLsn) {
    this.state = state;
    this.checkpointLsn = checkpointLsn;
  }

  @Override
  public void accept(LogFormat.Header header, ByteBuffer payload, long ofBatchLsn) {
    if (batchLsn != ofBatchLsn) {
      batchLsn = ofBatchLsn;
      unproven.clear();
    }
    boolean again = header.lsn() >= checkpointLsn;
    int recordBytes = LogFormat.recordBytes(header.payloadBytes());
    switch (header.type()) {
      case LogFormat.TYPE_ENTRY ->
          entry(new Stream.Doubt(LogPayload.entry(payload), null, recordBytes, batchLsn), again);
      case LogFormat.TYPE_DIRECT -> {
        Entry entry = LogPayload.entry(payload);
        DirectData direct = DirectData.decode(entry, payload);
        if (!DirectData.isLoggedAgain(payload)) {
          unproven.add(direct);
        }
        entry(new Stream.Doubt(entry, direct, recordBytes, batchLsn), again);
      }
      case LogFormat.TYPE_BASE -> {
        if (again) {
          base(LogPayload.base(payload));
        }
      }
      case LogFormat.TYPE_WATERMARK -> {
        if (again) {
          watermark(LogPayload.watermark(payload));
        }
      }
      case LogFormat.TYPE_DELETE_VOLUME -> {
        if (again) {
          state.delete(Deletion.of(payload.getLong(0)));
        }
      }
      case LogFormat.TYPE_DELETE_STREAM -> {
        if (again) {
          state.delete(Deletion.of(new StreamKey(payload.getLong(0), payload.getLong(8))));
        }
      }
      case LogFormat.TYPE_PAD -> {
        // fills the batch's last page
      }
      default -> Checks.check(false, "The log has a record of unknown type %d", header.type());
    }
  }

  /** Where the last batch began; -1 when there was none. */
  long lastBatchLsn() {
    return batchLsn;
  }

  /** Data of the last batch of which only its place in the log says that it was ever durable. */
  List<DirectData> unproven() {
    return unproven;
  }

  private void entry(Stream.Doubt found, boolean again) {
    Entry entry = found.entry;
    Stream stream = state.streams.get(entry.stream());
    Point point = entry.point();
    if (stream == null || point.epoch() != stream.last.epoch()) {
      Checks.check(
          stream == null ? !again : !again || point.epoch() < stream.last.epoch(),
          "Entry %s of %s has no base",
          point,
          entry.stream());
      return;
    }
    if (stream.inDoubt(point)) {
      Stream.Doubt known = stream.doubts.get(point.sequence());
      if (known != null) {
        known.batchLsn = found.batchLsn;
        return;
      }
      reserve(found);
      state.putDoubt(stream, found);
    } else if (again && point.sequence() > stream.last.sequence()) {
      Checks.check(
          point.sequence() == stream.last.sequence() + 1,
          "The log of %s goes from %s to %s",
          entry.stream(),
          stream.last,
          point);
      reserve(found);
      state.append(found);
    }
  }

  private void reserve(Stream.Doubt found) {
    Checks.check(state.reserve(found.entry), "No room for logged entry %s", found.entry.point());
    state.expect(found.entry, found.direct);
  }

  private void base(Base base) {
    if (!state.streams.containsKey(base.stream())) {
      Checks.check(state.reserveStream(), "No room for logged stream %s", base.stream());
    }
    state.base(base);
  }

  private void watermark(LogPayload.Watermark watermark) {
    Stream stream = state.streams.get(watermark.stream());
    if (stream != null && stream.inDoubt(watermark.point())) {
      requireDense(stream);
      state.advance(stream, watermark.point());
    } else if (stream != null
        && watermark.point().equals(new Point(stream.last.epoch(), stream.first))
        && watermark.point().compareTo(stream.watermark) > 0) {
      state.advance(stream, watermark.point());
    }
  }

  /** At the end: all that counts as in doubt must have been found. */
  void finish() {
    state.streams.values().forEach(RecordApplier::requireDense);
  }

  private static void requireDense(Stream stream) {
    long expected = stream.last.sequence() - stream.settledSequence();
    Checks.check(
        stream.doubts.size() == expected,
        "%d entries of %s are in doubt, the log has %d of them",
        expected,
        stream.key,
        stream.doubts.size());
  }
}
