package io.aerie.engine.owner;

import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamState;
import java.util.Collection;
import java.util.Optional;

/**
 * What is kept of a stream at a takeover (rule 5): the longest common prefix of what its in-sync
 * members hold. Whatever was acknowledged is in it, since all of them held it then.
 *
 * <p>A history is a list of ends of epochs, of which the settled beginning may be cut off; the
 * settled part is common to all. So the comparison starts at the highest watermark and goes on as
 * long as all went through the same epochs to the same ends.
 */
final class Settlement {
  private Settlement() {}

  /**
   * Returns the last kept place; empty when a member lacks something that another knows as settled,
   * which can't be unless the protocol or a disk is broken.
   *
   * @param states of all in-sync members; absent streams as null
   */
  static Optional<Point> kept(Collection<StreamState> states) {
    Point from = Point.NONE;
    for (StreamState state : states) {
      if (state != null && state.watermark().compareTo(from) > 0) {
        from = state.watermark();
      }
    }
    for (StreamState state : states) {
      if (!holds(state, from)) {
        return Optional.empty();
      }
    }
    while (true) {
      Point least = null;
      boolean same = true;
      for (StreamState state : states) {
        Point next = next(state, from);
        if (next == null || (least != null && next.epoch() != least.epoch())) {
          return Optional.of(from);
        }
        same &= least == null || next.equals(least);
        least = least == null || next.compareTo(least) < 0 ? next : least;
      }
      if (least == null) {
        return Optional.of(from);
      }
      from = least;
      if (!same) {
        return Optional.of(from);
      }
    }
  }

  private static boolean holds(StreamState state, Point point) {
    if (point.equals(Point.NONE)) {
      return true;
    }
    if (state == null) {
      return false;
    }
    if (point.compareTo(state.watermark()) <= 0) {
      return true;
    }
    for (Point end : state.history()) {
      if (end.epoch() == point.epoch() && end.sequence() >= point.sequence()) {
        return true;
      }
    }
    return false;
  }

  private static Point next(StreamState state, Point from) {
    if (state != null) {
      for (Point end : state.history()) {
        if (end.compareTo(from) > 0) {
          return end;
        }
      }
    }
    return null;
  }
}
