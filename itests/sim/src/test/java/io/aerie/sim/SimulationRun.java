package io.aerie.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many seeds, two side by side. A seed's run depends on nothing but its number, so which ran beside
 * which doesn't matter.
 */
public final class SimulationRun {
  /** What one seed came to. */
  public record Outcome(
      long seed, String faults, List<String> violations, String lately, long fingerprint) {
    /** For a message: what is wrong and how to see it again. */
    @Override
    public String toString() {
      return String.format(
          "seed %d, faults %s: %s%nreplay: ./aerie test sim --seeds 1 --seed %d%n%s",
          seed, faults, String.join("\n", violations), seed, lately);
    }
  }

  private static final int SIDE_BY_SIDE = 2;

  /** A line of progress at most so often. */
  private static final long PROGRESS_NANOS = 10_000_000_000L;

  private final AtomicLong operations = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final ConcurrentLinkedQueue<Outcome> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong next = new AtomicLong();
  private final long last;
  private final long seeds;
  private final int stopAfter;
  private final long beginNanos = System.nanoTime();
  private final AtomicLong toldNanos = new AtomicLong(beginNanos);

  private SimulationRun(long first, long seeds, int stopAfter) {
    this.seeds = seeds;
    this.stopAfter = stopAfter;
    next.set(first);
    last = first + seeds;
  }

  /** Runs seeds until all are done or so many have failed; those that failed. */
  public static List<Outcome> of(long first, long seeds, int stopAfter) {
    SimulationRun run = new SimulationRun(first, seeds, stopAfter);
    ExecutorService workers = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < SIDE_BY_SIDE; i++) {
        all.add(workers.submit(run::work));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      workers.shutdownNow();
    }
    run.tell();
    return List.copyOf(run.failures);
  }

  /** One seed; the kind of its faults goes round with its number. */
  public static Outcome one(long seed, boolean tracing, AtomicLong operations) {
    Faults.Kind[] kinds = Faults.Kind.values();
    Faults.Kind kind = kinds[(int) (seed % kinds.length)];
    Simulation simulation = new Simulation(seed, kind, tracing);
    List<String> violations = simulation.run();
    operations.addAndGet(simulation.operations());
    if (tracing) {
      System.out.println("seed " + seed + " " + kind + " " + simulation.summary());
    }
    return new Outcome(
        seed,
        kind.name(),
        List.copyOf(violations),
        violations.isEmpty() ? "" : simulation.lately(),
        simulation.fingerprint());
  }

  /** Prints the fingerprints of seeds, for who compares runs of two processes. */
  public static void main(String[] seeds) {
    for (String seed : seeds) {
      long number = Long.parseLong(seed);
      System.out.println(number + " " + one(number, false, new AtomicLong()).fingerprint());
    }
  }

  private void work() {
    long seed = next.getAndIncrement();
    while (seed < last && failures.size() < stopAfter) {
      Outcome outcome = one(seed, false, operations);
      if (!outcome.violations().isEmpty()) {
        failures.add(outcome);
        System.out.println("sim: FAILED " + outcome);
      }
      done.incrementAndGet();
      long told = toldNanos.get();
      long now = System.nanoTime();
      if (now - told > PROGRESS_NANOS && toldNanos.compareAndSet(told, now)) {
        tell();
      }
      seed = next.getAndIncrement();
    }
  }

  private void tell() {
    double seconds = (System.nanoTime() - beginNanos) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "sim: %d of %d seeds, %d operations, %.0f s, %.0f operations/s, %d failed%n",
        done.get(),
        seeds,
        operations.get(),
        seconds,
        operations.get() / seconds,
        failures.size());
  }
}
