import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Reads and writes a few documents of ConfigDB through all nodes at once, over REST, until a file
 * appears, and then judges whether what it was answered could come from a single copy ({@link
 * Judge}). Whoever starts it breaks the cluster meanwhile.
 *
 * <p>{@code java ConfigHistory.java CA CREDENTIALS STOP_FILE URL...}
 *
 * <p>Prints how many operations of which end there were and the longest times without a successful
 * write; ends with 1 when the history is impossible or has too little to be judged.
 */
final class ConfigHistory {
  private static final int KEYS = 4;
  private static final int CLIENTS_PER_NODE = 2;
  private static final int SUCCESSES_MIN = 100;

  /** Between two operations of a client: the nodes have other work to do. */
  private static final long THINKING_NANOS = 40_000_000;

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
  private static final Pattern VALUE = Pattern.compile("\"value\":\\{\"is\":\"([^\"]*)\"\\}");
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]*)\"");

  private final HttpClient http;
  private final List<String> nodes;
  private final Path stop;
  private final long began = System.nanoTime();
  private String authorization;

  private ConfigHistory(HttpClient http, List<String> nodes, Path stop) {
    this.http = http;
    this.nodes = nodes;
    this.stop = stop;
  }

  public static void main(String[] arguments) throws Exception {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(trusting(Path.of(arguments[0])))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    List<String> nodes = List.of(arguments).subList(3, arguments.length);
    ConfigHistory history = new ConfigHistory(http, nodes, Path.of(arguments[2]));
    System.exit(history.run(Files.readAllLines(Path.of(arguments[1]))) ? 0 : 1);
  }

  private static SSLContext trusting(Path authority) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    byte[] pem = Files.readAllBytes(authority);
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private boolean run(List<String> credentials) throws IOException, InterruptedException {
    byte[] pair = String.join(":", credentials.subList(0, 2)).getBytes(StandardCharsets.UTF_8);
    authorization = "Basic " + Base64.getEncoder().encodeToString(pair);
    HttpResponse<String> token =
        send(0, "POST", "/tokens", "{\"name\":\"history\",\"role\":\"administrator\"}", -1);
    authorization = "Bearer " + first(TOKEN, token.body());
    List<Judge.Operation> all = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      all.add(write(0, key, "first-" + key, -1));
    }
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < nodes.size() * CLIENTS_PER_NODE; i++) {
      clients.add(new Client(i));
    }
    clients.forEach(Thread::start);
    for (Client client : clients) {
      client.join();
      all.addAll(client.done);
    }
    if (clients.stream().anyMatch(client -> client.failure != null)) {
      clients.forEach(client -> System.out.println("a client ended with " + client.failure));
      return false;
    }
    for (int key = 0; key < KEYS; key++) {
      for (int node = 0; node < nodes.size(); node++) {
        all.add(read(node, key));
      }
    }
    return verdict(all);
  }

  private boolean verdict(List<Judge.Operation> all) {
    for (Judge.End end : Judge.End.values()) {
      long count = all.stream().filter(o -> o.end() == end).count();
      System.out.println(count + " operations " + end.words);
    }
    System.out.println("longest times without a write that succeeded: " + Judge.gaps(all, began));
    List<String> violations = Judge.violations(all);
    violations.stream().limit(20).forEach(violation -> System.out.println("VIOLATION " + violation));
    long succeeded = all.stream().filter(o -> o.end() == Judge.End.DONE).count();
    if (succeeded < SUCCESSES_MIN) {
      System.out.println("too few operations succeeded to judge");
    }
    return violations.isEmpty() && succeeded >= SUCCESSES_MIN;
  }

  /** One operation after the other, of random kind on a random key, always through one node. */
  private final class Client extends Thread {
    private final int number;
    private final Random random;
    final List<Judge.Operation> done = new ArrayList<>();
    private final long[] seen = new long[KEYS];
    RuntimeException failure;

    Client(int number) {
      this.number = number;
      random = new Random(number);
    }

    @Override
    public void run() {
      try {
        work();
      } catch (RuntimeException e) {
        failure = e;
      }
    }

    private void work() {
      int node = number % nodes.size();
      for (int i = 0; !Files.exists(stop); i++) {
        int key = random.nextInt(KEYS);
        int kind = random.nextInt(10);
        Judge.Operation operation =
            kind < 5
                ? read(node, key)
                : write(node, key, number + "-" + i, kind < 8 ? -1 : seen[key]);
        done.add(operation);
        if (operation.revision() > 0) {
          seen[key] = operation.revision();
        }
        LockSupport.parkNanos(THINKING_NANOS);
      }
    }
  }

  private Judge.Operation read(int node, int key) {
    long begin = System.nanoTime();
    try {
      HttpResponse<String> answer = send(node, "GET", path(key), null, -1);
      Judge.End end = end(answer);
      return new Judge.Operation(
          false,
          key,
          end == Judge.End.DONE ? first(VALUE, answer.body()) : null,
          -1,
          begin,
          System.nanoTime(),
          end,
          end == Judge.End.DONE ? Long.parseLong(first(REVISION, answer.body())) : 0);
    } catch (IOException | InterruptedException e) {
      return new Judge.Operation(
          false, key, null, -1, begin, System.nanoTime(), Judge.End.UNKNOWN, 0);
    }
  }

  /**
   * @param expected the revision that the document must have; below 1 for any
   */
  private Judge.Operation write(int node, int key, String value, long expected) {
    long begin = System.nanoTime();
    Judge.End end = Judge.End.UNKNOWN;
    long revision = 0;
    try {
      HttpResponse<String> answer =
          send(node, "PUT", path(key), "{\"is\":\"" + value + "\"}", expected);
      end = end(answer);
      revision = end == Judge.End.DONE ? Long.parseLong(first(REVISION, answer.body())) : 0;
    } catch (ConnectException e) {
      end = Judge.End.REFUSED;
    } catch (IOException | InterruptedException e) {
      end = Judge.End.UNKNOWN;
    }
    return new Judge.Operation(true, key, value, expected, begin, System.nanoTime(), end, revision);
  }

  /** Whatever is refused with a status below 500 changed nothing: so says the documentation. */
  private static Judge.End end(HttpResponse<String> answer) {
    int status = answer.statusCode();
    if (status >= 500) {
      return Judge.End.UNKNOWN;
    }
    if (status >= 300 && status != 412) {
      throw new IllegalStateException(status + " " + answer.body());
    }
    return status < 300 ? Judge.End.DONE : Judge.End.REFUSED;
  }

  private static String path(int key) {
    return "/config/history/k" + key;
  }

  private HttpResponse<String> send(
      int node, String method, String path, String body, long expected)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(nodes.get(node) + "/api/v1" + path))
            .timeout(PATIENCE)
            .header("Authorization", authorization);
    if (expected > 0) {
      request.header("If-Match", "\"" + expected + "\"");
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + pattern + " in " + text);
    }
    return matcher.group(1);
  }
}

/**
 * Whether a history of reads and writes of single documents could come from one copy
 * (linearizability: Herlihy and Wing, Linearizability: a correctness condition for concurrent
 * objects, 1990). ConfigDB gives each change a revision and each read the revision of what it saw,
 * so no order has to be guessed: it must only fit to real time.
 */
final class Judge {
  private Judge() {}

  enum End {
    DONE("were done"),
    REFUSED("were refused, and changed nothing"),
    UNKNOWN("have an unknown end");

    final String words;

    End(String words) {
      this.words = words;
    }
  }

  /**
   * @param expected of a conditional write the revision that the document must have, else below 1
   * @param revision of the write, or of what was read; 0 when it is not known
   */
  record Operation(
      boolean write,
      int key,
      String value,
      long expected,
      long begin,
      long finish,
      End end,
      long revision) {}

  static List<String> violations(List<Operation> all) {
    List<String> violations = new ArrayList<>();
    List<Operation> known = new ArrayList<>();
    Map<String, Operation> writes = new HashMap<>();
    all.stream().filter(Operation::write).forEach(o -> writes.put(o.key + "=" + o.value, o));
    Map<Long, Operation> byRevision = new TreeMap<>();
    for (Operation operation : all) {
      if (operation.end == End.DONE) {
        known.add(operation);
        Operation write = writes.get(operation.key + "=" + operation.value);
        if (write == null || write.end == End.REFUSED) {
          violations.add("read what was never written: " + operation);
          continue;
        }
        Operation before = byRevision.putIfAbsent(operation.revision, write);
        if (before != null && before != write) {
          violations.add("two writes of one revision: " + before + " and " + write);
        }
        if (write.end == End.DONE && write.revision != operation.revision) {
          violations.add("read with another revision than written: " + operation + " of " + write);
        }
      }
    }
    // A write whose end nobody was told, but which somebody saw: it may have happened any time after.
    byRevision.forEach(
        (revision, write) -> {
          if (write.end == End.UNKNOWN) {
            known.add(
                new Operation(
                    true,
                    write.key,
                    write.value,
                    write.expected,
                    write.begin,
                    Long.MAX_VALUE,
                    End.DONE,
                    revision));
          }
        });
    checkTime(known, violations);
    checkConditions(known, violations);
    return violations;
  }

  /** What began after something had ended must not be before it in the order of revisions. */
  private static void checkTime(List<Operation> known, List<String> violations) {
    List<Operation> byBegin = new ArrayList<>(known);
    byBegin.sort(Comparator.comparingLong(Operation::begin));
    List<Operation> byFinish = new ArrayList<>(known);
    byFinish.sort(Comparator.comparingLong(Operation::finish));
    Map<Integer, Operation> newestOfKey = new HashMap<>();
    Operation newest = null;
    int ended = 0;
    for (Operation operation : byBegin) {
      while (byFinish.get(ended).finish < operation.begin) {
        Operation done = byFinish.get(ended++);
        newest = newest == null || newest.revision < done.revision ? done : newest;
        newestOfKey.merge(done.key, done, (a, b) -> a.revision < b.revision ? b : a);
      }
      Operation ofKey = newestOfKey.get(operation.key);
      if (operation.write && newest != null && newest.revision >= operation.revision) {
        violations.add("written before something that had ended: " + operation + " and " + newest);
      }
      if (!operation.write && ofKey != null && ofKey.revision > operation.revision) {
        violations.add("read something old: " + operation + " after " + ofKey);
      }
    }
  }

  /** A conditional write that was done follows what it expected, with nothing in between. */
  private static void checkConditions(List<Operation> known, List<String> violations) {
    for (Operation conditional : known) {
      if (conditional.write && conditional.expected > 0) {
        for (Operation other : known) {
          if (other.write
              && other.key == conditional.key
              && other.revision > conditional.expected
              && other.revision < conditional.revision) {
            violations.add("a condition did not hold: " + conditional + ", there was " + other);
          }
        }
      }
    }
  }

  /** The three longest times between two writes that succeeded, with when they began. */
  static List<String> gaps(List<Operation> all, long began) {
    List<Operation> writes = new ArrayList<>();
    all.stream().filter(o -> o.write && o.end == End.DONE).forEach(writes::add);
    writes.sort(Comparator.comparingLong(Operation::finish));
    List<long[]> gaps = new ArrayList<>();
    for (int i = 1; i < writes.size(); i++) {
      long before = writes.get(i - 1).finish;
      gaps.add(new long[] {writes.get(i).finish - before, before - began});
    }
    gaps.sort((a, b) -> Long.compare(b[0], a[0]));
    return gaps.stream()
        .limit(3)
        .map(gap -> String.format("%.1f s at second %.0f", gap[0] / 1e9, gap[1] / 1e9))
        .toList();
  }
}
