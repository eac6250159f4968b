package io.aerie.history;

import io.aerie.history.NameSearch.Kind;
import io.aerie.history.NameSearch.Operation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Creates, deletes, opens and looks up volumes (RCD) through all nodes at once, several clients on
 * the same few names. Each creation asks for a size of its own, which tells which one is seen.
 *
 * <p>All but one kind of answer must fit to a single copy: a lookup that finds a volume answers from
 * the node's own replica, which may be behind. It is held to less: what it finds was created, and
 * was not deleted before through the same node.
 */
final class VolumeHistory implements History {
  private static final int CLIENTS_PER_NODE = 1;
  private static final int SUCCESSES_MIN = 50;
  private static final long THINKING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Names are given up after this, so that each has a history short enough to be searched. */
  private static final long ERA_NANOS = TimeUnit.SECONDS.toNanos(4);

  private static final int NAMES_PER_ERA = 3;
  private static final long UNIT_BYTES = 4096;
  private static final Pattern SIZE = Pattern.compile("\"sizeBytes\":(\\d+)");

  private final Rest rest;
  private final List<String> exports;
  private final long began = System.nanoTime();
  private final AtomicLong creations = new AtomicLong();
  private final List<Client> clients = new ArrayList<>();

  /** Answers that no contract has, by text. */
  private final Map<String, Integer> unexpected = new ConcurrentHashMap<>();

  private record Named(String name, boolean lookup, Operation operation) {}

  VolumeHistory(Rest rest, List<String> exports) {
    this.rest = rest;
    this.exports = exports;
  }

  @Override
  public String name() {
    return "volumes";
  }

  @Override
  public List<Worker> prepare(Progress progress) {
    for (int i = 0; i < rest.nodes() * CLIENTS_PER_NODE; i++) {
      clients.add(new Client(i, i % rest.nodes(), progress));
    }
    return List.copyOf(clients);
  }

  @Override
  public Verdict judge() {
    Verdict verdict = new Verdict();
    Map<String, List<Named>> byName = new TreeMap<>();
    Map<Kind, Integer> counts = new TreeMap<>();
    for (Client client : clients) {
      for (Named named : client.done) {
        byName.computeIfAbsent(named.name, key -> new ArrayList<>()).add(named);
        counts.merge(named.operation.kind(), 1, Integer::sum);
      }
    }
    byName.forEach((name, all) -> judge(name, all, verdict));
    verdict.say(byName.size() + " names, " + counts);
    unexpected.forEach((text, count) -> verdict.violation(count + " times " + text));
    if (counts.getOrDefault(Kind.CREATED, 0) < SUCCESSES_MIN) {
      verdict.violation("too few operations succeeded to judge");
    }
    return verdict;
  }

  private static void judge(String name, List<Named> all, Verdict verdict) {
    Map<Long, Operation> creations = new HashMap<>();
    Map<Long, Long> seenAt = new HashMap<>();
    for (Named named : all) {
      Operation operation = named.operation;
      if (operation.kind() == Kind.CREATED || operation.kind() == Kind.MAYBE_CREATED) {
        creations.put(operation.value(), operation);
      } else if (operation.value() != 0) {
        seenAt.merge(operation.value(), operation.end(), Math::min);
      }
    }
    seenAt.forEach(
        (value, end) -> {
          Operation creation = creations.get(value);
          if (creation == null || creation.begin() > end) {
            verdict.violation(name + ": " + value + " was seen, and never created before");
          }
        });
    lookups(name, all, verdict);
    List<Operation> judged = new ArrayList<>();
    for (Named named : all) {
      Operation operation = named.operation;
      Long seen = seenAt.get(operation.value());
      if (operation.kind() == Kind.MAYBE_CREATED && seen != null) {
        judged.add(
            new Operation(
                Kind.CREATED, operation.node(), operation.value(), operation.begin(), seen));
      } else if (!named.lookup || operation.kind() == Kind.ABSENT) {
        judged.add(operation);
      }
    }
    if (!new NameSearch(judged).possible()) {
      verdict.violation(name + ": no order fits " + text(judged));
    }
  }

  private static void lookups(String name, List<Named> all, Verdict verdict) {
    for (Named lookup : all) {
      for (Named other : all) {
        if (lookup.lookup
            && lookup.operation.kind() == Kind.SEEN
            && other.operation.kind() == Kind.DELETED
            && other.operation.value() == lookup.operation.value()
            && other.operation.node() == lookup.operation.node()
            && other.operation.end() < lookup.operation.begin()) {
          verdict.violation(
              name + ": found on the node that had deleted it: " + lookup + " after " + other);
        }
      }
    }
  }

  private static String text(List<Operation> operations) {
    long origin = operations.stream().mapToLong(Operation::begin).min().orElse(0);
    StringBuilder text = new StringBuilder();
    operations.stream()
        .sorted((a, b) -> Long.compare(a.begin(), b.begin()))
        .forEach(
            o ->
                text.append(
                    String.format(
                        "%n    n%d %s %d  %.3f to %s",
                        o.node() + 1,
                        o.kind(),
                        o.value(),
                        (o.begin() - origin) / 1e9,
                        o.end() == Long.MAX_VALUE
                            ? "?"
                            : String.format("%.3f", (o.end() - origin) / 1e9))));
    return text.toString();
  }

  /** One operation after the other through one node. */
  private final class Client extends Worker {
    private final int number;
    private final int node;
    private final Random random;
    private final List<Named> done = new ArrayList<>();
    private long era;

    Client(int number, int node, Progress progress) {
      super("volumes", node, THINKING_NANOS, progress);
      this.number = number;
      this.node = node;
      random = new Random(number);
    }

    @Override
    boolean step(int i) {
      long now = (System.nanoTime() - began) / ERA_NANOS;
      if (now > era && number < NAMES_PER_ERA) {
        String old = name(era, number);
        era++;
        return delete(old);
      }
      String name = name(now, random.nextInt(NAMES_PER_ERA));
      int kind = random.nextInt(10);
      if (kind < 4) {
        return create(name);
      } else if (kind < 7) {
        return delete(name);
      } else if (kind < 9) {
        look(name);
      } else {
        open(name);
      }
      return false;
    }

    private String name(long ofEra, int index) {
      return "h-" + ofEra + "-" + index;
    }

    private void add(String name, boolean lookup, Kind kind, long value, long begin) {
      boolean maybe = kind == Kind.MAYBE_CREATED || kind == Kind.MAYBE_DELETED;
      long end = maybe ? Long.MAX_VALUE : System.nanoTime();
      done.add(new Named(name, lookup, new Operation(kind, node, value, begin, end)));
    }

    private boolean create(String name) {
      long value = creations.incrementAndGet();
      long begin = System.nanoTime();
      String body =
          String.format(
              "{\"name\":\"%s\",\"size\":%d,\"protection\":\"rf2\"}", name, value * UNIT_BYTES);
      Kind kind = Kind.MAYBE_CREATED;
      try {
        HttpResponse<String> answer = rest.send(node, "POST", "/volumes", body, -1);
        if (answer.statusCode() == 201) {
          kind = Kind.CREATED;
        } else if (answer.statusCode() == 409 && answer.body().contains("already-exists")) {
          kind = Kind.PRESENT;
        } else if (answer.body().contains("protection-impossible")) {
          // Two nodes are thought dead at the moment: nothing was made, and nothing said of the name.
          return false;
        } else if (answer.statusCode() < 500) {
          surprise("create", answer);
        }
      } catch (ConnectException e) {
        return false;
      } catch (IOException | InterruptedException e) {
        kind = Kind.MAYBE_CREATED;
      }
      add(name, false, kind, kind == Kind.PRESENT ? 0 : value, begin);
      return kind == Kind.CREATED;
    }

    private boolean delete(String name) {
      long begin = System.nanoTime();
      Kind kind = Kind.MAYBE_DELETED;
      long value = 0;
      try {
        HttpResponse<String> answer = rest.send(node, "DELETE", "/volumes/" + name, null, -1);
        if (answer.statusCode() == 200) {
          kind = Kind.DELETED;
          value = size(answer);
        } else if (answer.statusCode() == 404) {
          kind = Kind.ABSENT;
        } else if (answer.statusCode() == 409 && answer.body().contains("in-use")) {
          kind = Kind.PRESENT;
        } else if (answer.statusCode() < 500) {
          surprise("delete", answer);
        }
      } catch (ConnectException e) {
        return false;
      } catch (IOException | InterruptedException e) {
        kind = Kind.MAYBE_DELETED;
      }
      add(name, false, kind, value, begin);
      return kind == Kind.DELETED;
    }

    private void look(String name) {
      long begin = System.nanoTime();
      try {
        HttpResponse<String> answer = rest.send(node, "GET", "/volumes/" + name, null, -1);
        if (answer.statusCode() == 200) {
          add(name, true, Kind.SEEN, size(answer), begin);
        } else if (answer.statusCode() == 404) {
          add(name, true, Kind.ABSENT, 0, begin);
        } else if (answer.statusCode() < 500) {
          surprise("get", answer);
        }
      } catch (IOException | InterruptedException e) {
        // A lookup without an answer says nothing.
        return;
      }
    }

    /** RCD notes each opening in its log, so what is opened is there at that time. */
    private void open(String name) {
      long begin = System.nanoTime();
      try {
        Optional<NbdConnection> opened = NbdConnection.open(exports.get(node), name);
        if (opened.isPresent()) {
          try (NbdConnection connection = opened.get()) {
            add(name, false, Kind.SEEN, connection.sizeBytes() / UNIT_BYTES, begin);
          }
        } else {
          add(name, false, Kind.ABSENT, 0, begin);
        }
      } catch (IOException e) {
        // An opening without an answer says nothing: it changes no name.
        return;
      }
    }

    private long size(HttpResponse<String> answer) {
      return Long.parseLong(Rest.first(SIZE, answer.body())) / UNIT_BYTES;
    }

    private void surprise(String what, HttpResponse<String> answer) {
      unexpected.merge(
          what + " was answered " + answer.statusCode() + " " + answer.body(), 1, Integer::sum);
    }
  }
}
