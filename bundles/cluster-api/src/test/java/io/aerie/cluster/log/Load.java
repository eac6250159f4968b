package io.aerie.cluster.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.cluster.testing.Await;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Users of a log that go on while a test changes its members under them: writers that count one by
 * one, each through one replica after another and again until it is acknowledged, and a reader that
 * compares. Fails when a linearizable read lacks what was acknowledged before it, when a replica's
 * own state goes back, or when an operation fails in another way than the contract has.
 */
final class Load implements AutoCloseable {
  private static final int WRITERS = 2;

  /** Users leave the processors to the elections that the tests wait for. */
  private static final long PAUSE_NS = 4_000_000;

  private final Supplier<List<Replica>> replicas;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Writer> writers = new ArrayList<>();
  private final List<Future<?>> running = new ArrayList<>();
  private volatile boolean stopped;

  Load(Supplier<List<Replica>> replicas) {
    this.replicas = replicas;
    for (int i = 0; i < WRITERS; i++) {
      Writer writer = new Writer("count-" + i);
      writers.add(writer);
      running.add(threads.submit(writer::run));
    }
    running.add(threads.submit(new Reader()::run));
  }

  /** Waits for so many more acknowledged commands of each writer. */
  void awaitProgress(int commands) throws Exception {
    for (Writer writer : writers) {
      long goal = writer.acknowledged + commands;
      Await.until(
          "progress of " + writer.name,
          Replica.BOUND,
          () -> {
            failEarly();
            return writer.acknowledged >= goal;
          });
    }
  }

  private void failEarly() throws Exception {
    for (Future<?> user : running) {
      if (user.isDone()) {
        user.get();
      }
    }
  }

  /** Ends the load, and proves at a replica that every acknowledged command is there, in order. */
  void finish(Replica witness) throws Exception {
    stop();
    check(witness);
  }

  /** Proves that a replica has every acknowledged command, in order. */
  void check(Replica witness) throws Exception {
    for (Writer writer : writers) {
      assertThat(writer.acknowledged).as("acknowledged %s", writer.name).isPositive();
      assertThat(number(witness.read(writer.name)))
          .as("%s in %s", writer.name, witness.id)
          .isEqualTo(writer.acknowledged);
    }
    assertThat(witness.read("gaps")).as("lost or reordered in %s", witness.id).isEmpty();
  }

  private void stop() throws Exception {
    stopped = true;
    for (Future<?> user : running) {
      user.get(Replica.BOUND.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }

  private static long number(String register) {
    return register.isEmpty() ? 0 : Long.parseLong(register);
  }

  private Replica next(int turn) {
    LockSupport.parkNanos(PAUSE_NS);
    List<Replica> open = replicas.get();
    return open.isEmpty() ? null : open.get(turn % open.size());
  }

  private final class Writer {
    final String name;
    volatile long acknowledged;
    private int turn;

    Writer(String name) {
      this.name = name;
    }

    /** Ends with an acknowledged command: what is in flight then would blur the count. */
    Void run() throws Exception {
      while (!stopped) {
        long value = acknowledged + 1;
        boolean done = false;
        while (!done) {
          Replica replica = next(turn++);
          done = replica != null && Replica.succeeds(() -> replica.put(name, Long.toString(value)));
        }
        acknowledged = value;
      }
      return null;
    }
  }

  private final class Reader {
    private final Map<Replica, Map<String, Long>> seen = new HashMap<>();
    private int turn;

    Void run() throws Exception {
      while (!stopped) {
        Replica replica = next(turn++);
        if (replica != null) {
          Writer writer = writers.get(turn % writers.size());
          Replica.succeeds(() -> readLatest(replica, writer));
          readOwn(replica, writer);
        }
      }
      return null;
    }

    private void readLatest(Replica replica, Writer writer) throws Exception {
      long acknowledgedBefore = writer.acknowledged;
      assertThat(number(replica.read(writer.name)))
          .as("linearizable read of %s through %s", writer.name, replica.id)
          .isGreaterThanOrEqualTo(acknowledgedBefore);
    }

    private void readOwn(Replica replica, Writer writer) throws Exception {
      long own = number(replica.readLocal(writer.name));
      Long before = seen.computeIfAbsent(replica, any -> new HashMap<>()).put(writer.name, own);
      if (before != null) {
        assertThat(own)
            .as("local read of %s in %s", writer.name, replica.id)
            .isGreaterThanOrEqualTo(before);
      }
    }
  }
}
