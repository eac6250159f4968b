package io.aerie.engine.disk;

import io.aerie.base.Checks;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Point;
import java.nio.ByteBuffer;

/**
 * What replayed records mean to a state that a checkpoint left. Records before the checkpoint only
 * give back the data of entries that it lists as in doubt; those after it happen again.
 */
final class RecordApplier implements LogReplay.Sink {
  private final DiskState state;
  private final long checkpointLsn;

  RecordApplier(DiskState state, long checkpointLsn) {
    this.state = state;
    this.checkpointLsn = checkpointLsn;
  }

  @Override
  public void accept(LogFormat.Header header, ByteBuffer payload, long batchLsn) {
    boolean again = header.lsn() >= checkpointLsn;
    switch (header.type()) {
      case LogFormat.TYPE_ENTRY ->
          entry(
              LogPayload.entry(payload),
              LogFormat.recordBytes(header.payloadBytes()),
              batchLsn,
              again);
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
          state.deleteVolume(payload.getLong(0));
        }
      }
      case LogFormat.TYPE_PAD -> {
        // fills the batch's last page
      }
      default -> Checks.check(false, "The log has a record of unknown type %d", header.type());
    }
  }

  private void entry(Entry entry, int recordBytes, long batchLsn, boolean again) {
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
      reserve(entry);
      state.putDoubt(stream, entry, recordBytes, batchLsn);
    } else if (again && point.sequence() > stream.last.sequence()) {
      Checks.check(
          point.sequence() == stream.last.sequence() + 1,
          "The log of %s goes from %s to %s",
          entry.stream(),
          stream.last,
          point);
      reserve(entry);
      state.append(entry, recordBytes, batchLsn);
    }
  }

  private void reserve(Entry entry) {
    Checks.check(state.reserve(entry), "No room for logged entry %s", entry.point());
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
