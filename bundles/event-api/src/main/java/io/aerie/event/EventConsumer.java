package io.aerie.event;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Takes notices in. */
@FunctionalInterface
public interface EventConsumer {
  /**
   * Called with the next notices, in order, by one thread at a time and never before the stage of
   * the call before is complete. Doesn't block: many share the threads. A stage that fails, or an
   * exception, ends the subscription.
   */
  CompletionStage<Void> deliver(List<EventNotice> notices);

  /**
   * Nothing more comes, though the subscriber did not close: this node's events go away (an
   * update), or the consumer failed. Who still wants to know subscribes again, behind its last
   * position.
   */
  default void ended() {}
}
