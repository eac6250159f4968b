package io.aerie.engine.store;

import java.util.List;

/**
 * Where a stream stands on this disk. Everything durable, in doubt or settled.
 *
 * @param stream whose history
 * @param last the last durable entry (or the base, when none followed)
 * @param watermark the last settled place
 * @param history ends of the epochs that this disk's unsettled past went through, oldest first, the
 *     last element equal to {@code last}: (3, 17), (5, 2) reads "epoch 3 up to 17, then epoch 5 up
 *     to 2". Its first element is at or below the watermark
 */
public record StreamState(StreamKey stream, Point last, Point watermark, List<Point> history) {
  public StreamState {
    history = List.copyOf(history);
  }
}
