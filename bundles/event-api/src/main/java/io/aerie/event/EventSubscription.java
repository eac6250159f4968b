package io.aerie.event;

import io.aerie.base.Subscription;

/** Goes on until it is closed, or its consumer fails. */
public interface EventSubscription extends Subscription {
  /**
   * The position up to which the consumer knows all. Also moves on when nothing happens that it
   * wants, so who keeps it up to date doesn't fall out of history in quiet times.
   */
  String position();
}
