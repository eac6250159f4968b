package io.aerie.sim;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Time and chance. Events of one instant run in the order they were made in. */
final class World {
  static final long MILLISECOND = 1_000_000L;
  static final long SECOND = 1_000 * MILLISECOND;

  private record Event(long time, long order, Runnable task) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::order));
  private final SplittableRandom random;
  private final StringBuilder trace = new StringBuilder();
  private final boolean tracing;
  private long now = SECOND;
  private long order;
  private long ran;

  World(long seed, boolean tracing) {
    random = new SplittableRandom(seed);
    this.tracing = tracing;
  }

  long now() {
    return now;
  }

  long ran() {
    return ran;
  }

  void at(long delay, Runnable task) {
    events.add(new Event(now + Math.max(0, delay), order++, task));
  }

  /** Runs for a span of simulated time. */
  void run(long span) {
    long until = now + span;
    while (!events.isEmpty() && events.peek().time() <= until) {
      Event event = events.remove();
      now = event.time();
      ran++;
      event.task().run();
    }
    now = until;
  }

  SplittableRandom random() {
    return random;
  }

  boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  long between(long low, long high) {
    return low + random.nextLong(high - low);
  }

  void trace(String who, String what) {
    if (tracing) {
      System.out.printf("%10.4f %s %s%n", now / 1e9, who, what);
    }
    trace.append(now).append(' ').append(who).append(' ').append(what).append('\n');
    if (trace.length() > 400_000) {
      trace.delete(0, 200_000);
    }
  }

  /** The end of what was traced. */
  String lately(int characters) {
    return trace.substring(Math.max(0, trace.length() - characters));
  }
}
