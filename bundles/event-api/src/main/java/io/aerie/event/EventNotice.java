package io.aerie.event;

import java.util.Set;

/**
 * What a subscriber is told. Each notice has a position: who has taken everything up to it in can
 * go on from there, on any node, with the position as {@code since}.
 */
public sealed interface EventNotice {
  /** An opaque text of printable characters without spaces. */
  String position();

  /** The first notice: what follows happened after this position. */
  record Begun(String position) implements EventNotice {}

  /**
   * Something happened.
   *
   * @param revision of the source at which it happened; objects bear the same as their revision
   */
  record Happened(Event event, long revision, String position) implements EventNotice {}

  /**
   * Something was missed, or may have been: read objects of these kinds anew. Everything after what
   * can be read from now on follows.
   *
   * @param why {@code history}: it no longer reaches back to {@code since}, or never knew it;
   *     {@code source}: this node's replica was replaced; {@code slow}: the subscriber was
   */
  record Resynchronise(Set<String> kinds, String why, String position) implements EventNotice {
    public Resynchronise {
      kinds = Set.copyOf(kinds);
    }
  }
}
