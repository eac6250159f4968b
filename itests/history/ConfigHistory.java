package io.aerie.history;

import io.aerie.history.ConfigJudge.End;
import io.aerie.history.ConfigJudge.Operation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Reads and writes a few documents of ConfigDB through all nodes at once. */
final class ConfigHistory implements History {
  private static final int KEYS = 4;
  private static final int CLIENTS_PER_NODE = 2;
  private static final int SUCCESSES_MIN = 100;

  /** Between two operations of a client: the nodes have other work to do. */
  private static final long THINKING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
  private static final Pattern VALUE =
      Pattern.compile("\"value\":\\{\"is\":\"([^\"]*)\"\\}");

  private final Rest rest;
  private final List<Operation> first = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  ConfigHistory(Rest rest) {
    this.rest = rest;
  }

  @Override
  public String name() {
    return "config";
  }

  @Override
  public List<Worker> prepare(Progress progress) {
    for (int key = 0; key < KEYS; key++) {
      first.add(write(0, key, "first-" + key, -1));
    }
    for (int i = 0; i < rest.nodes() * CLIENTS_PER_NODE; i++) {
      clients.add(new Client(i, i % rest.nodes(), progress));
    }
    return List.copyOf(clients);
  }

  @Override
  public Verdict judge() {
    List<Operation> all = new ArrayList<>(first);
    clients.forEach(client -> all.addAll(client.done));
    for (int key = 0; key < KEYS; key++) {
      for (int node = 0; node < rest.nodes(); node++) {
        all.add(read(node, key));
      }
    }
    Verdict verdict = new Verdict();
    for (End end : End.values()) {
      verdict.say(all.stream().filter(o -> o.end() == end).count() + " operations " + end.words);
    }
    ConfigJudge.violations(all).forEach(verdict::violation);
    if (all.stream().filter(o -> o.end() == End.DONE).count() < SUCCESSES_MIN) {
      verdict.violation("too few operations succeeded to judge");
    }
    return verdict;
  }

  /** One operation after the other, of random kind on a random key, always through one node. */
  private final class Client extends Worker {
    private final int number;
    private final int node;
    private final Random random;
    private final List<Operation> done = new ArrayList<>();
    private final long[] seen = new long[KEYS];

    Client(int number, int node, Progress progress) {
      super("config", node, THINKING_NANOS, progress);
      this.number = number;
      this.node = node;
      random = new Random(number);
    }

    @Override
    boolean step(int i) {
      int key = random.nextInt(KEYS);
      int kind = random.nextInt(10);
      Operation operation =
          kind < 5
              ? read(node, key)
              : write(node, key, number + "-" + i, kind < 8 ? -1 : seen[key]);
      done.add(operation);
      if (operation.revision() > 0) {
        seen[key] = operation.revision();
      }
      return operation.write() && operation.end() == End.DONE;
    }
  }

  private Operation read(int node, int key) {
    long begin = System.nanoTime();
    try {
      HttpResponse<String> answer = rest.send(node, "GET", path(key), null, -1);
      End end = end(answer);
      boolean seen = end == End.DONE;
      return new Operation(
          false,
          key,
          seen ? Rest.first(VALUE, answer.body()) : null,
          -1,
          begin,
          System.nanoTime(),
          end,
          seen ? Long.parseLong(Rest.first(REVISION, answer.body())) : 0);
    } catch (IOException | InterruptedException e) {
      return new Operation(false, key, null, -1, begin, System.nanoTime(), End.UNKNOWN, 0);
    }
  }

  /**
   * @param expected the revision that the document must have; below 1 for any
   */
  private Operation write(int node, int key, String value, long expected) {
    long begin = System.nanoTime();
    End end;
    long revision = 0;
    try {
      HttpResponse<String> answer =
          rest.send(node, "PUT", path(key), "{\"is\":\"" + value + "\"}", expected);
      end = end(answer);
      revision = end == End.DONE ? Long.parseLong(Rest.first(REVISION, answer.body())) : 0;
    } catch (ConnectException e) {
      end = End.REFUSED;
    } catch (IOException | InterruptedException e) {
      end = End.UNKNOWN;
    }
    return new Operation(true, key, value, expected, begin, System.nanoTime(), end, revision);
  }

  /** Whatever is refused with a status below 500 changed nothing: so says the documentation. */
  private static End end(HttpResponse<String> answer) {
    int status = answer.statusCode();
    if (status >= 500) {
      return End.UNKNOWN;
    }
    if (status >= 300 && status != 412) {
      throw new IllegalStateException(status + " " + answer.body());
    }
    return status < 300 ? End.DONE : End.REFUSED;
  }

  private static String path(int key) {
    return "/config/history/k" + key;
  }
}
