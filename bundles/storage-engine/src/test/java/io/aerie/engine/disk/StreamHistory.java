package io.aerie.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that was called for one stream since it was last compared, and what may survive of it. */
final class StreamHistory {
  /** A call and whether the engine promised it. */
  abstract static class Call {
    boolean durable;
    boolean withdrawn;
  }

  static final class Append extends Call {
    final Entry entry;

    Append(Entry entry) {
      this.entry = entry;
    }
  }

  static final class Begin extends Call {
    final Base base;

    Begin(Base base) {
      this.base = base;
    }
  }

  static final class Advance extends Call {
    final Point to;

    Advance(Point to) {
      this.to = to;
    }
  }

  static final class Delete extends Call {}

  private MemoryStore.ModelStream floor;
  private List<Call> calls = new ArrayList<>();

  /** Remembers a logged call; its completion makes it required. */
  Completion<Void> submit(Call call) {
    calls.add(call);
    return (nothing, error) -> {
      if (error == null) {
        call.durable = true;
      } else {
        assertThat(((AerieException) error).code()).isIn(ErrorCode.CONFLICT, ErrorCode.UNAVAILABLE);
        call.withdrawn = true;
      }
    };
  }

  void advance(Point to) {
    calls.add(new Advance(to));
  }

  int mark() {
    return calls.size();
  }

  void advancesDurable(int mark) {
    calls.subList(0, Math.min(mark, calls.size())).stream()
        .filter(Advance.class::isInstance)
        .forEach(call -> call.durable = true);
  }

  /** Where the next entry goes; null when nothing may be appended. */
  Point submitted() {
    Point last = floor == null ? null : floor.last;
    for (Call call : calls) {
      if (call instanceof Begin begin) {
        last = new Point(begin.base.epoch(), begin.base.first());
      } else if (call instanceof Append append && !call.withdrawn) {
        last = append.entry.point();
      } else if (call instanceof Delete) {
        last = null;
      }
    }
    return last;
  }

  /** Whether a base or deletion is on its way. */
  boolean changesPending() {
    return calls.stream()
        .anyMatch(call -> (call instanceof Begin || call instanceof Delete) && !call.durable);
  }

  /** What the engine should show now: all that was completed. */
  MemoryStore.ModelStream live() {
    MemoryStore.ModelStream stream = floor == null ? null : floor.copy();
    for (Call call : calls) {
      if (call.durable || call instanceof Advance) {
        stream = apply(stream, call);
      }
    }
    return stream;
  }

  private static MemoryStore.ModelStream apply(MemoryStore.ModelStream stream, Call call) {
    if (call instanceof Begin begin) {
      MemoryStore.ModelStream based = stream == null ? new MemoryStore.ModelStream() : stream;
      based.base(begin.base);
      return based;
    } else if (call instanceof Delete) {
      return null;
    } else if (call instanceof Append append) {
      stream.append(append.entry);
    } else if (call instanceof Advance advance) {
      stream.advance(advance.to);
    }
    return stream;
  }

  ByteBuffer read(BlockKey block, int page, int count) {
    MemoryStore.ModelBlock found = live().blocks.get(block);
    return (found == null ? new MemoryStore.ModelBlock() : found).read(page, count);
  }

  long slots() {
    return floor.blocks.values().stream()
        .filter(block -> List.of(block.units).contains(UnitState.PRESENT))
        .count();
  }

  /**
   * What must have survived given what the engine says, or null when the stream is rightly gone.
   * Becomes the new floor.
   */
  MemoryStore.ModelStream recover(StreamKey key, Optional<StreamState> state) {
    List<Call> logged =
        calls.stream().filter(call -> !(call instanceof Advance) && !call.withdrawn).toList();
    int required = 0;
    for (int i = 0; i < logged.size(); i++) {
      required = logged.get(i).durable ? i + 1 : required;
    }
    for (int count = required; count <= logged.size(); count++) {
      MemoryStore.ModelStream candidate = upTo(logged, count);
      if (candidate == null && state.isEmpty()) {
        return null;
      }
      if (candidate != null
          && state.isPresent()
          && candidate.last.equals(state.get().last())
          && candidate.kept.equals(state.get().history().get(0))
          && newestWatermark(candidate).compareTo(state.get().watermark()) >= 0) {
        settle(candidate, state.get());
        floor = candidate;
        calls = new ArrayList<>();
        return floor;
      }
    }
    throw new AssertionError(
        key + " is " + state + ", of " + logged.size() + " calls " + required + " were promised");
  }

  /** The first so many logged calls; watermarks only as far as a later base fixed them. */
  private MemoryStore.ModelStream upTo(List<Call> logged, int count) {
    int end = 0;
    for (int i = 0; i < count; i++) {
      end = logged.get(i) instanceof Append ? end : calls.indexOf(logged.get(i)) + 1;
    }
    MemoryStore.ModelStream stream = floor == null ? null : floor.copy();
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      int place = logged.indexOf(call);
      if (place >= 0 ? place < count : call instanceof Advance && (i < end || call.durable)) {
        stream = apply(stream, call);
      }
    }
    return stream;
  }

  private void settle(MemoryStore.ModelStream stream, StreamState state) {
    assertThat(state.watermark()).isBetween(stream.watermark, newestWatermark(stream));
    if (!state.watermark().equals(stream.watermark)) {
      stream.advance(state.watermark());
    }
  }

  private Point newestWatermark(MemoryStore.ModelStream stream) {
    Point newest = stream.watermark;
    for (Call call : calls) {
      if (call instanceof Advance advance
          && advance.to.epoch() == stream.last.epoch()
          && advance.to.compareTo(newest) > 0) {
        newest = advance.to;
      }
    }
    return newest;
  }
}
