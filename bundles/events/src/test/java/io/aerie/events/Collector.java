package io.aerie.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Takes notices in at once, or only when it is let. */
final class Collector implements EventConsumer {
  private static final long WAIT_SECONDS = 20;

  private final BlockingQueue<EventNotice> taken = new LinkedBlockingQueue<>();
  private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  @Override
  public CompletionStage<Void> deliver(List<EventNotice> notices) {
    taken.addAll(notices);
    return gate;
  }

  private volatile boolean ended;

  @Override
  public void ended() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** From the next call on, nothing more is taken in until the gate opens. */
  CompletableFuture<Void> stall() {
    gate = new CompletableFuture<>();
    return gate;
  }

  void flow() {
    CompletableFuture<Void> closed = gate;
    gate = CompletableFuture.completedFuture(null);
    closed.complete(null);
  }

  EventNotice next() throws InterruptedException {
    EventNotice notice = taken.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    assertThat(notice).as("nothing came").isNotNull();
    return notice;
  }

  /** The next one, which is an event, as {@code kind/id@revision}. */
  String nextEvent() throws InterruptedException {
    return text((EventNotice.Happened) next());
  }

  static String text(EventNotice.Happened happened) {
    return happened.event().kind() + "/" + happened.event().id() + "@" + happened.revision();
  }

  EventNotice.Begun begun() throws InterruptedException {
    return (EventNotice.Begun) next();
  }

  EventNotice.Resynchronise resynchronise() throws InterruptedException {
    return (EventNotice.Resynchronise) next();
  }

  int waiting() {
    return taken.size();
  }
}
