package io.aerie.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.aerie.event.Event;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSubject;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Goal: of 10,000 subscriptions over three nodes each gets exactly its changes, once and in order.
 * Method: three hubs, as three replicas, are told the same changes, each by a thread of its own;
 * what each subscriber got is compared with what the definition of its subject says. With the
 * system property {@code events.load.results} the changes come at a steady rate, and latency from a
 * change's commit to its delivery, and the CPU time of all, are written there; see bench/events.
 */
@Timeout(600)
class EventLoadTest {
  private static final int HUBS = 3;
  private static final int SUBSCRIPTIONS = 10_000;

  /** Most look at one object, as a page of a console does; some at a kind, a few at all. */
  private static final int ON_KINDS = 200;

  private static final int ON_ALL = 100;
  private static final int VOLUMES = 2_000;
  private static final int DOCUMENTS = 500;

  private static final int CHANGES = Integer.getInteger("events.load.changes", 1_000);
  private static final int CHANGES_PER_SECOND = Integer.getInteger("events.load.rate", 100);

  /** Below a queue's bound, so that nobody is overrun where no rate is kept. */
  private static final int WAVE = 500;

  private final String results = System.getProperty("events.load.results");
  private final long[] committedNs = new long[CHANGES];
  private final AtomicLong delivered = new AtomicLong();
  private final Latencies latencies = new Latencies();

  /** Times in buckets of a sixteenth of their size, so that millions of them take no room. */
  private static final class Latencies {
    private final AtomicInteger[] buckets = new AtomicInteger[64 * 16];

    Latencies() {
      Arrays.setAll(buckets, none -> new AtomicInteger());
    }

    void add(long nanos) {
      int exponent = 63 - Long.numberOfLeadingZeros(Math.max(16, nanos));
      int sixteenth = (int) (nanos >>> (exponent - 4)) & 15;
      buckets[exponent * 16 + sixteenth].incrementAndGet();
    }

    long percentileUs(double share) {
      long total = Arrays.stream(buckets).mapToLong(AtomicInteger::get).sum();
      long left = (long) Math.ceil(total * share);
      for (int i = 0; i < buckets.length; i++) {
        left -= buckets[i].get();
        if (left <= 0) {
          return ((16L + i % 16 + 1) << (i / 16)) / 16 / 1_000;
        }
      }
      return 0;
    }
  }

  /** One subscriber: what it wants, and the changes that it got, by their numbers. */
  private final class Subscriber implements EventConsumer {
    private final String subject;
    private final List<Integer> got = new ArrayList<>();
    private String unexpected = "";

    Subscriber(int number) {
      if (number < ON_ALL) {
        subject = "";
      } else if (number < ON_ALL + ON_KINDS) {
        subject = number % 2 == 0 ? "volumes" : "config";
      } else {
        subject =
            number % 5 == 0
                ? "config/documents/d" + number % DOCUMENTS
                : "volumes/v" + number % VOLUMES;
      }
    }

    boolean wants(Event event) {
      return subject.isEmpty()
          || subject.equals(event.kind())
          || subject.equals(event.kind() + "/" + event.id());
    }

    EventSelection selection() {
      return subject.isEmpty()
          ? EventSelection.of()
          : EventSelection.of(EventSubject.parse(subject));
    }

    @Override
    public synchronized CompletionStage<Void> deliver(List<EventNotice> notices) {
      long now = System.nanoTime();
      for (EventNotice notice : notices) {
        if (notice instanceof EventNotice.Happened happened) {
          int change = (int) happened.event().fields().get("change");
          got.add(change);
          latencies.add(now - committedNs[change]);
          delivered.incrementAndGet();
        } else if (!(notice instanceof EventNotice.Begun)) {
          unexpected = notice.toString();
        }
      }
      return CompletableFuture.completedFuture(null);
    }
  }

  /** A node: a hub and its sources. */
  private static final class Node implements AutoCloseable {
    final EventHub hub = new EventHub(Limits.DEFAULT);
    final HandSource storage = HandSource.storage();
    final HandSource config = HandSource.config();

    Node() {
      hub.attach(storage);
      hub.attach(config);
    }

    void tell(Event event) {
      (event.kind().equals("config") ? config : storage).tell(event);
    }

    @Override
    public void close() {
      hub.close();
    }
  }

  private static Event change(int number) {
    String kind = number % 4 == 0 ? "config" : "volumes";
    // a stride that meets all objects, hot ones first
    int object = (number * 7) % (number % 3 == 0 ? 10 : 500);
    String id = kind.equals("config") ? "documents/d" + object : "v" + object;
    return Event.between(kind, id, id, Map.of("change", -1), Map.of("change", number))
        .orElseThrow();
  }

  @Test
  void shouldReachEachSubscriberWithExactlyItsChanges() throws Exception {
    List<Event> changes = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      changes.add(change(i));
    }
    List<Node> nodes = List.of(new Node(), new Node(), new Node());
    List<Subscriber> subscribers = new ArrayList<>();
    try {
      for (int i = 0; i < SUBSCRIPTIONS; i++) {
        Subscriber subscriber = new Subscriber(i);
        subscribers.add(subscriber);
        nodes
            .get(i / (SUBSCRIPTIONS / HUBS) % HUBS)
            .hub
            .subscribe(subscriber.selection(), subscriber);
      }
      long[] expected = deliveriesUpTo(changes, subscribers);
      long begunNs = System.nanoTime();
      long cpuBefore = cpuNs();
      tellAll(nodes, changes, expected);
      awaitDelivered(expected[CHANGES]);
      report(System.nanoTime() - begunNs, cpuNs() - cpuBefore);
    } finally {
      nodes.forEach(Node::close);
    }
    for (Subscriber subscriber : subscribers) {
      synchronized (subscriber) {
        assertThat(subscriber.unexpected).isEmpty();
        assertThat(subscriber.got).as(subscriber.subject).isEqualTo(expected(subscriber, changes));
      }
    }
    assertThat(delivered.get()).isGreaterThan(100L * CHANGES);
  }

  private static List<Integer> expected(Subscriber subscriber, List<Event> changes) {
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      if (subscriber.wants(changes.get(i))) {
        expected.add(i);
      }
    }
    return expected;
  }

  /** How many deliveries there must be once so many changes were told. */
  private static long[] deliveriesUpTo(List<Event> changes, List<Subscriber> subscribers) {
    long[] sums = new long[CHANGES + 1];
    for (int i = 0; i < CHANGES; i++) {
      Event event = changes.get(i);
      sums[i + 1] = sums[i] + subscribers.stream().filter(each -> each.wants(event)).count();
    }
    return sums;
  }

  /** Tells all nodes, each by a thread of its own. */
  private void tellAll(List<Node> nodes, List<Event> changes, long[] expected)
      throws InterruptedException {
    long begunNs = System.nanoTime();
    for (int from = 0; from < CHANGES; from += WAVE) {
      int begin = from;
      int end = Math.min(CHANGES, from + WAVE);
      List<Thread> replicas = new ArrayList<>();
      if (results == null) {
        Arrays.fill(committedNs, begin, end, System.nanoTime());
      } else {
        for (int i = begin; i < end; i++) {
          committedNs[i] = begunNs + i * TimeUnit.SECONDS.toNanos(1) / CHANGES_PER_SECOND;
        }
      }
      for (Node node : nodes) {
        Thread replica = new Thread(() -> tell(node, changes, begin, end), "replica");
        replicas.add(replica);
        replica.start();
      }
      for (Thread replica : replicas) {
        replica.join();
      }
      if (results == null) {
        awaitDelivered(expected[end]);
      }
    }
  }

  private void tell(Node node, List<Event> changes, int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (results != null) {
        for (long wait = 1; wait > 0; wait = committedNs[i] - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
      }
      node.tell(changes.get(i));
    }
  }

  private void awaitDelivered(long expected) {
    while (delivered.get() < expected) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static long cpuNs() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void report(long tookNs, long cpuNs) throws Exception {
    if (results == null) {
      return;
    }
    String line =
        String.format(
            Locale.ROOT,
            "{\"what\":\"%d subscriptions over %d hubs\",\"changes\":%d,\"changes_per_s\":%d,"
                + "\"deliveries\":%d,\"p50_us\":%d,\"p99_us\":%d,\"p999_us\":%d,\"cpu_s\":%.2f,"
                + "\"cpu_cores\":%.2f,\"cpu_us_per_delivery\":%.2f}%n",
            SUBSCRIPTIONS,
            HUBS,
            CHANGES,
            CHANGES_PER_SECOND,
            delivered.get(),
            latencies.percentileUs(0.5),
            latencies.percentileUs(0.99),
            latencies.percentileUs(0.999),
            cpuNs / 1e9,
            (double) cpuNs / tookNs,
            cpuNs / 1e3 / delivered.get());
    Files.writeString(Path.of(results), line);
  }
}
