package io.aerie.event;

/** The one place of a node to learn what happens in the cluster. A service. */
public interface Events {
  /**
   * Subscribes. The consumer gets {@link EventNotice.Begun}, then each event that the selection
   * fits, once, in the order of its source. It is told {@link EventNotice.Resynchronise} instead of
   * being left without something.
   *
   * @throws io.aerie.base.AerieException INVALID_VALUE for a {@code since} that is none;
   *     LIMIT_REACHED when this node has as many subscriptions as it takes; UNAVAILABLE when a
   *     revision is given and its source is away
   */
  EventSubscription subscribe(EventSelection selection, EventConsumer consumer);
}
