package io.aerie.sim;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Time and chance. Events of one instant run in the order they were made in, so a seed gives one
 * run; {@link #fingerprint} tells whether two runs were the same.
 */
public final class World {
  public static final long MILLISECOND = 1_000_000L;
  public static final long SECOND = 1_000 * MILLISECOND;

  /** What is kept of the trace for a failing seed's message. */
  private static final int LINES_KEPT_MAX = 400;

  /**
   * The longest runs have some ten million events. One that asks itself again and again in one
   * instant would never end otherwise.
   */
  private static final long EVENTS_MAX = 50_000_000;

  private record Event(long time, long order, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
    }
  }

  private record Line(long time, String who, String what) {
    @Override
    public String toString() {
      return String.format("%10.4f %s %s", time / 1e9, who, what);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final SplittableRandom random;
  private final ArrayDeque<Line> lines = new ArrayDeque<>();
  private final boolean tracing;
  private long now = SECOND;
  private long order;
  private long ran;
  private long fingerprint;

  public World(long seed, boolean tracing) {
    random = new SplittableRandom(seed);
    this.tracing = tracing;
  }

  public long now() {
    return now;
  }

  /** How many events have run. */
  public long ran() {
    return ran;
  }

  /** Runs a task so many nanoseconds later. */
  public void at(long delay, Runnable task) {
    events.add(new Event(now + Math.max(0, delay), order++, task));
  }

  /** Runs for a span of simulated time. */
  public void run(long span) {
    long until = now + span;
    while (!events.isEmpty() && events.peek().time() <= until) {
      step();
    }
    now = until;
  }

  /** Runs the next event. */
  public void step() {
    Event event = events.remove();
    now = event.time();
    note(now ^ event.order());
    if (++ran > EVENTS_MAX) {
      throw new IllegalStateException("The run does not end: " + EVENTS_MAX + " events");
    }
    event.task().run();
  }

  public SplittableRandom random() {
    return random;
  }

  /** True that often; a probability of zero takes no chance. */
  public boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** From low, below high. */
  public long between(long low, long high) {
    return low + random.nextLong(high - low);
  }

  /** Adds something that happened to the fingerprint. */
  void note(long what) {
    fingerprint = (fingerprint ^ what) * 0x9E3779B97F4A7C15L;
    fingerprint ^= fingerprint >>> 29;
  }

  /** Of all events in their order, of what was sent and traced, and of all chances taken. */
  public long fingerprint() {
    note(random.nextLong());
    return fingerprint;
  }

  /** Notes what happened to whom. */
  public void trace(String who, String what) {
    Line line = new Line(now, who, what);
    note(what.hashCode());
    if (tracing) {
      System.out.println(line);
    }
    lines.addLast(line);
    if (lines.size() > LINES_KEPT_MAX) {
      lines.removeFirst();
    }
  }

  /** The end of what was traced. */
  public String lately(int count) {
    StringBuilder text = new StringBuilder();
    lines.stream()
        .skip(Math.max(0, lines.size() - count))
        .forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
